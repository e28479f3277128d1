package io.cooper.backup.base;

import java.time.Duration;
import java.util.Optional;

/// Hears how far a backup or a restore is, about once a second, always from the thread that called.
@FunctionalInterface
public interface Progress {
  /// Hears nothing.
  static Progress silent() {
    return _ -> {};
  }

  /// Called when something changed.
  void at(State state);

  /// What is being done.
  enum Phase {
    /// Waiting for PostgreSQL's checkpoint.
    STARTING,
    /// Files are read, archived and stored, or the other way round.
    COPYING,
    /// Waiting for the WAL to come into the archive.
    AWAITING_WAL,
    /// What was written is forced to the disk.
    FORCING,
    /// All is done.
    DONE
  }

  /// How far it is.
  ///
  /// @param bytes of files, uncompressed, that are copied
  /// @param allBytes that there are to copy, as far as is known: files grow meanwhile. 0 if it is
  ///   not known
  /// @param files that are copied
  /// @param allFiles that there are to copy, as far as is known; 0 if it is not known
  /// @param elapsed since the copy began
  record State(
      Phase phase, long bytes, long allBytes, long files, long allFiles, Duration elapsed) {
    /// Bytes a second, on average.
    public long rate() {
      var millis = elapsed.toMillis();
      return millis == 0 ? 0 : Math.round(bytes * 1000.0 / millis);
    }

    /// How long it will go on at this rate; empty where that cannot be told.
    public Optional<Duration> remaining() {
      if (phase != Phase.COPYING || rate() == 0 || allBytes == 0) {
        return Optional.empty();
      }
      return Optional.of(Duration.ofMillis(1000 * Math.max(0, allBytes - bytes) / rate()));
    }
  }
}
