package io.cooper.backup.format;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// From which timelines a timeline descends, as its history file says: each line a parent, the
/// place where it was left, and a reason.
///
/// @param timeline that the file is named after, unsigned
/// @param branches from the oldest to the nearest parent
public record TimelineHistory(int timeline, List<Branch> branches) {
  /// A parent and where it was left.
  public record Branch(int parent, Lsn at) {}

  public TimelineHistory {
    branches = List.copyOf(branches);
  }

  /// Reads a history file. Comments and blank lines are passed over, as PostgreSQL does.
  ///
  /// @param where the file, as messages name it
  /// @throws ProblemException with [Code#BAD_INPUT] if a line is none, or parents do not ascend
  ///   towards the timeline
  public static TimelineHistory parse(String where, WalName.History name, byte[] content) {
    var branches = new ArrayList<Branch>();
    for (var line : new String(content, StandardCharsets.UTF_8).lines().toList()) {
      var text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      var before = branches.isEmpty() ? 0 : branches.getLast().parent();
      branches.add(
          branch(text)
              .filter(branch -> Integer.compareUnsigned(branch.parent(), before) > 0)
              .filter(branch -> Integer.compareUnsigned(branch.parent(), name.timeline()) < 0)
              .orElseThrow(() -> malformed(where, text)));
    }
    return new TimelineHistory(name.timeline(), branches);
  }

  private static Optional<Branch> branch(String text) {
    var parts = text.split("\\s+", 3);
    try {
      return parts.length < 2
          ? Optional.empty()
          : Optional.of(new Branch(Integer.parseUnsignedInt(parts[0]), Lsn.parse(parts[1])));
    } catch (NumberFormatException | ProblemException _) {
      return Optional.empty();
    }
  }

  private static ProblemException malformed(String where, String line) {
    return new Problem(
            Code.BAD_INPUT,
            where,
            "the line '%s' is no parent timeline below this one with the place where it was left"
                .formatted(line),
            "compare the file with that of another server of the cluster")
        .asException();
  }

  /// Whether WAL of a timeline at a place is part of this one's past or presence.
  public boolean includes(int other, Lsn place) {
    if (other == timeline) {
      return branches.isEmpty() || place.compareTo(branches.getLast().at()) >= 0;
    }
    var from = new Lsn(0);
    for (var branch : branches) {
      if (branch.parent() == other) {
        return place.compareTo(from) >= 0 && place.compareTo(branch.at()) < 0;
      }
      from = branch.at();
    }
    return false;
  }

  /// The timeline whose segment recovery takes for a place: the newest that had begun before the
  /// segment ends.
  ///
  /// @param begin of the segment
  public int holding(Lsn begin, SegmentSize size) {
    var found = branches.isEmpty() ? timeline : branches.getFirst().parent();
    for (var index = 0; index < branches.size(); index++) {
      var child = index + 1 < branches.size() ? branches.get(index + 1).parent() : timeline;
      if (branches.get(index).at().minus(begin) < size.bytes()) {
        found = child;
      }
    }
    return found;
  }
}
