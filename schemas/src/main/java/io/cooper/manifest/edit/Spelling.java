package io.cooper.manifest.edit;

import io.cooper.manifest.Dialect;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlFile;
import io.cooper.manifest.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.common.ScalarStyle;

/// How new values are written: as the text around them is.
///
/// @param step by how much a map is indented below its key
/// @param listStep by how much a list is indented below its key; 0 where dashes stand under it
record Spelling(int step, int listStep) {
  /// As kustomize reads, and as Kubernetes does.
  static final List<YamlReader> READERS =
      List.of(YamlReader.ofSources(), new YamlReader(Dialect.KUBERNETES, YamlReader.Limits.SOURCE));

  /// As the first map and the first list below a map are indented.
  static Spelling of(List<Node> documents) {
    int step = 2;
    int listStep = 2;
    boolean known = false;
    boolean listKnown = false;
    for (var node : documents.stream().flatMap(Node::all).toList()) {
      if (!(node instanceof Node.Dict dict) || dict.flow()) {
        continue;
      }
      for (var entry : dict.entries()) {
        int deeper = entry.value().at().column() - entry.key().at().column();
        boolean below = entry.value().at().line() > entry.key().at().line();
        if (!known && below && entry.value() instanceof Node.Dict inner && !inner.flow()) {
          step = Math.max(1, deeper);
          known = true;
        }
        if (!listKnown && below && entry.value() instanceof Node.Items list && !list.flow()) {
          listStep = Math.max(0, deeper);
          listKnown = true;
        }
      }
    }
    return new Spelling(step, listStep);
  }

  /// The lines of an entry, the first of them without its margin.
  ///
  /// @param column of the key
  List<String> entry(String key, Object value, int column) {
    return below(scalar(key) + ":", value, column);
  }

  /// The lines of an item, the first of them without its margin.
  ///
  /// @param column of the dash
  List<String> item(Object value, int column) {
    var lines = new ArrayList<>(block(value, column + 2));
    lines.set(0, "- " + lines.getFirst());
    return lines;
  }

  /// What follows the colon of an entry: a rest of its line, and the lines below it.
  List<String> behindColon(Object value, int column) {
    return below("", value, column);
  }

  private List<String> below(String head, Object value, int column) {
    if (!isBlock(value)) {
      return List.of(head + " " + flow(value));
    }
    int inner = column + (value instanceof List ? listStep : step);
    var lines = new ArrayList<>(block(value, inner));
    lines.set(0, " ".repeat(inner) + lines.getFirst());
    lines.addFirst(head);
    return lines;
  }

  private List<String> block(Object value, int column) {
    var margin = " ".repeat(column);
    var lines = new ArrayList<String>();
    switch (value) {
      case Map<?, ?> map when !map.isEmpty() ->
          map.forEach((key, each) -> add(lines, entry(key.toString(), each, column), margin));
      case List<?> list when !list.isEmpty() ->
          list.forEach(each -> add(lines, item(each, column), margin));
      default -> lines.add(flow(value));
    }
    return lines;
  }

  private static void add(List<String> lines, List<String> more, String margin) {
    lines.add(lines.isEmpty() ? more.getFirst() : margin + more.getFirst());
    lines.addAll(more.subList(1, more.size()));
  }

  private static boolean isBlock(Object value) {
    return (value instanceof Map<?, ?> map && !map.isEmpty())
        || (value instanceof List<?> list && !list.isEmpty());
  }

  /// A value on one line.
  String flow(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> scalar(entry.getKey().toString()) + ": " + flow(entry.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case List<?> list ->
          list.stream().map(this::flow).collect(Collectors.joining(", ", "[", "]"));
      default -> scalar(value);
    };
  }

  /// A scalar; a string is in quotes where it would not be itself without them, wherever it stands.
  static String scalar(Object value) {
    return value instanceof String text && !isPlain(text) ? doubleQuoted(text) : value.toString();
  }

  private static boolean isPlain(String text) {
    return READERS.stream()
        .allMatch(reader ->
            isSame(reader.read("", "- %s\n".formatted(text)), text, "0")
                && isSame(reader.read("", "{%s: %s}\n".formatted(text, text)), text, text));
  }

  private static boolean isSame(YamlFile read, String text, String key) {
    return read.faults().isEmpty()
        && read.documents().size() == 1
        && read.documents().getFirst().find(key).map(Value::plain).filter(text::equals).isPresent();
  }

  /// A scalar in the quotes of another one; without them where the value is no string.
  String like(ScalarStyle style, Object value) {
    if (!(value instanceof String text)) {
      return value.toString();
    }
    return switch (style) {
      case SINGLE_QUOTED -> "'" + text.replace("'", "''") + "'";
      case DOUBLE_QUOTED -> doubleQuoted(text);
      default -> scalar(text);
    };
  }

  private static String doubleQuoted(String text) {
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t")
        + '"';
  }
}
