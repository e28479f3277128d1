package io.cooper.backup.retention;

import io.cooper.backup.catalog.Backup;
import io.cooper.backup.catalog.Backup.Described;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.WalName;
import io.cooper.backup.map.WalMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which WAL must stay. What a backup needs is the WAL of its own timeline since its begin, and
/// that of every timeline that branched off later.
///
/// What nobody can judge stays: WAL of timelines younger than all backups, for the next backup may
/// already be under way there; WAL of timelines whose history is not known; everything, if there is
/// no backup that says what it needs.
public final class WalNeeds {
  private final WalMap map;
  private final List<Need> needs;
  private final boolean isAll;
  private final int youngest;

  /// @param first the segment in which a backup begins
  /// @param last the last that is needed; empty for all that follow
  private record Need(WalName.Segment first, Optional<WalName.Segment> last) {}

  private WalNeeds(WalMap map, List<Need> needs, boolean isAll) {
    this.map = map;
    this.needs = needs;
    this.isAll = isAll || needs.isEmpty();
    this.youngest =
        needs.stream()
            .map(need -> need.last().orElse(need.first()).timeline())
            .max(Integer::compareUnsigned)
            .orElse(0);
  }

  /// Collects what backups need.
  static final class Draft {
    private final List<Need> needs = new ArrayList<>();
    private boolean isAll;

    /// All WAL since the begin of a backup; of one that does not say where it began, all there is.
    Draft since(Described backup) {
      backup
          .info()
          .get(BackupInfo.BEGIN_WAL)
          .ifPresentOrElse(begin -> needs.add(new Need(begin, Optional.empty())), this::all);
      return this;
    }

    /// All there is.
    void all() {
      isAll = true;
    }

    /// The WAL that makes a backup consistent.
    Draft alone(Described backup) {
      backup
          .wal()
          .map(wal -> new Need(wal.begin(), Optional.of(wal.end())))
          .ifPresentOrElse(needs::add, () -> since(backup));
      return this;
    }

    WalNeeds in(WalMap map) {
      return new WalNeeds(map, needs, isAll);
    }
  }

  /// Draws up what the backups need that stay.
  static WalNeeds of(List<Verdict> verdicts, WalMap map) {
    var draft = new Draft();
    for (var verdict : verdicts) {
      if (verdict.backup() instanceof Described described) {
        if (verdict.fate().needsAllWal()) {
          draft.since(described);
        } else if (verdict.fate() == Verdict.Fate.KEPT_ALONE) {
          draft.alone(described);
        }
      }
    }
    return draft.in(map);
  }

  /// The same, and all WAL since the begin of a backup.
  WalNeeds and(Backup backup) {
    var draft = new Draft();
    draft.needs.addAll(needs);
    draft.isAll = isAll;
    switch (backup) {
      case Described described -> draft.since(described);
      // The rest of a deletion that is not finished needs nothing.
      case Backup.Unreadable _ -> {}
    }
    return draft.in(map);
  }

  /// The WAL that there is, as it was looked at.
  WalMap map() {
    return map;
  }

  /// Whether a file must stay. Labels and partial segments go with their segment; histories stay.
  public boolean include(WalName name) {
    return switch (name) {
      case WalName.Segment segment -> include(segment);
      case WalName.Partial(var segment) -> include(segment);
      case WalName.Label(var segment, _) -> include(segment);
      case WalName.History _ -> true;
    };
  }

  private boolean include(WalName.Segment segment) {
    return !segment.fits(map.size())
        || Integer.compareUnsigned(segment.timeline(), youngest) > 0
        || isAll
        || needs.stream().anyMatch(need -> include(need, segment));
  }

  private boolean include(Need need, WalName.Segment segment) {
    if (isBefore(segment, need.first())) {
      return false;
    }
    if (need.last().isPresent()) {
      var last = need.last().get();
      return !isBefore(last, segment)
          && Integer.compareUnsigned(segment.timeline(), need.first().timeline()) >= 0
          && Integer.compareUnsigned(segment.timeline(), last.timeline()) <= 0;
    }
    return segment.timeline() == need.first().timeline() || isLater(need, segment.timeline());
  }

  /// Whether a timeline comes from where a backup was taken, or may do.
  private boolean isLater(Need need, int timeline) {
    return Integer.compareUnsigned(timeline, need.first().timeline()) > 0
        && map.history(timeline)
            .map(history ->
                history.branches().stream()
                    .anyMatch(branch ->
                        branch.parent() == need.first().timeline()
                            && map.size().numberOf(branch.at()) >= need.first().number(map.size())))
            .orElse(true);
  }

  private boolean isBefore(WalName.Segment one, WalName.Segment other) {
    SegmentSize size = map.size();
    return one.number(size) < other.number(size);
  }
}
