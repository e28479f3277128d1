package io.cooper.backup.retention;

import io.cooper.backup.format.BackupId;
import java.time.Instant;
import java.util.List;

/// What goes from an archive, and why the rest stays. Nothing is deleted that is not in a plan.
///
/// @param place the archive, as messages name it
/// @param rule what was asked for, in words
/// @param verdicts of all backups, the oldest first
/// @param doomed the backups that go, the oldest first, with all that lies in their folders
/// @param wal what goes of the WAL, timeline by timeline
/// @param walStays what stays of it
/// @param needs why it stays
/// @param orphans what Cooper knows of backups that are gone
/// @param newest when the youngest object of the WAL was stored that was looked at: what comes
///   later is not in the plan
public record PrunePlan(
    String place,
    String rule,
    List<Verdict> verdicts,
    List<Doomed> doomed,
    List<WalShare> wal,
    Amount walStays,
    WalNeeds needs,
    List<String> orphans,
    Instant newest) {
  public PrunePlan {
    verdicts = List.copyOf(verdicts);
    doomed = List.copyOf(doomed);
    wal = List.copyOf(wal);
    orphans = List.copyOf(orphans);
  }

  /// A number of objects and their bytes in the store.
  public record Amount(long objects, long bytes) {
    static final Amount NONE = new Amount(0, 0);

    Amount plus(long more) {
      return new Amount(objects + 1, bytes + more);
    }

    Amount plus(Amount other) {
      return new Amount(objects + other.objects, bytes + other.bytes);
    }
  }

  /// A backup that goes.
  ///
  /// @param keys all objects of its folder, and what Cooper knows of it
  public record Doomed(BackupId id, List<String> keys, long bytes) {
    public Doomed {
      keys = List.copyOf(keys);
    }
  }

  /// What goes of the WAL of a timeline.
  ///
  /// @param first the name of the first file that goes
  /// @param last the name of the last one
  public record WalShare(int timeline, String first, String last, Amount amount) {
    WalShare plus(WalShare more) {
      return new WalShare(
          timeline,
          first.compareTo(more.first) <= 0 ? first : more.first,
          last.compareTo(more.last) >= 0 ? last : more.last,
          amount.plus(more.amount));
    }
  }

  /// All WAL that goes.
  public Amount walGoes() {
    return wal.stream().map(WalShare::amount).reduce(Amount.NONE, Amount::plus);
  }

  /// Whether nothing goes.
  public boolean isEmpty() {
    return doomed.isEmpty() && wal.isEmpty() && orphans.isEmpty();
  }
}
