package io.cooper.flux.render.helm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// The language of `helm --set`: `a.b[0].c=value,d={x,y}`. A port of the `strvals` parser of Helm
/// 4, which helm-controller uses, with its ways of ending: a line may end in the middle of a key
/// without an error.
final class SetLine {
  /// Helm would refuse the line.
  static final class Refused extends Exception {
    Refused(String message) {
      super(message, null, false, false);
    }
  }

  private static final int MOST_ITEMS = 65_536;
  private static final int DEEPEST = 30;
  private static final int END = -1;

  private final int[] text;
  private final boolean strings;
  private int next;

  private SetLine(String line, boolean strings) {
    this.text = line.codePoints().toArray();
    this.strings = strings;
  }

  /// Puts the values of a line into a map, in place.
  ///
  /// @param strings whether every value is a text, as with `--set-string`
  static void into(Map<String, @Nullable Object> values, String line, boolean strings)
      throws Refused {
    var parser = new SetLine(line, strings);
    while (parser.key(values, 0)) {
      // One assignment after the other.
    }
  }

  /// What was read up to a stop character.
  ///
  /// @param stop that character, or [#END]
  private record Word(String text, int stop) {}

  private int read() {
    return next < text.length ? text[next++] : END;
  }

  private Word until(String stops) {
    var word = new StringBuilder();
    while (true) {
      int c = read();
      if (c == END || stops.indexOf(c) >= 0) {
        return new Word(word.toString(), c);
      }
      if (c == '\\') {
        c = read();
        if (c == END) {
          return new Word(word.toString(), END);
        }
      }
      word.appendCodePoint(c);
    }
  }

  /// @return whether there may be more
  private boolean key(Map<String, @Nullable Object> values, int level) throws Refused {
    var word = until("=[,.");
    var name = word.text();
    return switch (word.stop()) {
      case END -> {
        if (name.isEmpty()) {
          yield false;
        }
        throw new Refused("key \"%s\" has no value".formatted(name));
      }
      case '[' -> {
        var asked = index();
        if (asked.isEmpty()) {
          yield false;
        }
        int index = asked.getAsInt();
        var list = values.containsKey(name) ? list(values.get(name)) : new ArrayList<>();
        var item = item(list, index, level);
        set(values, name, item.list());
        yield item.more();
      }
      case '=' -> {
        var value = value();
        set(values, name, value.content());
        yield value.more();
      }
      case ',' -> {
        set(values, name, "");
        throw new Refused("key \"%s\" has no value (cannot end with ,)".formatted(name));
      }
      default -> {
        if (level + 1 > DEEPEST) {
          throw new Refused("more than %d levels".formatted(DEEPEST));
        }
        var inner =
            values.containsKey(name)
                ? map(values.get(name))
                : new LinkedHashMap<String, @Nullable Object>();
        boolean more = key(inner, level + 1);
        if (more && inner.isEmpty()) {
          throw new Refused("key map \"%s\" has no value".formatted(name));
        }
        if (!inner.isEmpty()) {
          set(values, name, inner);
        }
        yield more;
      }
    };
  }

  private static void set(
      Map<String, @Nullable Object> values, String key, @Nullable Object value) {
    if (!key.isEmpty()) {
      values.put(key, value);
    }
  }

  @SuppressWarnings("unchecked")
  private static List<@Nullable Object> list(@Nullable Object value) throws Refused {
    if (value instanceof List<?> list) {
      return (List<@Nullable Object>) list;
    }
    throw new Refused("an index is given where the values have no list");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> map(@Nullable Object value) throws Refused {
    if (value instanceof Map<?, ?> map) {
      return (Map<String, @Nullable Object>) map;
    }
    throw new Refused("a key is given where the values have no map");
  }

  /// @return empty where the line ends in the index, which Helm 4 lets pass
  private OptionalInt index() throws Refused {
    var word = until("]");
    if (word.stop() == END) {
      return OptionalInt.empty();
    }
    if (!word.text().matches("[+-]?[0-9]{1,9}")) {
      throw new Refused("error parsing index: \"%s\"".formatted(word.text()));
    }
    return OptionalInt.of(Integer.parseInt(word.text()));
  }

  /// A list with an item put into it.
  private record Item(List<@Nullable Object> list, boolean more) {}

  private Item item(List<@Nullable Object> list, int index, int level) throws Refused {
    if (index < 0) {
      throw new Refused("negative %d index not allowed".formatted(index));
    }
    var word = until("[.=");
    if (!word.text().isEmpty()) {
      throw new Refused("unexpected data at end of array index: \"%s\"".formatted(word.text()));
    }
    return switch (word.stop()) {
      case END -> new Item(list, false);
      case '=' -> new Item(with(list, index, value().content()), true);
      case '[' -> {
        var nested = index();
        if (nested.isEmpty()) {
          yield new Item(list, false);
        }
        var there = index < list.size() ? list.get(index) : null;
        var item = item(there == null ? new ArrayList<>() : list(there), nested.getAsInt(), level);
        yield item.more() ? new Item(with(list, index, item.list()), true) : new Item(list, false);
      }
      default -> {
        Map<String, @Nullable Object> inner = new LinkedHashMap<>();
        if (index < list.size()) {
          if (list.get(index) instanceof Map<?, ?> there) {
            inner = map(there);
          } else {
            list.set(index, inner);
          }
        }
        yield key(inner, level) ? new Item(with(list, index, inner), true) : new Item(list, false);
      }
    };
  }

  private static List<@Nullable Object> with(
      List<@Nullable Object> list, int index, @Nullable Object value) throws Refused {
    if (index > MOST_ITEMS) {
      throw new Refused(
          "index of %d is greater than maximum supported index of %d".formatted(index, MOST_ITEMS));
    }
    var longer = list;
    if (list.size() <= index) {
      longer = new ArrayList<>(list);
      while (longer.size() <= index) {
        longer.add(null);
      }
    }
    longer.set(index, value);
    return longer;
  }

  /// A value, and whether there may be more behind it.
  private record Content(@Nullable Object content, boolean more) {}

  private Content value() throws Refused {
    int first = read();
    if (first == END) {
      return new Content("", false);
    }
    if (first != '{') {
      next--;
      return new Content(typed(until(",").text()), true);
    }
    var list = new ArrayList<@Nullable Object>();
    while (true) {
      var word = until(",}");
      if (word.stop() == END) {
        throw new Refused("list must terminate with '}'");
      }
      list.add(typed(word.text()));
      if (word.stop() == '}') {
        int behind = read();
        if (behind != ',' && behind != END) {
          next--;
        }
        return new Content(list, true);
      }
    }
  }

  private @Nullable Object typed(String text) {
    if (strings) {
      return text;
    }
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return Boolean.valueOf(text);
    }
    if (text.equalsIgnoreCase("null")) {
      return null;
    }
    if (text.equals("0")) {
      return 0L;
    }
    if (text.matches("[+-]?[0-9]+") && text.charAt(0) != '0') {
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException _) {
        return text;
      }
    }
    return text;
  }
}
