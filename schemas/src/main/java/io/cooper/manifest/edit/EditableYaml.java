package io.cooper.manifest.edit;

import io.cooper.manifest.Place;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlFile;
import io.cooper.manifest.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// A YAML file whose objects can be changed without touching anything else of it.
///
/// A change is made to the text, the text is read again – as kustomize and as Kubernetes read it –
/// and compared with what the change should give. So a change is either exactly what was asked for,
/// or refused with a reason; what lies behind anchors, aliases and merge keys, or in block scalars,
/// is refused, since a change there reaches further than it seems.
public final class EditableYaml {
  private static final List<YamlReader> READERS = Spelling.READERS;

  private final String file;
  private final LinedText lined;
  private final String text;
  private final List<Node> documents;
  private final Spelling spelling;

  private EditableYaml(String file, LinedText lined, List<Node> documents) {
    this.file = file;
    this.lined = lined;
    this.text = lined.text();
    this.documents = documents;
    this.spelling = Spelling.of(documents);
  }

  /// A file, if it is one that can be changed: UTF-8, and YAML throughout.
  ///
  /// @param file the name that places carry
  public static Optional<EditableYaml> of(String file, byte[] bytes) {
    var lined = LinedText.of(bytes);
    if (lined.isEmpty()
        || READERS.stream().anyMatch(reader -> !reader.read(file, bytes).faults().isEmpty())) {
      return Optional.empty();
    }
    try {
      return Optional.of(new EditableYaml(file, lined.get(), Node.documents(lined.get().text())));
    } catch (YamlEngineException _) {
      return Optional.empty();
    }
  }

  /// Tries a change of an object.
  ///
  /// @param object where its map begins, as [io.cooper.manifest.YamlReader] tells it
  public Attempt attempt(Place object, YamlChange change) {
    var expected = new ArrayList<List<Object>>();
    for (var reader : READERS) {
      var wanted = Wanted.of(read(reader, text), object, change);
      if (wanted.isEmpty()) {
        return new Attempt.Refused("it is not there, or is not what it is taken for");
      }
      expected.add(wanted.get());
    }
    try {
      var edit = edit(object, change);
      return isWanted(edit, expected)
          ? new Attempt.Made(edit)
          : new Attempt.Refused("the changed text would not read as it should");
    } catch (Refusal refusal) {
      return new Attempt.Refused(refusal.reason);
    }
  }

  private YamlFile read(YamlReader reader, String changed) {
    return reader.read(file, changed.getBytes(StandardCharsets.UTF_8));
  }

  private boolean isWanted(TextEdit edit, List<List<Object>> expected) {
    var changed = lined.with(List.of(edit)).map(LinedText::text);
    if (changed.isEmpty()) {
      return false;
    }
    for (int i = 0; i < READERS.size(); i++) {
      var again = read(READERS.get(i), changed.get());
      var plain = again.documents().stream().map(Value::plain).toList();
      if (!again.faults().isEmpty() || !plain.equals(expected.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// Ends an attempt; never leaves this class.
  private static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String reason;

    Refusal(String reason) {
      super(reason, null, false, false);
      this.reason = reason;
    }
  }

  private TextEdit edit(Place object, YamlChange change) {
    var root = find(object);
    return switch (change) {
      case YamlChange.Put put -> put(root, put.path(), put.key(), put.value());
      case YamlChange.Append append -> append(root, append.path(), append.item());
      case YamlChange.Replace replace -> {
        var scalar = changeable(follow(root, replace.path()).last());
        yield replaced(scalar, spelling.like(scalar.style(), replace.value()));
      }
      case YamlChange.Rename rename -> {
        var key = changeable(entryAt(root, rename.path()).entry().key());
        yield replaced(key, spelling.like(key.style(), rename.key()));
      }
      case YamlChange.Remove remove -> remove(root, remove.path());
    };
  }

  private Node.Dict find(Place object) {
    return documents.stream()
        .flatMap(Node::all)
        .filter(Node.Dict.class::isInstance)
        .map(Node.Dict.class::cast)
        .filter(dict ->
            dict.at().line() == object.line()
                && dict.at().column() + 1 == object.column()
                && !dict.at().decorated())
        .findFirst()
        .orElseThrow(() -> new Refusal("the object carries an anchor or a tag"));
  }

  /// The nodes along a path, as far as it goes.
  private record Way(List<Node> nodes, List<String> rest) {
    Node last() {
      return nodes.getLast();
    }
  }

  /// Follows a path to its end.
  private Way follow(Node root, List<String> path) {
    var way = along(root, path);
    if (!way.rest().isEmpty()) {
      throw new Refusal("it is not written there, but merged or made elsewhere");
    }
    return way;
  }

  private Way along(Node root, List<String> path) {
    var nodes = new ArrayList<Node>();
    nodes.add(own(root));
    for (int i = 0; i < path.size(); i++) {
      var step = path.get(i);
      var next =
          switch (nodes.getLast()) {
            case Node.Dict dict -> dict.entry(step).map(Node.Entry::value);
            case Node.Items list -> item(list, step);
            case Node.Text _, Node.Alias _ -> Optional.<Node>empty();
          };
      if (next.isEmpty()) {
        return new Way(nodes, path.subList(i, path.size()));
      }
      nodes.add(own(next.get()));
    }
    return new Way(nodes, List.of());
  }

  private static Optional<Node> item(Node.Items list, String index) {
    return Stream.of(index)
        .filter(each -> each.matches("\\d{1,6}"))
        .map(Integer::parseInt)
        .filter(each -> each < list.items().size())
        .map(list.items()::get)
        .findFirst();
  }

  /// The node, unless others share it.
  private Node own(Node node) {
    if (node instanceof Node.Alias alias) {
      throw new Refusal(
          "it stands behind the alias *%s, which other places share".formatted(alias.name()));
    }
    node.at()
        .anchor()
        .filter(this::isUsed)
        .ifPresent(anchor -> {
          throw new Refusal("it is shared: other places repeat the anchor &" + anchor);
        });
    return node;
  }

  private boolean isUsed(String anchor) {
    return documents.stream()
        .flatMap(Node::all)
        .anyMatch(node -> node instanceof Node.Alias alias && alias.name().equals(anchor));
  }

  private TextEdit put(Node root, List<String> path, String key, Object value) {
    var way = along(root, path);
    var nested = value;
    var name = key;
    if (!way.rest().isEmpty()) {
      nested = java.util.Map.of(key, value);
      for (var step : way.rest().subList(1, way.rest().size()).reversed()) {
        nested = java.util.Map.of(step, nested);
      }
      name = way.rest().getFirst();
    }
    return switch (way.last()) {
      case Node.Dict dict -> put(dict, name, nested);
      case Node.Text text when text.isNothing() && way.nodes().size() > 1 && way.rest().isEmpty() ->
          filled(parent(way), text, java.util.Map.of(key, value));
      default -> throw new Refusal("a map is expected where something else stands");
    };
  }

  private static Node parent(Way way) {
    return way.nodes().get(way.nodes().size() - 2);
  }

  private TextEdit put(Node.Dict dict, String key, Object value) {
    var there = dict.entry(key);
    if (there.isPresent()) {
      if (there.get().value() instanceof Node.Text text && text.isNothing()) {
        return filled(dict, own(text), value);
      }
      throw new Refusal("%s is there already".formatted(key));
    }
    if (dict.flow()) {
      return intoFlow(
          dict.end(),
          dict.entries().stream().map(entry -> entry.value().end()).toList(),
          Spelling.scalar(key) + ": " + spelling.flow(value));
    }
    refuseExplicitKeys(dict);
    return behind(dict, dict.at().column(), spelling.entry(key, value, dict.at().column()));
  }

  private void refuseExplicitKeys(Node.Dict dict) {
    boolean explicit =
        dict.entries().stream().anyMatch(entry -> marginOf(entry.key()).indexOf('?') >= 0);
    if (explicit) {
      throw new Refusal("its keys are written with question marks");
    }
  }

  /// Behind an anchor or a tag a block begins anywhere.
  private static void refuseDecorated(Node node) {
    if (node.at().decorated()) {
      throw new Refusal("it carries an anchor or a tag");
    }
  }

  /// What stands before a node on its line.
  private String marginOf(Node node) {
    int start = node.at().start();
    return text.substring(text.lastIndexOf('\n', start - 1) + 1, start);
  }

  /// New lines behind the last line of a block.
  private TextEdit behind(Node block, int column, List<String> lines) {
    refuseDecorated(block);
    block
        .all()
        .filter(node -> node.end() == block.end())
        .filter(node -> node instanceof Node.Text scalar && scalar.isBlock() && keepsEnd(scalar))
        .findAny()
        .ifPresent(_ -> {
          throw new Refusal("the text before it keeps the empty lines behind it (|+)");
        });
    int line = lineOf(block.end());
    var before = lined.lines().get(line);
    return new TextEdit(
        line + 1, before, before + "\n" + " ".repeat(column) + String.join("\n", lines));
  }

  private boolean keepsEnd(Node.Text scalar) {
    int end = text.indexOf('\n', scalar.at().start());
    return text.substring(scalar.at().start(), end < 0 ? text.length() : end).indexOf('+') >= 0;
  }

  /// A value where there was none.
  private TextEdit filled(Node parent, Node nothing, Object value) {
    if (!(parent instanceof Node.Dict dict) || dict.flow() || nothing.at().decorated()) {
      throw new Refusal("there is no value");
    }
    var entry =
        dict.entries().stream().filter(each -> each.value() == nothing).findFirst().orElseThrow();
    refuseExplicitKeys(dict);
    int line = lineOf(entry.key().at().start());
    var lines = spelling.behindColon(value, dict.at().column());
    var before = lined.lines().get(line);
    if (lines.size() > 1) {
      return new TextEdit(
          line + 1, before, before + "\n" + String.join("\n", lines.subList(1, lines.size())));
    }
    return spliced(nothing.end(), nothing.end(), lines.getFirst());
  }

  private TextEdit append(Node root, List<String> path, Object item) {
    var way = along(root, path);
    boolean absent =
        !way.rest().isEmpty() || (way.last() instanceof Node.Text text && text.isNothing());
    if (absent) {
      return put(root, path.subList(0, path.size() - 1), path.getLast(), List.of(item));
    }
    if (!(way.last() instanceof Node.Items list)) {
      throw new Refusal("a list is expected where something else stands");
    }
    if (list.flow()) {
      return intoFlow(
          list.end(), list.items().stream().map(Node::end).toList(), spelling.flow(item));
    }
    int column = list.at().column();
    return behind(list, column, spelling.item(item, column));
  }

  /// Something more in brackets or braces.
  private TextEdit intoFlow(int end, List<Integer> ends, String more) {
    if (ends.isEmpty()) {
      int open = Math.max(text.lastIndexOf('{', end - 1), text.lastIndexOf('[', end - 1));
      return spliced(open + 1, end - 1, more);
    }
    return spliced(ends.getLast(), ends.getLast(), ", " + more);
  }

  private static Node.Text changeable(Node node) {
    if (!(node instanceof Node.Text scalar)) {
      throw new Refusal("it is no single value");
    }
    if (scalar.isNothing() || scalar.isBlock() || scalar.at().decorated()) {
      throw new Refusal(
          scalar.isBlock()
              ? "it is written as a block of text"
              : scalar.isNothing() ? "there is no value" : "it carries an anchor or a tag");
    }
    return scalar;
  }

  private TextEdit replaced(Node.Text scalar, String fresh) {
    if (text.substring(scalar.at().start(), scalar.end()).indexOf('\n') >= 0) {
      throw new Refusal("it goes over several lines");
    }
    return spliced(scalar.at().start(), scalar.end(), fresh);
  }

  /// An entry of a map and the map.
  private record Owned(Node.Dict owner, Node.Entry entry) {}

  private Owned entryAt(Node root, List<String> path) {
    var way = follow(root, path.subList(0, path.size() - 1));
    if (way.last() instanceof Node.Dict dict) {
      var entry = dict.entry(path.getLast());
      if (entry.isPresent()) {
        return new Owned(dict, entry.get());
      }
    }
    throw new Refusal("it is not written there, but merged or made elsewhere");
  }

  private TextEdit remove(Node root, List<String> path) {
    var way = follow(root, path.subList(0, path.size() - 1));
    refuseDecorated(way.last());
    return switch (way.last()) {
      case Node.Dict dict -> {
        var entry = entryAt(root, path).entry();
        refuseAnchors(Stream.concat(entry.key().all(), entry.value().all()));
        refuseExplicitKeys(dict);
        var starts = dict.entries().stream().map(each -> each.key().at().start()).toList();
        var ends = dict.entries().stream().map(each -> each.value().end()).toList();
        yield removed(dict.flow(), starts, ends, dict.entries().indexOf(entry));
      }
      case Node.Items list -> {
        var item =
            item(list, path.getLast()).orElseThrow(() -> new Refusal("there is no such item"));
        refuseAnchors(item.all());
        var ends = list.items().stream().map(Node::end).toList();
        yield removed(list.flow(), starts(list), ends, list.items().indexOf(item));
      }
      case Node.Text _, Node.Alias _ -> throw new Refusal("nothing is below it");
    };
  }

  private void refuseAnchors(Stream<Node> nodes) {
    nodes
        .flatMap(node -> node.at().anchor().stream())
        .filter(this::isUsed)
        .findFirst()
        .ifPresent(anchor -> {
          throw new Refusal("it holds the anchor &%s, which other places use".formatted(anchor));
        });
  }

  /// Where the items of a list begin; in a block, their dashes.
  private List<Integer> starts(Node.Items list) {
    var starts = new ArrayList<Integer>();
    int from = list.at().start();
    for (var item : list.items()) {
      int start = from;
      while (!list.flow() && !isDash(start, list.at().column())) {
        start++;
      }
      starts.add(list.flow() ? item.at().start() : start);
      from = item.end();
    }
    return starts;
  }

  private boolean isDash(int offset, int column) {
    int lineStart = text.lastIndexOf('\n', offset - 1) + 1;
    return text.charAt(offset) == '-'
        && text.codePointCount(lineStart, offset) == column
        && text.substring(lineStart, offset).indexOf('#') < 0;
  }

  private TextEdit removed(boolean flow, List<Integer> starts, List<Integer> ends, int index) {
    if (starts.size() == 1) {
      throw new Refusal("it is the only one, and what nothing would mean is not known");
    }
    int start = starts.get(index);
    int end = ends.get(index);
    if (flow) {
      return index == 0 ? spliced(start, starts.get(1), "") : spliced(ends.get(index - 1), end, "");
    }
    int lineStart = text.lastIndexOf('\n', start - 1) + 1;
    if (!text.substring(lineStart, start).isBlank()) {
      int next = starts.get(1);
      if (text.substring(end, next).indexOf('#') >= 0) {
        throw new Refusal("a comment stands between it and the next one");
      }
      return spliced(start, next, "");
    }
    int lineEnd = text.indexOf('\n', end);
    return lineEnd < 0
        ? spliced(lineStart - 1, text.length(), "")
        : spliced(lineStart, lineEnd + 1, "");
  }

  /// The edit that puts something in place of a stretch of the text.
  private TextEdit spliced(int from, int to, String fresh) {
    int line = lineOf(from);
    int lineStart = offsetOf(line);
    var stretch = text.substring(from, to);
    var whole = lined.lines().get(line);
    boolean once =
        !stretch.isEmpty()
            && !stretch.isBlank()
            && stretch.indexOf('\n') < 0
            && whole.indexOf(stretch) == whole.lastIndexOf(stretch);
    if (once) {
      return new TextEdit(line + 1, stretch, fresh);
    }
    int lastLine = lineOf(to);
    int end = offsetOf(lastLine) + lined.lines().get(lastLine).length();
    return new TextEdit(
        line + 1,
        text.substring(lineStart, end),
        text.substring(lineStart, from) + fresh + text.substring(to, end));
  }

  private int lineOf(int offset) {
    int line = 0;
    for (int feed = text.indexOf('\n'); feed >= 0 && feed < offset; ) {
      line++;
      feed = text.indexOf('\n', feed + 1);
    }
    return line;
  }

  private int offsetOf(int line) {
    int offset = 0;
    for (int i = 0; i < line; i++) {
      offset += Objects.requireNonNull(lined.lines().get(i)).length() + 1;
    }
    return offset;
  }
}
