package io.cooper.flux.render.helm;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a template shows of the objects that it makes: the keys that stand in it, each with its
/// place. Only indentation counts; whatever is between double braces is left alone, and of two
/// branches the first wins. A finding about a value that an action prints is thus placed on the key
/// that holds it.
final class TemplateOutline {
  private static final Pattern COMMENT =
      Pattern.compile("\\{\\{-?\\s*/\\*.*?\\*/\\s*-?\\}\\}", Pattern.DOTALL);
  private static final Pattern ACTIONS = Pattern.compile("\\s*(\\{\\{.*?\\}\\}\\s*)+");
  private static final Pattern KEY =
      Pattern.compile(
          "(\"[^\"]+\"|'[^']+'|[^\\s\"'#{}\\[\\],:&*!|>%@`-][^:#]*?|-[^\\s:]+)\\s*:(?:\\s+(.*))?");
  private static final Pattern BLOCK = Pattern.compile("[|>][-+0-9]*\\s*(#.*)?");

  /// A mapping or a list that grows while its lines are read.
  ///
  /// @param indent of its keys or dashes
  private record Level(int indent, Node node) {}

  private static final class Node {
    private final Place place;
    private final Map<String, Mapping.Entry> ready = new LinkedHashMap<>();
    private final Map<String, Scalar> keys = new LinkedHashMap<>();
    private final Map<String, Node> below = new LinkedHashMap<>();
    private final List<Node> items = new ArrayList<>();
    private Optional<Scalar> scalar = Optional.empty();

    Node(Place place) {
      this.place = place;
    }

    Value value() {
      if (!items.isEmpty()) {
        return new Sequence(place, items.stream().map(Node::value).toList());
      }
      if (scalar.isPresent()) {
        return scalar.get();
      }
      keys.forEach((name, key) ->
          ready.put(
              name,
              new Mapping.Entry(
                  key,
                  Optional.ofNullable(below.get(name))
                      .map(Node::value)
                      .orElseGet(() -> new Scalar(key.place(), "", "")))));
      return new Mapping(place, ready);
    }
  }

  private final String file;
  private final List<Mapping> documents = new ArrayList<>();
  private final Deque<Level> levels = new ArrayDeque<>();
  private Optional<Node> root = Optional.empty();

  private TemplateOutline(String file) {
    this.file = file;
  }

  /// The outline of a template.
  static TemplateOutline of(String file, String text) {
    var outline = new TemplateOutline(file);
    outline.read(text);
    return outline;
  }

  /// All documents that begin in the template, in file order.
  List<Mapping> documents() {
    return documents;
  }

  /// The document that an object was made from: of those of its kind the one of its name, else one
  /// whose name is made by the template, else the first.
  Optional<Mapping> find(Manifest object) {
    var same =
        documents.stream()
            .filter(document ->
                document.text("kind").filter(kind -> isMaybe(kind, object.kind())).isPresent())
            .toList();
    return same.stream()
        .filter(document -> document.text("metadata", "name").equals(Optional.of(object.name())))
        .findFirst()
        .or(() ->
            same.stream()
                .filter(document ->
                    document
                        .text("metadata", "name")
                        .filter(name -> name.contains("{{"))
                        .isPresent())
                .findFirst())
        .or(() -> same.stream().findFirst())
        .or(() -> documents.stream().findFirst());
  }

  private static boolean isMaybe(String written, String kind) {
    return written.equals(kind) || written.contains("{{");
  }

  /// Comments of templates become blank, their line breaks stay.
  private static String withoutComments(String text) {
    return COMMENT.matcher(text).replaceAll(found -> found.group().replaceAll("[^\n]", " "));
  }

  private void read(String text) {
    var lines = withoutComments(text).split("\n", -1);
    int open = 0;
    int block = -1;
    for (int i = 0; i < lines.length; i++) {
      var line = lines[i].stripTrailing();
      boolean inside = open > 0;
      open = Math.max(0, open + count(line, "{{") - count(line, "}}"));
      int indent = line.length() - line.stripLeading().length();
      if (inside || line.isBlank() || ACTIONS.matcher(line).matches()) {
        continue;
      }
      if (block >= 0) {
        if (indent > block) {
          continue;
        }
        block = -1;
      }
      if (line.startsWith("---")) {
        finish();
      } else if (line.stripLeading().charAt(0) != '#' && line(line, indent, i + 1)) {
        block = indent;
      }
    }
    finish();
  }

  private static int count(String line, String braces) {
    int found = 0;
    for (int at = line.indexOf(braces); at >= 0; at = line.indexOf(braces, at + 2)) {
      found++;
    }
    return found;
  }

  private void finish() {
    root.map(Node::value)
        .filter(Mapping.class::isInstance)
        .map(Mapping.class::cast)
        .filter(document -> document.size() > 0)
        .ifPresent(documents::add);
    root = Optional.empty();
    levels.clear();
  }

  /// @return whether a block of text begins
  private boolean line(String line, int indent, int number) {
    int column = indent;
    var rest = line.substring(indent);
    var place = new Place(file, number, column + 1);
    while (rest.startsWith("- ") || rest.equals("-")) {
      var item = new Node(place);
      holder(place, true).ifPresent(list -> list.items.add(item));
      int spaces = rest.length() - rest.substring(1).stripLeading().length();
      column += spaces;
      rest = rest.substring(spaces);
      levels.push(new Level(column, item));
      place = new Place(file, number, column + 1);
      if (rest.isEmpty()) {
        return false;
      }
    }
    var key = KEY.matcher(rest);
    if (!key.matches()) {
      var text = rest;
      var at = place;
      Optional.ofNullable(levels.peek())
          .filter(level -> level.indent() == indent || line.stripLeading().startsWith("- "))
          .filter(level -> level.node().keys.isEmpty())
          .ifPresent(level -> level.node().scalar = Optional.of(scalar(at, text)));
      return false;
    }
    var name = unquoted(key.group(1));
    var value = Optional.ofNullable(key.group(2)).map(String::strip).orElse("");
    int own = column;
    var valuePlace = new Place(file, number, own + rest.length() - value.length() + 1);
    var keyScalar = scalar(place, name);
    var holder = holder(place, false);
    if (holder.isEmpty()) {
      return false;
    }
    boolean fresh = holder.get().keys.putIfAbsent(name, keyScalar) == null;
    var child = new Node(value.isEmpty() ? place : valuePlace);
    if (BLOCK.matcher(value).matches()) {
      child.scalar = Optional.of(scalar(valuePlace, ""));
    } else if (!value.isEmpty() && value.charAt(0) != '#') {
      child.scalar = Optional.of(scalar(valuePlace, unquoted(value)));
    }
    var kept = fresh ? child : Optional.ofNullable(holder.get().below.get(name)).orElse(child);
    holder.get().below.putIfAbsent(name, kept);
    levels.push(new Level(own + 1, kept));
    return BLOCK.matcher(value).matches();
  }

  private static Scalar scalar(Place place, String text) {
    return new Scalar(place, text, text);
  }

  private static String unquoted(String text) {
    var bare = text.strip();
    return bare.length() > 1
            && (bare.charAt(0) == '"' || bare.charAt(0) == '\'')
            && bare.charAt(bare.length() - 1) == bare.charAt(0)
        ? bare.substring(1, bare.length() - 1)
        : bare;
  }

  /// What a key or a dash of this column belongs to: the innermost level that begins no further
  /// right. Dashes may stand in the column of the key that holds the list.
  private Optional<Node> holder(Place place, boolean dash) {
    int column = place.column() - 1;
    if (root.isEmpty()) {
      var top = new Node(place);
      root = Optional.of(top);
      levels.push(new Level(0, top));
    }
    while (levels.size() > 1 && levels.element().indent() > column + (dash ? 1 : 0)) {
      levels.pop();
    }
    return Optional.ofNullable(levels.peek()).map(Level::node);
  }
}
