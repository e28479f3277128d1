package io.cooper.manifest;

import io.cooper.manifest.YamlFile.Fault;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads YAML into values that know their place. The one reader of the product.
///
/// It never throws for what a file contains: bad text becomes a [Fault] with its place, and the
/// documents before it are kept. Size, depth and the number of values after alias expansion are
/// bounded, so that a hostile file costs no more than a large honest one.
public final class YamlReader {
  /// What is accepted before a file is called too large.
  ///
  /// @param bytes of the file
  /// @param values after expansion of aliases and merge keys
  /// @param depth of nesting
  public record Limits(int bytes, int values, int depth) {
    /// For files that people write: 16 MiB, two million values, 100 levels.
    public static final Limits SOURCE = new Limits(16 << 20, 2_000_000, 100);

    /// For output of kustomize, which may hold ten thousand objects: 256 MiB, twenty million
    /// values, 100 levels.
    public static final Limits RENDERED = new Limits(256 << 20, 20_000_000, 100);
  }

  private final Dialect dialect;
  private final Limits limits;

  /// @param dialect how plain scalars are typed
  /// @param limits what is too large
  public YamlReader(Dialect dialect, Limits limits) {
    this.dialect = dialect;
    this.limits = limits;
  }

  /// A reader for files that people write, typed as Kubernetes does.
  public static YamlReader ofSources() {
    return new YamlReader(Dialect.KUBERNETES, Limits.SOURCE);
  }

  /// Reads all documents of a file.
  ///
  /// @param file the name that places carry
  /// @param bytes UTF-8, with or without a byte order mark
  public YamlFile read(String file, byte[] bytes) {
    if (bytes.length > limits.bytes()) {
      return unreadable(
          file,
          Code.TOO_LARGE,
          "%d bytes, more than the %d that are read".formatted(bytes.length, limits.bytes()),
          "split the file, or keep data out of manifests");
    }
    try {
      var text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes));
      return read(file, text.toString());
    } catch (CharacterCodingException _) {
      boolean binary = new String(bytes, StandardCharsets.ISO_8859_1).indexOf('\0') >= 0;
      return unreadable(
          file,
          Code.BAD_INPUT,
          binary ? "binary data, not YAML" : "not UTF-8",
          "store it as UTF-8 text, or do not name it .yaml");
    }
  }

  private static YamlFile unreadable(String file, Code code, String what, String remedy) {
    return new YamlFile(
        List.of(), List.of(new Fault(Place.startOf(file), new Problem(code, file, what, remedy))));
  }

  /// Reads all documents of a text.
  public YamlFile read(String file, String text) {
    var source = text.startsWith("\uFEFF") ? text.substring(1) : text;
    var settings =
        LoadSettings.builder()
            .setLabel(file)
            .setUseMarks(true)
            .setParseComments(false)
            .setCodePointLimit(Integer.MAX_VALUE)
            .build();
    var pass = new Pass(file, new Parse(settings).parseString(source).iterator());
    try {
      pass.stream();
    } catch (MarkedYamlEngineException e) {
      pass.fault(
          e.getProblemMark()
              .or(e::getContextMark)
              .map(mark -> place(file, mark))
              .orElse(Place.startOf(file)),
          Code.BAD_INPUT,
          syntax(e),
          "correct the YAML");
    } catch (ReaderException e) {
      pass.fault(
          placeOfIndex(file, source, e.getPosition()),
          Code.BAD_INPUT,
          "character U+%04X is not allowed in YAML".formatted(e.getCodePoint()),
          "remove it");
    } catch (YamlEngineException e) {
      pass.fault(
          Place.startOf(file), Code.BAD_INPUT, String.valueOf(e.getMessage()), "correct the YAML");
    } catch (Stop e) {
      pass.fault(e.place, e.code, e.what, e.remedy);
    }
    return new YamlFile(pass.documents, pass.faults);
  }

  private static String syntax(MarkedYamlEngineException e) {
    var problem = String.valueOf(e.getProblem());
    return problem.contains("'\\t(TAB)'") || problem.contains("\\t")
        ? "a tab where YAML wants spaces"
        : e.getContext() == null || e.getContext().isBlank()
            ? problem
            : e.getContext() + ", " + problem;
  }

  private static Place place(String file, Mark mark) {
    return new Place(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static Place placeOfIndex(String file, String text, int index) {
    int end = text.offsetByCodePoints(0, Math.min(index, text.codePointCount(0, text.length())));
    int line = 1;
    int start = 0;
    for (int i = text.indexOf('\n'); i >= 0 && i < end; i = text.indexOf('\n', i + 1)) {
      line++;
      start = i + 1;
    }
    return new Place(file, line, text.codePointCount(start, end) + 1);
  }

  /// Ends the reading of a file; never leaves this class.
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

  /// One walk over the events of one file.
  private final class Pass {
    private record Anchored(@Nullable Value value, int weight) {}

    private final String file;
    private final Iterator<Event> events;
    private final List<Value> documents = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private int values;

    Pass(String file, Iterator<Event> events) {
      this.file = file;
      this.events = events;
    }

    void fault(Place place, Code code, String what, String remedy) {
      faults.add(new Fault(place, new Problem(code, place.toString(), what, remedy)));
    }

    void stream() {
      while (events.hasNext()) {
        var event = events.next();
        switch (event.getEventId()) {
          case StreamStart, StreamEnd, DocumentEnd, Comment -> {}
          case DocumentStart -> anchors.clear();
          default -> {
            var value = value(event, 0);
            if (!(value instanceof Scalar scalar && scalar.isNull())) {
              documents.add(value);
            }
          }
        }
      }
    }

    private Value value(Event event, int depth) {
      var at = at(event);
      if (depth > limits.depth()) {
        throw new Stop(
            at,
            Code.TOO_LARGE,
            "nested deeper than %d levels".formatted(limits.depth()),
            "flatten the document");
      }
      int before = values;
      count(1, at);
      Optional<Anchor> anchor =
          event instanceof NodeEvent node ? node.getAnchor() : Optional.empty();
      if (event instanceof AliasEvent alias) {
        return referenced(alias, at);
      }
      anchor.ifPresent(name -> anchors.put(name, new Anchored(null, 0)));
      var value =
          switch (event) {
            case ScalarEvent scalar -> scalar(scalar, at);
            case SequenceStartEvent _ -> sequence(at, depth);
            case MappingStartEvent _ -> mapping(at, depth);
            default -> throw new IllegalStateException("unexpected event " + event.getEventId());
          };
      anchor.ifPresent(name -> anchors.put(name, new Anchored(value, values - before)));
      return value;
    }

    private Value referenced(AliasEvent alias, Place at) {
      var name = alias.getAlias();
      var target = anchors.get(name);
      if (target == null) {
        throw new Stop(
            at,
            Code.BAD_INPUT,
            "alias *%s has no anchor".formatted(name),
            "define &%s".formatted(name));
      }
      if (target.value() == null) {
        throw new Stop(
            at, Code.BAD_INPUT, "alias *%s contains itself".formatted(name), "break the loop");
      }
      count(target.weight(), at);
      return target.value();
    }

    private void count(int more, Place at) {
      values += more;
      if (values > limits.values()) {
        throw new Stop(
            at,
            Code.TOO_LARGE,
            "more than %d values once aliases are expanded".formatted(limits.values()),
            "split the file, and do not nest aliases");
      }
    }

    private Place at(Event event) {
      return event.getStartMark().map(mark -> place(file, mark)).orElse(Place.startOf(file));
    }

    private Scalar scalar(ScalarEvent event, Place at) {
      var text = event.getValue();
      var tag = event.getTag().orElse("");
      if (tag.equals("tag:yaml.org,2002:str") || tag.equals("!")) {
        return new Scalar(at, text, text);
      }
      boolean plain = event.getScalarStyle() == ScalarStyle.PLAIN;
      boolean typed =
          switch (tag) {
            case "tag:yaml.org,2002:int",
                "tag:yaml.org,2002:float",
                "tag:yaml.org,2002:bool",
                "tag:yaml.org,2002:null" ->
                true;
            default -> false;
          };
      return new Scalar(at, text, plain || typed ? dialect.resolve(text) : text);
    }

    private Sequence sequence(Place at, int depth) {
      var items = new ArrayList<Value>();
      for (var event = events.next();
          event.getEventId() != Event.ID.SequenceEnd;
          event = events.next()) {
        items.add(value(event, depth + 1));
      }
      return new Sequence(at, items);
    }

    private Mapping mapping(Place at, int depth) {
      SequencedMap<String, Mapping.Entry> own = new LinkedHashMap<>();
      var merged = new ArrayList<Value>();
      for (var event = events.next();
          event.getEventId() != Event.ID.MappingEnd;
          event = events.next()) {
        boolean merge = isMerge(event);
        var key = value(event, depth + 1);
        var value = value(events.next(), depth + 1);
        if (merge) {
          merged.add(value);
        } else {
          put(own, key, value);
        }
      }
      merged.forEach(value -> merge(own, value));
      return new Mapping(at, own);
    }

    private static boolean isMerge(Event event) {
      return event instanceof ScalarEvent scalar
          && scalar.getScalarStyle() == ScalarStyle.PLAIN
          && scalar.getValue().equals("<<");
    }

    private void put(Map<String, Mapping.Entry> entries, Value key, Value value) {
      if (!(key instanceof Scalar scalar)) {
        fault(key.place(), Code.BAD_INPUT, "a key that is not a scalar", "use a string as key");
        return;
      }
      var name = String.valueOf(scalar.plain());
      var earlier = entries.put(name, new Mapping.Entry(scalar, value));
      if (earlier != null) {
        fault(
            key.place(),
            Code.BAD_INPUT,
            "key %s is there already, at line %d".formatted(name, earlier.key().place().line()),
            "keep one of the two");
      }
    }

    /// Own keys win over merged ones, and of several merged maps the earlier one wins.
    private void merge(Map<String, Mapping.Entry> own, Value merged) {
      switch (merged) {
        case Mapping mapping ->
            mapping
                .entries()
                .forEach(entry -> {
                  count(1, entry.key().place());
                  own.putIfAbsent(String.valueOf(entry.key().plain()), entry);
                });
        case Sequence sequence -> sequence.items().forEach(item -> merge(own, item));
        case Scalar scalar when scalar.isNull() -> {}
        case Scalar scalar ->
            fault(
                scalar.place(),
                Code.BAD_INPUT,
                "<< takes a map or a list of maps",
                "point it at an anchor of a map");
      }
    }
  }
}
