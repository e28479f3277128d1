package io.cooper.flux.ignore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One pattern of `.sourceignore`, as the go-git matcher that Flux uses reads it.
///
/// @param rule where it stands
/// @param folderOnly whether a slash at the end keeps it from matching a file by its own name
/// @param segments one compiled segment each; empty for one that cannot match
/// @param anchored whether there is a slash inside, so that segments are compared from the top
record SourcePattern(
    IgnoreRule rule, boolean folderOnly, List<Segment> segments, boolean anchored) {
  /// A segment between slashes.
  sealed interface Segment {
    /// Nothing between two slashes.
    record Nothing() implements Segment {}

    /// `**` alone.
    record AnyFolders() implements Segment {}

    /// A wildcard pattern; empty if it is malformed or holds `**` beside something else.
    record Named(Optional<Glob> glob) implements Segment {
      boolean matches(String name) {
        return glob.isPresent() && glob.get().matches(name);
      }
    }
  }

  private static final int LONGEST_LINE = 64 * 1024;

  /// Reads a list. Comments begin in the first column. A line of 64 KiB ends the reading, as it
  /// ends that of Flux.
  static List<SourcePattern> read(IgnoreRule.Source source, String file, String text) {
    var patterns = new ArrayList<SourcePattern>();
    int number = 0;
    for (int from = 0; from < text.length(); ) {
      int end = text.indexOf('\n', from);
      end = end < 0 ? text.length() : end;
      number++;
      if (end - from >= LONGEST_LINE) {
        return patterns;
      }
      var line = text.substring(from, end);
      line = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
      if (!line.startsWith("#") && !blank(line)) {
        patterns.add(of(source, file, number, line));
      }
      from = end + 1;
    }
    return patterns;
  }

  /// Blank for Go: Unicode's white space, which is not quite Java's.
  private static boolean blank(String line) {
    return line.codePoints()
        .allMatch(
            c -> (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || Character.isSpaceChar(c));
  }

  static SourcePattern of(IgnoreRule.Source source, String file, int number, String line) {
    boolean negated = line.startsWith("!");
    var text = negated ? line.substring(1) : line;
    text = text.endsWith("\\ ") ? text : withoutTrailingSpaces(text);
    var shown = negated ? "!" + text : text;
    boolean folderOnly = text.endsWith("/");
    var pattern = folderOnly ? text.substring(0, text.length() - 1) : text;
    boolean anchored = pattern.indexOf('/') >= 0;
    var segments = new ArrayList<Segment>();
    for (var segment : pattern.split("/", -1)) {
      segments.add(anchored ? inPath(segment) : new Segment.Named(GoGlob.of(segment)));
    }
    return new SourcePattern(
        new IgnoreRule(source, file, number, shown, negated), folderOnly, segments, anchored);
  }

  private static Segment inPath(String segment) {
    return switch (segment) {
      case "" -> new Segment.Nothing();
      case "**" -> new Segment.AnyFolders();
      default -> new Segment.Named(segment.contains("**") ? Optional.empty() : GoGlob.of(segment));
    };
  }

  private static String withoutTrailingSpaces(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }

  /// Whether a file matches.
  ///
  /// @param path the segments of its path
  /// @param from how many of them belong to the folder of the list
  boolean matches(String[] path, int from) {
    return anchored ? matchesFromTop(path, from) : matchesAnySegment(path, from);
  }

  private boolean matchesAnySegment(String[] path, int from) {
    var name = (Segment.Named) segments.getFirst();
    for (int i = from; i < path.length; i++) {
      if (name.matches(path[i])) {
        return !folderOnly || i < path.length - 1;
      }
    }
    return false;
  }

  /// What is left of the path behind the last segment does not matter: it lies below a match.
  /// Behind `**` the first segment that fits is taken, and no other is tried.
  private boolean matchesFromTop(String[] path, int from) {
    boolean matched = false;
    boolean skipping = false;
    int at = from;
    for (int i = 0; i < segments.size(); i++) {
      switch (segments.get(i)) {
        case Segment.Nothing _ -> skipping = false;
        case Segment.AnyFolders _ -> skipping = i < segments.size() - 1;
        case Segment.Named name -> {
          if (at == path.length || name.glob().isEmpty()) {
            return false;
          }
          do {
            matched = name.matches(path[at]);
            at++;
          } while (skipping && !matched && at < path.length);
          if (!matched && !skipping) {
            return false;
          }
          skipping = false;
        }
      }
    }
    return matched && !(folderOnly && at == path.length);
  }
}
