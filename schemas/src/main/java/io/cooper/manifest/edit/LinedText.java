package io.cooper.manifest.edit;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A text file as lines, each with its own end, so that what is not changed comes out byte for
/// byte: line feeds, carriage returns before them, a byte order mark, a last line without an end.
public final class LinedText {
  private static final String MARK = "\uFEFF";

  private final boolean marked;
  private final List<String> lines;
  private final List<String> ends;

  private LinedText(boolean marked, List<String> lines, List<String> ends) {
    this.marked = marked;
    this.lines = List.copyOf(lines);
    this.ends = List.copyOf(ends);
  }

  /// The text of a file; empty if it is not UTF-8, or has carriage returns that end lines on their
  /// own: YAML counts them, and editors do not.
  public static Optional<LinedText> of(byte[] bytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
    boolean marked = text.startsWith(MARK);
    var lines = new ArrayList<String>();
    var ends = new ArrayList<String>();
    int from = marked ? 1 : 0;
    for (int feed = text.indexOf('\n', from); feed >= 0; feed = text.indexOf('\n', from)) {
      boolean returned = feed > from && text.charAt(feed - 1) == '\r';
      lines.add(text.substring(from, returned ? feed - 1 : feed));
      ends.add(returned ? "\r\n" : "\n");
      from = feed + 1;
    }
    lines.add(text.substring(from));
    ends.add("");
    return lines.stream().anyMatch(line -> line.indexOf('\r') >= 0)
        ? Optional.empty()
        : Optional.of(new LinedText(marked, lines, ends));
  }

  /// The lines without their ends; the last is empty where the file ends with a line feed.
  public List<String> lines() {
    return lines;
  }

  /// The text with line feeds only and without a byte order mark.
  public String text() {
    return String.join("\n", lines);
  }

  /// The bytes of the file.
  public byte[] bytes() {
    var text = new StringBuilder(marked ? MARK : "");
    for (int i = 0; i < lines.size(); i++) {
      text.append(lines.get(i)).append(ends.get(i));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// The text with edits made, all of which speak of this text; empty if one of them does not fit,
  /// or two of them touch the same line. New lines end as those around them.
  public Optional<LinedText> with(List<TextEdit> edits) {
    var sorted = new ArrayList<>(edits);
    sorted.sort(Comparator.comparingInt(TextEdit::line).reversed());
    var result = this;
    int free = Integer.MAX_VALUE;
    for (var edit : sorted) {
      if (edit.lastLine() >= free || !result.fits(edit)) {
        return Optional.empty();
      }
      free = edit.line();
      result = result.with(edit);
    }
    return Optional.of(result);
  }

  private boolean fits(TextEdit edit) {
    if (edit.line() < 1 || edit.lastLine() > lines.size() || edit.before().isEmpty()) {
      return false;
    }
    var part = part(edit);
    int first = part.indexOf(edit.before());
    int second = first < 0 ? -1 : part.indexOf(edit.before(), first + 1);
    int line = lines.get(edit.line() - 1).length();
    return first >= 0 && first <= line && (second < 0 || second > line);
  }

  private String part(TextEdit edit) {
    return String.join("\n", lines.subList(edit.line() - 1, edit.lastLine()));
  }

  private LinedText with(TextEdit edit) {
    int from = edit.line() - 1;
    int to = edit.lastLine();
    var part = part(edit);
    int at = part.indexOf(edit.before());
    var changed =
        List.of(
            (part.substring(0, at) + edit.after() + part.substring(at + edit.before().length()))
                .split("\n", -1));
    var newLines = new ArrayList<>(lines.subList(0, from));
    newLines.addAll(changed);
    newLines.addAll(lines.subList(to, lines.size()));
    var newEnds = new ArrayList<>(ends.subList(0, from));
    for (int i = 1; i < changed.size(); i++) {
      newEnds.add(endAround(from));
    }
    newEnds.add(ends.get(to - 1));
    newEnds.addAll(ends.subList(to, ends.size()));
    return new LinedText(marked, newLines, newEnds);
  }

  private String endAround(int line) {
    return !ends.get(line).isEmpty() ? ends.get(line) : line > 0 ? ends.get(line - 1) : "\n";
  }
}
