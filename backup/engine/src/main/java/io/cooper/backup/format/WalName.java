package io.cooper.backup.format;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a file that PostgreSQL hands to `archive_command` or asks of `restore_command`.
/// Closed: PostgreSQL archives these four kinds and no others.
public sealed interface WalName {
  /// As PostgreSQL writes it, hexadecimal digits in upper case.
  String text();

  /// The timeline that it belongs to, unsigned.
  int timeline();

  /// The first 16 digits: the folder it lies in, in the archive. Empty for history files, which lie
  /// beside the folders.
  Optional<String> folder();

  /// Whether it holds WAL, so that its size is that of a segment and it begins with a page header.
  boolean holdsWal();

  /// Reads a name, in either letter case.
  ///
  /// @throws io.cooper.problem.ProblemException with [Code#BAD_USE] if it is none
  static WalName parse(String text) {
    return find(text)
        .orElseThrow(() ->
            new Problem(
                    Code.BAD_USE,
                    "'%s'".formatted(text),
                    "is no name of a WAL segment, partial segment, backup label or timeline"
                        + " history",
                    "give the name that PostgreSQL passes as %p or %f, such as"
                        + " 000000010000000000000001")
                .asException());
  }

  /// Reads a name; empty if it is none.
  static Optional<WalName> find(String text) {
    var parts = Texts.NAME.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    if (parts.group("history") != null) {
      return Optional.of(new History(Texts.hex(parts.group("history"))));
    }
    var segment =
        new Segment(
            Texts.hex(parts.group("timeline")),
            Texts.hex(parts.group("log")),
            Texts.hex(parts.group("low")));
    if (parts.group("label") != null) {
      return Optional.of(new Label(segment, Texts.hex(parts.group("label"))));
    }
    return Optional.of(parts.group("partial") != null ? new Partial(segment) : segment);
  }

  /// A whole segment: `000000010000000000000003`.
  ///
  /// @param timeline unsigned
  /// @param log the middle eight digits: the upper half of the LSN, unsigned
  /// @param low the last eight digits: which segment of that log, unsigned
  record Segment(int timeline, int log, int low) implements WalName, Comparable<Segment> {
    /// The segment that holds the byte at a place. One exactly on a boundary belongs to the segment
    /// that begins there, also as the end of a backup: barman counts so too.
    public static Segment holding(int timeline, Lsn place, SegmentSize size) {
      return new Segment(
          timeline,
          (int) (place.bytes() >>> 32),
          (int) ((place.bytes() & 0xFFFF_FFFFL) / size.bytes()));
    }

    /// The segment whose last byte is just before a place, or that holds it: what PostgreSQL calls
    /// the previous segment, and what an end on a boundary needs.
    public static Segment endingAt(int timeline, Lsn place, SegmentSize size) {
      return holding(timeline, place.plus(-1), size);
    }

    /// A segment by its number, see [SegmentSize#numberOf].
    public static Segment numbered(int timeline, long number, SegmentSize size) {
      return holding(timeline, size.beginOf(number), size);
    }

    /// Which one it is, counted from the beginning of all WAL.
    public long number(SegmentSize size) {
      return size.numberOf(begin(size));
    }

    /// Where it begins.
    public Lsn begin(SegmentSize size) {
      return new Lsn(((long) log << 32) + (long) low * size.bytes());
    }

    /// The one after it, on the same timeline.
    public Segment next(SegmentSize size) {
      return holding(timeline, begin(size).plus(size.bytes()), size);
    }

    /// The same place on another timeline.
    public Segment on(int otherTimeline) {
      return new Segment(otherTimeline, log, low);
    }

    /// Whether a cluster of this segment size can have a segment of this name: with large segments
    /// the last digits stay small.
    public boolean fits(SegmentSize size) {
      return Integer.compareUnsigned(low, size.perLog()) < 0;
    }

    @Override
    public String text() {
      return "%08X%08X%08X".formatted(timeline, log, low);
    }

    @Override
    public Optional<String> folder() {
      return Optional.of("%08X%08X".formatted(timeline, log));
    }

    @Override
    public boolean holdsWal() {
      return true;
    }

    /// Orders as names do: by timeline, then by place.
    @Override
    public int compareTo(Segment other) {
      var byTimeline = Integer.compareUnsigned(timeline, other.timeline);
      if (byTimeline != 0) {
        return byTimeline;
      }
      var byLog = Integer.compareUnsigned(log, other.log);
      return byLog != 0 ? byLog : Integer.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /// The last segment of a timeline that was left before its end: `….partial`. It has a segment's
  /// size; what lies behind the end of the timeline in it is of no use.
  record Partial(Segment segment) implements WalName {
    @Override
    public String text() {
      return segment.text() + ".partial";
    }

    @Override
    public int timeline() {
      return segment.timeline();
    }

    @Override
    public Optional<String> folder() {
      return segment.folder();
    }

    @Override
    public boolean holdsWal() {
      return true;
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /// A note that a backup began in a segment: `….00000028.backup`. Text; nobody ever restores it.
  ///
  /// @param offset of the begin in the segment, in bytes
  record Label(Segment segment, int offset) implements WalName {
    @Override
    public String text() {
      return "%s.%08X.backup".formatted(segment.text(), offset);
    }

    @Override
    public int timeline() {
      return segment.timeline();
    }

    @Override
    public Optional<String> folder() {
      return segment.folder();
    }

    @Override
    public boolean holdsWal() {
      return false;
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /// From which timelines, and where, a timeline branched off: `00000002.history`. Text.
  record History(int timeline) implements WalName {
    @Override
    public String text() {
      return "%08X.history".formatted(timeline);
    }

    @Override
    public Optional<String> folder() {
      return Optional.empty();
    }

    @Override
    public boolean holdsWal() {
      return false;
    }

    @Override
    public String toString() {
      return text();
    }
  }
}

/// How names are written.
final class Texts {
  static final Pattern NAME =
      Pattern.compile(
          "(?<history>[0-9A-Fa-f]{8})\\.history"
              + "|(?<timeline>[0-9A-Fa-f]{8})(?<log>[0-9A-Fa-f]{8})(?<low>[0-9A-Fa-f]{8})"
              + "(?:(?<partial>\\.partial)|\\.(?<label>[0-9A-Fa-f]{8})\\.backup)?");

  private Texts() {}

  static int hex(String digits) {
    return Integer.parseUnsignedInt(digits, 16);
  }
}
