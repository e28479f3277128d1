package io.cooper.backup.audit;

/// Something that is not as it should be.
///
/// @param where a key, or the first and the last segment of several
/// @param what in words
public record Finding(Kind kind, String where, String what) {
  /// What is wrong.
  public enum Kind {
    /// Segments are not there that a recovery needs.
    MISSING(true),
    /// An object is not what its name says, cannot be read, or holds damaged WAL.
    DAMAGED(true),
    /// An object has a size that no such file can have.
    WRONG_SIZE(true),
    /// A segment of another cluster.
    FOREIGN(true),
    /// A history file is not there: nobody can follow the timeline from where it branched off.
    HISTORY_MISSING(true),
    /// A history file cannot be read as one.
    HISTORY_DAMAGED(true),
    /// A backup cannot be read, or says that it is done and has no archive.
    BACKUP_DAMAGED(true),
    /// A segment lies there in two compressions; readers differ in which they take.
    DUPLICATE(false),
    /// An object among the WAL that is none.
    NO_WAL(false);

    private final boolean isFault;

    Kind(boolean isFault) {
      this.isFault = isFault;
    }

    /// Whether an archive that has it is not sound.
    public boolean isFault() {
      return isFault;
    }

    /// As texts name it: `wrong-size`.
    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }
}
