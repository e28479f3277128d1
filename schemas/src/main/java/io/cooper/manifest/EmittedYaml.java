package io.cooper.manifest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the small part of YAML that Go's encoder writes, which is all that comes out of kustomize:
/// block style, one space behind a colon, no comments, no anchors. It gives the same values at the
/// same places as [Pass], several times as fast, and gives up at the first character it is not sure
/// about, so that nothing depends on its knowing YAML. Tests compare the two.
///
/// Used by one thread, for the documents of one text in turn.
final class EmittedYaml {
  /// Thrown where the text is not what the encoder writes; [Pass] then reads the document.
  private static final class Unsure extends RuntimeException {
    Unsure() {
      super(null, null, false, false);
    }
  }

  /// The encoder writes longer keys in another style, and YAML forbids them beyond 1024.
  private static final int LONGEST_KEY = 128;

  /// Up to here comparing all keys of a map is quicker than a set.
  private static final int FEW = 8;

  private static final String KEY_STARTS = "_./$";
  private static final String PLAIN_STARTS = "_./$(<=~^;\\+";

  private final String file;
  private final String text;
  private final Dialect dialect;
  private final YamlReader.Limits limits;
  private final Texts texts;
  private final boolean astral;

  // The document being read: its end, the line that is next, and where that line starts.
  private int end;
  private int line;
  private int lineStart;
  private int values;

  EmittedYaml(String file, String text, Dialect dialect, YamlReader.Limits limits) {
    this.file = file;
    this.text = text;
    this.dialect = dialect;
    this.limits = limits;
    this.texts = new Texts(text);
    this.astral = text.codePointCount(0, text.length()) != text.length();
  }

  /// The document between two indexes; empty if the encoder would not write it like this.
  ///
  /// @param from start of its first line
  /// @param to behind its last line break
  /// @param firstLine the number of its first line in the file
  /// @param earlier values that were read before it
  Optional<Value> read(int from, int to, int firstLine, int earlier) {
    end = to;
    line = firstLine;
    lineStart = from;
    values = earlier;
    try {
      if (from == to || text.charAt(to - 1) != '\n' || indent() != 0) {
        return Optional.empty();
      }
      var value = block(from, 0, 0);
      return lineStart == end ? Optional.of(value) : Optional.empty();
    } catch (Unsure _) {
      return Optional.empty();
    }
  }

  /// How many values there are, those before the document included.
  int values() {
    return values;
  }

  private static Unsure unsure() {
    return new Unsure();
  }

  /// The character there; a line break behind the end.
  private char at(int index) {
    return index < end ? text.charAt(index) : '\n';
  }

  private boolean isItem(int index) {
    return at(index) == '-' && at(index + 1) == ' ';
  }

  /// The indent of the next line; -1 at the end of the document.
  private int indent() {
    if (lineStart >= end) {
      return -1;
    }
    int index = lineStart;
    while (at(index) == ' ') {
      index++;
    }
    if (at(index) == '\n') {
      throw unsure();
    }
    return index - lineStart;
  }

  private int column(int index) {
    return 1 + (astral ? text.codePointCount(lineStart, index) : index - lineStart);
  }

  private void count(int depth) {
    if (++values > limits.values() || depth > limits.depth()) {
      throw unsure();
    }
  }

  private void nextLine(int lineBreak) {
    if (at(lineBreak) != '\n') {
      throw unsure();
    }
    line++;
    lineStart = Math.min(lineBreak + 1, end);
  }

  /// A map or a list that begins at an index of the current line.
  private Value block(int start, int column, int depth) {
    return isItem(start) ? sequence(start, column, depth) : mapping(start, column, depth);
  }

  private Mapping mapping(int start, int column, int depth) {
    count(depth);
    int firstLine = line;
    int firstColumn = column(start);
    var entries = new ArrayList<Value>();
    int at = start;
    while (true) {
      at = key(at, depth + 1, entries);
      if (at(at) == '\n') {
        nextLine(at);
        int below = indent();
        boolean compact = below == column && isItem(lineStart + below);
        if (below <= column && !compact) {
          throw unsure();
        }
        entries.add(block(lineStart + below, below, depth + 1));
      } else {
        entries.add(scalar(at + 1, column, depth + 1));
      }
      int next = indent();
      if (next < column) {
        break;
      }
      at = lineStart + next;
      if (next > column || isItem(at)) {
        throw unsure();
      }
    }
    refuseDuplicates(entries);
    return new Mapping(file, firstLine, firstColumn, entries.toArray(Value[]::new));
  }

  private static void refuseDuplicates(List<Value> entries) {
    if (entries.size() > 2 * FEW) {
      var names = new HashSet<@Nullable Object>();
      for (int i = 0; i < entries.size(); i += 2) {
        if (!names.add(entries.get(i).plain())) {
          throw unsure();
        }
      }
      return;
    }
    for (int i = 2; i < entries.size(); i += 2) {
      var name = ((Scalar) entries.get(i)).source();
      for (int j = 0; j < i; j += 2) {
        if (name.equals(((Scalar) entries.get(j)).source())) {
          throw unsure();
        }
      }
    }
  }

  private Sequence sequence(int start, int column, int depth) {
    count(depth);
    int firstLine = line;
    int firstColumn = column(start);
    var items = new ArrayList<Value>();
    int at = start;
    while (true) {
      int item = at + 2;
      items.add(
          isItem(item) || isKey(item)
              ? block(item, column + 2, depth + 1)
              : scalar(item, column, depth + 1));
      int next = indent();
      at = lineStart + Math.max(next, 0);
      if (next < column || (next == column && !isItem(at))) {
        break;
      }
      if (next > column) {
        throw unsure();
      }
    }
    return new Sequence(file, firstLine, firstColumn, items);
  }

  /// Whether a key stands there, and not a scalar.
  private boolean isKey(int start) {
    char first = at(start);
    if (first == '"' || first == '\'') {
      int close = start + 1;
      while (at(close) != first) {
        if (at(close) == '\n' || at(close) == '\\') {
          return false;
        }
        close++;
      }
      return at(close + 1) == ':';
    }
    for (int i = start; at(i) != '\n'; i++) {
      if (at(i) == ':' && (at(i + 1) == ' ' || at(i + 1) == '\n')) {
        return true;
      }
    }
    return false;
  }

  /// Adds the key that stands there.
  ///
  /// @return the index behind its colon
  private int key(int start, int depth, List<Value> entries) {
    count(depth);
    char first = at(start);
    String name;
    int colon;
    if (first == '"' || first == '\'') {
      colon = start + 1;
      while (at(colon) != first) {
        if (at(colon) == '\\' || at(colon) == '\n') {
          throw unsure();
        }
        colon++;
      }
      name = texts.of(start + 1, colon++);
    } else {
      if (!isLetter(first) && KEY_STARTS.indexOf(first) < 0) {
        throw unsure();
      }
      colon = start;
      while (at(colon) != ':' || (at(colon + 1) != ' ' && at(colon + 1) != '\n')) {
        char c = at(colon++);
        boolean blank = c == ' ' && at(colon) > ' ' && at(colon) != ':';
        if ((c <= ' ' && !blank) || c == '#') {
          throw unsure();
        }
      }
      name = texts.of(start, colon);
      if (name.startsWith("...") || !(dialect.resolve(name) instanceof String)) {
        throw unsure();
      }
    }
    char behind = at(colon + 1);
    if (at(colon) != ':' || (behind != ' ' && behind != '\n') || colon - start > LONGEST_KEY) {
      throw unsure();
    }
    entries.add(new Scalar(file, line, column(start), name, name));
    return colon + 1;
  }

  /// Letters of all languages, digits, and what else has no meaning beyond ASCII.
  private static boolean isLetter(char c) {
    return c > '\u00A0'
        || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9');
  }

  /// A value that begins on the current line.
  ///
  /// @param column of the map or list around it; what goes on in the next line is indented deeper
  private Value scalar(int start, int column, int depth) {
    count(depth);
    int atLine = line;
    int atColumn = column(start);
    return switch (at(start)) {
      case '\'' -> {
        var content = singleQuoted(start, column);
        yield new Scalar(file, atLine, atColumn, content, content);
      }
      case '"' -> {
        var content = doubleQuoted(start, column);
        yield new Scalar(file, atLine, atColumn, content, content);
      }
      case '|' -> {
        var content = literal(start, column);
        yield new Scalar(file, atLine, atColumn, content, content);
      }
      case '{' -> {
        empty(start, '}');
        yield new Mapping(file, atLine, atColumn, new Value[0]);
      }
      case '[' -> {
        empty(start, ']');
        yield new Sequence(file, atLine, atColumn, List.of());
      }
      default -> {
        var source = plain(start, column);
        var content = dialect.resolve(source);
        if (content instanceof Double number && !Double.isFinite(number)) {
          throw unsure();
        }
        yield new Scalar(file, atLine, atColumn, source, content);
      }
    };
  }

  private void empty(int start, char close) {
    if (at(start + 1) != close) {
      throw unsure();
    }
    nextLine(start + 2);
  }

  private String plain(int start, int column) {
    char first = at(start);
    boolean sure =
        isLetter(first)
            || PLAIN_STARTS.indexOf(first) >= 0
            || (first == '-' && at(start + 1) > ' ');
    if (!sure) {
      throw unsure();
    }
    int stop = plainLine(start);
    nextLine(stop);
    int indent = indent();
    if (indent <= column) {
      return texts.of(start, stop);
    }
    var folded = new StringBuilder(text.substring(start, stop));
    while (indent > column) {
      int from = lineStart + indent;
      if (at(from) == '#') {
        throw unsure();
      }
      stop = plainLine(from);
      folded.append(' ').append(text, from, stop);
      nextLine(stop);
      indent = indent();
    }
    return texts.of(folded.toString());
  }

  /// The end of a line of plain text; unsure if anything in it could have a meaning.
  private int plainLine(int start) {
    int index = start;
    while (at(index) != '\n') {
      char c = at(index);
      boolean meaning =
          c == '\t'
              || (c == ':' && at(index + 1) <= ' ')
              || (c == ' ' && (at(index + 1) == '#' || at(index + 1) == '\n'));
      if (meaning) {
        throw unsure();
      }
      index++;
    }
    return index;
  }

  private String singleQuoted(int start, int column) {
    int from = start + 1;
    int index = from;
    StringBuilder folded = null;
    while (true) {
      char c = at(index);
      if (c == '\n' || (c == '\'' && at(index + 1) == '\'')) {
        folded = folded == null ? new StringBuilder() : folded;
        if (c == '\n') {
          from = fold(folded, from, index, column);
          index = from;
        } else {
          folded.append(text, from, index + 1);
          index += 2;
          from = index;
        }
      } else if (c == '\'') {
        break;
      } else if (c == '\t') {
        throw unsure();
      } else {
        index++;
      }
    }
    var content =
        folded == null
            ? texts.of(from, index)
            : texts.of(folded.append(text, from, index).toString());
    nextLine(index + 1);
    return content;
  }

  /// Goes on with quoted text in the next line.
  ///
  /// @return where it goes on
  private int fold(StringBuilder folded, int from, int lineBreak, int column) {
    if (lineBreak == lineStart || at(lineBreak - 1) == ' ' || lineBreak >= end) {
      throw unsure();
    }
    folded.append(text, from, lineBreak).append(' ');
    nextLine(lineBreak);
    int indent = indent();
    if (indent <= column) {
      throw unsure();
    }
    return lineStart + indent;
  }

  private String doubleQuoted(int start, int column) {
    int from = start + 1;
    int index = from;
    var content = new StringBuilder();
    while (at(index) != '"') {
      char c = at(index);
      if (c == '\n') {
        from = fold(content, from, index, column);
        index = from;
      } else if (c == '\\') {
        content.append(text, from, index);
        index = escape(index + 1, content);
        from = index;
      } else if (c == '\t') {
        throw unsure();
      } else {
        index++;
      }
    }
    content.append(text, from, index);
    nextLine(index + 1);
    return texts.of(content.toString());
  }

  /// @return the index behind the escape
  private int escape(int index, StringBuilder content) {
    switch (at(index)) {
      case '"' -> content.append('"');
      case '\\' -> content.append('\\');
      case ' ' -> content.append(' ');
      case 'n' -> content.append('\n');
      case 't' -> content.append('\t');
      case 'r' -> content.append('\r');
      case 'a' -> content.append('\u0007');
      case 'b' -> content.append('\b');
      case 'e' -> content.append('\u001B');
      case 'f' -> content.append('\f');
      case 'v' -> content.append('\u000B');
      case '0' -> content.append('\0');
      case 'N' -> content.append('\u0085');
      case '_' -> content.append('\u00A0');
      case 'L' -> content.append('\u2028');
      case 'P' -> content.append('\u2029');
      case 'x' -> content.appendCodePoint(hexadecimal(index + 1, 2));
      case 'u' -> content.appendCodePoint(hexadecimal(index + 1, 4));
      case 'U' -> content.appendCodePoint(hexadecimal(index + 1, 8));
      default -> throw unsure();
    }
    return switch (at(index)) {
      case 'x' -> index + 3;
      case 'u' -> index + 5;
      case 'U' -> index + 9;
      default -> index + 1;
    };
  }

  private int hexadecimal(int from, int digits) {
    int value = 0;
    for (int i = from; i < from + digits; i++) {
      int digit = Character.digit(at(i), 16);
      if (digit < 0 || value > Character.MAX_CODE_POINT >> 4) {
        throw unsure();
      }
      value = value * 16 + digit;
    }
    if (value > Character.MAX_CODE_POINT
        || (value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE)) {
      throw unsure();
    }
    return value;
  }

  private String literal(int start, int column) {
    int index = start + 1;
    int margin = 0;
    if (at(index) >= '1' && at(index) <= '9') {
      margin = column + at(index++) - '0';
    }
    char chomp = at(index) == '-' || at(index) == '+' ? at(index++) : ' ';
    nextLine(index);
    var content = new StringBuilder();
    int contentEnd = 0;
    while (lineStart < end) {
      int stop = text.indexOf('\n', lineStart);
      if (stop == lineStart) {
        content.append('\n');
        nextLine(stop);
        continue;
      }
      int indent = 0;
      while (at(lineStart + indent) == ' ') {
        indent++;
      }
      if (margin == 0) {
        if (indent <= column) {
          throw unsure();
        }
        margin = indent;
      }
      if (lineStart + indent == stop) {
        throw unsure();
      }
      if (indent < margin) {
        break;
      }
      content.append(text, lineStart + margin, stop + 1);
      contentEnd = content.length();
      nextLine(stop);
    }
    if (contentEnd == 0) {
      throw unsure();
    }
    if (chomp != '+') {
      content.setLength(chomp == '-' ? contentEnd - 1 : contentEnd);
    }
    return texts.of(content.toString());
  }
}
