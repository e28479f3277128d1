package io.cooper.backup.restore;

import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import io.cooper.store.UncheckedStoreException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Up to where the WAL of an archive goes, on whichever timeline it goes furthest.
///
/// @param end of the newest segment
/// @param stored when it came into the archive, by the store's clock: all that is in it happened
///   before
record Reach(Lsn end, Instant stored) {
  /// The characters of a folder's name that tell the timeline.
  private static final int TIMELINE = 8;

  /// Looks; empty if there are no segments. A `.partial` one does not count: PostgreSQL does not
  /// ask for it.
  static Optional<Reach> of(ObjectStore store, ServerFolder server, SegmentSize size)
      throws StoreException {
    var folders =
        store.folders(server.wals()).stream()
            .filter(name -> name.matches("[0-9A-F]{16}"))
            .sorted(Comparator.comparing((String name) -> name.substring(TIMELINE)).reversed())
            .toList();
    Optional<Reach> furthest = Optional.empty();
    var log = "";
    for (var folder : folders) {
      if (furthest.isPresent() && !folder.substring(TIMELINE).equals(log)) {
        break;
      }
      log = folder.substring(TIMELINE);
      furthest = further(furthest, in(store, server, folder, size));
    }
    return furthest;
  }

  private static List<Reach> in(
      ObjectStore store, ServerFolder server, String folder, SegmentSize size)
      throws StoreException {
    try (var objects = store.list(server.wals() + folder + "/", "")) {
      return objects.flatMap(object -> of(server, object, size).stream()).toList();
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
  }

  private static Optional<Reach> of(ServerFolder server, StoredObject object, SegmentSize size) {
    return server
        .walAt(object.key())
        .filter(stored -> stored.name() instanceof WalName.Segment)
        .map(stored ->
            new Reach(
                ((WalName.Segment) stored.name()).begin(size).plus(size.bytes()),
                object.modified()));
  }

  private static Optional<Reach> further(Optional<Reach> known, List<Reach> found) {
    return java.util.stream.Stream.concat(known.stream(), found.stream())
        .max(Comparator.comparing(Reach::end).thenComparing(Reach::stored));
  }
}
