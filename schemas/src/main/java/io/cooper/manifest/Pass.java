package io.cooper.manifest;

import io.cooper.manifest.YamlFile.Fault;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// One walk over the events of one text, by the YAML library; used once, by one thread.
final class Pass {
  private static final String TAB = "a tab where YAML wants spaces";

  /// Characters that the parser takes in at once. Its time for a token or comment is quadratic in
  /// the number of buffers that it fills: with its own size, one line of 8 MB takes 20 seconds.
  private static final int BUFFER = 1 << 20;

  /// From here on a text is called broken as a whole.
  private static final int MOST_FAULTS = 100;

  private static final String CORRECT = "correct the YAML";

  /// What an anchor stands for.
  ///
  /// @param value null while the value is still being read
  /// @param weight how many values it is made of
  /// @param height how many levels it has below its root
  private record Anchored(@Nullable Value value, int weight, int height) {
    static final Anchored UNFINISHED = new Anchored(null, 0, 0);
  }

  /// Ends the reading of a text; never leaves this class.
  private static final class Stop extends RuntimeException {
    private final transient Place place;
    private final Code code;
    private final String what;
    private final String remedy;

    Stop(Place place, Code code, String what, String remedy) {
      super(what, null, false, false);
      this.place = place;
      this.code = code;
      this.what = what;
      this.remedy = remedy;
    }
  }

  private final String file;
  private final String text;
  private final Dialect dialect;
  private final YamlReader.Limits limits;
  private final boolean tabbed;
  private final Escapes escapes;
  private final Iterator<Event> events;
  private final List<Value> documents = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private final Map<Anchor, Anchored> anchors = new HashMap<>();
  private final Texts texts;
  private final int linesBefore;
  private Optional<Mark> reached = Optional.empty();
  private int index;
  private int codePoint;

  /// The innermost bracket or brace that is not closed yet.
  private @Nullable Place open;

  private boolean stopped;
  private int values;
  private int deepest;

  /// @param text whole documents
  /// @param linesBefore how many lines of the file stand before the text
  /// @param valuesBefore how many values were read from them
  Pass(
      String file,
      String text,
      Dialect dialect,
      YamlReader.Limits limits,
      int linesBefore,
      int valuesBefore) {
    this.linesBefore = linesBefore;
    this.values = valuesBefore;
    this.file = file;
    this.text = text;
    this.dialect = dialect;
    this.limits = limits;
    var settings =
        LoadSettings.builder()
            .setLabel(file)
            .setUseMarks(true)
            .setParseComments(false)
            .setCodePointLimit(Integer.MAX_VALUE)
            .setBufferSize(Math.clamp(text.length(), 1, BUFFER))
            .build();
    this.tabbed = text.indexOf('\t') >= 0;
    this.texts = new Texts(text);
    this.escapes = new Escapes(text);
    this.events = new Parse(settings).parseString(escapes.forParser()).iterator();
  }

  YamlFile read() {
    try {
      stream();
    } catch (MarkedYamlEngineException e) {
      stop(whereItBroke(e), Code.BAD_INPUT, syntax(e), CORRECT);
    } catch (YamlEngineException e) {
      stop(here(), Code.BAD_INPUT, String.valueOf(e.getMessage()), CORRECT);
    } catch (Stop e) {
      stop(e.place, e.code, e.what, e.remedy);
    }
    return new YamlFile(documents, faults);
  }

  /// How many values there are, those of earlier texts included.
  int values() {
    return values;
  }

  /// Whether something was so wrong that the rest was not read.
  boolean stopped() {
    return stopped;
  }

  private void stop(Place place, Code code, String what, String remedy) {
    stopped = true;
    faults.add(new Fault(place, new Problem(code, place.toString(), what, remedy)));
  }

  private void fault(Place place, String what, String remedy) {
    if (faults.size() == MOST_FAULTS) {
      throw new Stop(
          place,
          Code.BAD_INPUT,
          "more than %d faults, so the rest is not read".formatted(MOST_FAULTS),
          "is this a manifest at all?");
    }
    faults.add(new Fault(place, new Problem(Code.BAD_INPUT, place.toString(), what, remedy)));
  }

  /// What is never closed is shown where it opens; all else where it goes wrong.
  private Place whereItBroke(MarkedYamlEngineException e) {
    if (isUnclosedQuote(e)) {
      return e.getContextMark().map(this::place).orElse(here());
    }
    if (isUnclosedBracket(e) && open != null) {
      return open;
    }
    return e.getProblemMark().or(e::getContextMark).map(this::place).orElse(here());
  }

  /// Where the reading has got to, for what has no place of its own.
  private Place here() {
    return reached.map(this::place).orElse(new Place(file, linesBefore + 1, 1));
  }

  private Event next() {
    var event = events.next();
    reached = event.getStartMark();
    return event;
  }

  private static boolean isUnclosedQuote(MarkedYamlEngineException e) {
    var problem = String.valueOf(e.getProblem());
    return String.valueOf(e.getContext()).contains("quoted scalar")
        && (problem.contains("end of stream") || problem.contains("document separator"));
  }

  private static boolean isUnclosedBracket(MarkedYamlEngineException e) {
    var problem = String.valueOf(e.getProblem());
    return problem.contains("<stream end>") || problem.contains("<document start>");
  }

  private String syntax(MarkedYamlEngineException e) {
    var problem = String.valueOf(e.getProblem());
    if (problem.contains("(TAB)")) {
      return TAB;
    }
    if (isUnclosedQuote(e)) {
      return "a quote that is never closed";
    }
    if (isUnclosedBracket(e) && open != null) {
      return "a bracket or brace that is never closed";
    }
    return e.getContext() == null || e.getContext().isBlank()
        ? problem
        : e.getContext() + ", " + problem;
  }

  private Place place(Mark mark) {
    return new Place(file, linesBefore + mark.getLine() + 1, mark.getColumn() + 1);
  }

  private void stream() {
    int separator = 0;
    while (events.hasNext()) {
      var event = next();
      switch (event) {
        case DocumentStartEvent start -> {
          refuseDirectives(start);
          anchors.clear();
          separator = start.isExplicit() ? at(start).line() : 0;
        }
        case NodeEvent node -> {
          refuseContentBehind(separator, node);
          var value = value(node, 0, false);
          if (!(value instanceof Scalar scalar && scalar.isNull())) {
            documents.add(value);
          }
        }
        default -> {}
      }
    }
  }

  /// kustomize and kubectl cut a file at `---` before they parse it, so a directive never reaches
  /// its document.
  private void refuseDirectives(DocumentStartEvent start) {
    if (start.getSpecVersion().isPresent() || !start.getTags().isEmpty()) {
      throw new Stop(
          at(start),
          Code.BAD_INPUT,
          "a directive, which kustomize and kubectl cannot read",
          "remove the line that begins with %");
    }
  }

  /// For the same reason kustomize refuses, and kubectl forgets, what follows `---` on its line.
  private void refuseContentBehind(int separator, NodeEvent node) {
    var at = at(node);
    boolean written = !(node instanceof ScalarEvent scalar && isNothing(scalar));
    if (separator > 1 && at.line() == separator && written) {
      throw new Stop(at, Code.BAD_INPUT, "content behind ---", "put it on a line of its own");
    }
  }

  private static boolean isNothing(ScalarEvent scalar) {
    return scalar.getScalarStyle() == ScalarStyle.PLAIN && scalar.getValue().isEmpty();
  }

  private Value value(Event event, int depth, boolean flow) {
    var value = node(event, depth, flow);
    if (value instanceof Scalar scalar && event instanceof ScalarEvent) {
      try {
        Dialect.finite(scalar.source(), scalar.plain());
      } catch (Dialect.Refused e) {
        fault(value.place(), e.what(), e.remedy());
        return scalar.named(scalar.source());
      }
    }
    return value;
  }

  /// A value or a key.
  private Value node(Event event, int depth, boolean flow) {
    if (depth > limits.depth()) {
      throw tooDeep(at(event));
    }
    if (tabbed && !flow) {
      refuseTabBefore(event);
    }
    if (event instanceof AliasEvent alias) {
      return referenced(alias, depth);
    }
    int before = values;
    int outside = deepest;
    deepest = depth;
    count(1, event);
    Optional<Anchor> anchor = event instanceof NodeEvent node ? node.getAnchor() : Optional.empty();
    anchor.ifPresent(name -> anchors.put(name, Anchored.UNFINISHED));
    var value =
        switch (event) {
          case ScalarEvent scalar -> scalar(scalar, flow);
          case SequenceStartEvent start -> sequence(start, depth);
          case MappingStartEvent start -> mapping(start, depth);
          default -> throw new IllegalStateException("unexpected event " + event.getEventId());
        };
    int height = deepest - depth;
    anchor.ifPresent(name -> anchors.put(name, new Anchored(value, values - before, height)));
    deepest = Math.max(deepest, outside);
    return value;
  }

  /// Go refuses a tab behind `-` and `?`, where a map could begin; the parser does not.
  private void refuseTabBefore(Event event) {
    if (event.getStartMark().isEmpty()) {
      return;
    }
    var mark = event.getStartMark().get();
    int start = index(mark);
    int space = start;
    while (space > 0 && " \t".indexOf(text.charAt(space - 1)) >= 0) {
      space--;
    }
    int tab = text.indexOf('\t', space, start);
    if (tab >= 0 && space > 0 && "-?".indexOf(text.charAt(space - 1)) >= 0) {
      throw new Stop(
          new Place(file, linesBefore + mark.getLine() + 1, mark.getColumn() + 1 - (start - tab)),
          Code.BAD_INPUT,
          TAB,
          CORRECT);
    }
  }

  private Stop tooDeep(Place at) {
    return new Stop(
        at,
        Code.TOO_LARGE,
        "nested deeper than %d levels".formatted(limits.depth()),
        "flatten the document");
  }

  /// An alias is the value of its anchor, place included: that is where a person edits it.
  private Value referenced(AliasEvent alias, int depth) {
    var name = alias.getAlias();
    var target = anchors.get(name);
    if (target == null) {
      throw new Stop(
          at(alias),
          Code.BAD_INPUT,
          "alias *%s has no anchor".formatted(name),
          "define &%s before it is used".formatted(name));
    }
    if (target.value() == null) {
      throw new Stop(
          at(alias), Code.BAD_INPUT, "alias *%s contains itself".formatted(name), "break the loop");
    }
    deepest = Math.max(deepest, depth + target.height());
    if (deepest > limits.depth()) {
      throw tooDeep(at(alias));
    }
    count(1 + target.weight(), alias);
    return target.value();
  }

  private void count(int more, Event event) {
    values += more;
    if (values > limits.values()) {
      throw new Stop(
          at(event),
          Code.TOO_LARGE,
          "more than %d values once aliases are expanded".formatted(limits.values()),
          "split the file, and do not nest aliases");
    }
  }

  /// Where a value begins: behind its anchor and tag, if it has any.
  private Place at(Event event) {
    var mark = event.getStartMark();
    if (mark.isEmpty()) {
      return here();
    }
    boolean decorated =
        switch (event) {
          case ScalarEvent scalar ->
              (scalar.getAnchor().isPresent() || scalar.getTag().isPresent()) && !isNothing(scalar);
          case SequenceStartEvent start ->
              start.getAnchor().isPresent() || start.getTag().isPresent();
          case MappingStartEvent start ->
              start.getAnchor().isPresent() || start.getTag().isPresent();
          default -> false;
        };
    return decorated ? behindProperties(mark.get()) : place(mark.get());
  }

  private Place behindProperties(Mark mark) {
    return Properties.skip(text, index(mark), place(mark));
  }

  /// Marks count code points from the start of the text; to count them anew for each mark would
  /// take quadratic time.
  private int index(Mark mark) {
    index = text.offsetByCodePoints(index, mark.getIndex() - codePoint);
    codePoint = mark.getIndex();
    return index;
  }

  private Scalar scalar(ScalarEvent event, boolean flow) {
    var at = at(event);
    boolean plain = event.getScalarStyle() == ScalarStyle.PLAIN;
    boolean doubleQuoted = event.getScalarStyle() == ScalarStyle.DOUBLE_QUOTED;
    var source = shared(escapes.restore(event.getValue(), doubleQuoted));
    if (doubleQuoted && escapes.suspicious()) {
      refuseEscapes(event);
    }
    Object content = source;
    try {
      if (event.getTag().isPresent()) {
        content = dialect.resolve(event.getTag().get(), source, plain);
      } else if (plain) {
        content = dialect.resolve(source, flow);
      }
    } catch (Dialect.Refused e) {
      fault(at, e.what(), e.remedy());
    }
    return new Scalar(at.file(), at.line(), at.column(), source, content);
  }

  private void refuseEscapes(ScalarEvent event) {
    int from = event.getStartMark().map(this::index).orElse(0);
    int to = event.getEndMark().map(this::index).orElse(from);
    Escapes.unknownToGo(text.substring(from, to))
        .ifPresent(escape ->
            fault(
                at(event),
                "escape %s, which kustomize and Kubernetes do not know".formatted(escape),
                "write the character itself"));
  }

  /// Most texts of a repository occur many times in it.
  private String shared(String fresh) {
    return texts.of(fresh);
  }

  private Sequence sequence(SequenceStartEvent start, int depth) {
    var at = at(start);
    var around = open;
    open = start.isFlow() ? at : around;
    var items = new ArrayList<Value>();
    for (var event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
      items.add(value(event, depth + 1, start.isFlow()));
    }
    open = around;
    return new Sequence(at.file(), at.line(), at.column(), items);
  }

  private Mapping mapping(MappingStartEvent start, int depth) {
    var at = at(start);
    var around = open;
    open = start.isFlow() ? at : around;
    var draft = new Draft(depth == 0);
    for (var event = next(); event.getEventId() != Event.ID.MappingEnd; event = next()) {
      if (isMerge(event)) {
        var mark = at(event);
        draft.merge(mark, value(next(), depth + 1, start.isFlow()));
      } else {
        var key = node(event, depth + 1, false);
        draft.put(key, value(next(), depth + 1, start.isFlow()));
      }
    }
    open = around;
    return new Mapping(at.file(), at.line(), at.column(), draft.entries());
  }

  private static boolean isMerge(Event event) {
    return event instanceof ScalarEvent scalar
        && scalar.getValue().equals("<<")
        && scalar
            .getTag()
            .map(tag -> tag.equals("tag:yaml.org,2002:merge"))
            .orElse(scalar.getScalarStyle() == ScalarStyle.PLAIN);
  }

  /// The entries of a mapping while it is read.
  private final class Draft {
    private final Map<String, Mapping.Entry> entries = new LinkedHashMap<>();
    private final Set<String> merged = new HashSet<>();
    private final boolean top;
    private boolean merging;

    /// @param top whether it is the document itself
    Draft(boolean top) {
      this.top = top;
    }

    void put(Value key, Value value) {
      if (!(key instanceof Scalar scalar)) {
        fault(key.place(), "a key that is not a scalar", "use a string as key");
        return;
      }
      String name;
      try {
        name = shared(dialect.name(scalar.source(), scalar.plain(), top));
      } catch (Dialect.Refused e) {
        fault(key.place(), e.what(), e.remedy());
        return;
      }
      var earlier = entries.put(name, new Mapping.Entry(scalar.named(name), value));
      if (earlier != null && !merged.remove(name)) {
        fault(
            key.place(),
            "key %s is there already, at line %d".formatted(name, earlier.key().place().line()),
            "keep one of the two");
      }
    }

    /// In kustomize a key beside `<<` wins over a merged one; in Kubernetes whichever stands later.
    /// Of several merged maps the earlier wins in both.
    void merge(Place at, Value value) {
      if (merging) {
        fault(at, "<< is there already", "merge a list: <<: [*one, *other]");
        return;
      }
      merging = true;
      var maps = value instanceof Sequence list ? list.items() : List.of(value);
      var fresh = new LinkedHashMap<String, Mapping.Entry>();
      for (var map : maps) {
        if (map instanceof Mapping mapping) {
          mapping.entries().forEach(entry -> fresh.putIfAbsent(entry.name(), entry));
        } else {
          fault(at, "<< takes a map or a list of maps", "point it at an anchor of a map");
        }
      }
      fresh.forEach((name, entry) -> {
        if (dialect == Dialect.KUBERNETES || !entries.containsKey(name)) {
          entries.put(name, entry);
          merged.add(name);
        }
      });
    }

    Value[] entries() {
      var flat = new Value[entries.size() * 2];
      int next = 0;
      for (var entry : entries.values()) {
        flat[next++] = entry.key();
        flat[next++] = entry.value();
      }
      return flat;
    }
  }
}
