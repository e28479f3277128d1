package io.cooper.backup.drill;

import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import io.cooper.store.UncheckedStoreException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/// The last segment that an archive has of one timeline. Two listings, however long the archive is.
///
/// @param stored when it came into the archive, by the store's clock
record WalEnd(WalName.Segment segment, Instant stored) {
  /// Looks; empty if there is none.
  static Optional<WalEnd> of(ObjectStore store, ServerFolder server, int timeline)
      throws StoreException {
    var folders =
        store.folders(server.wals()).stream()
            .filter(name -> name.length() == 16 && name.startsWith("%08X".formatted(timeline)))
            .sorted(Comparator.reverseOrder())
            .toList();
    for (var folder : folders) {
      try (var objects = store.list(server.wals() + folder + "/", "")) {
        var last = objects.flatMap(object -> of(server, object).stream()).max(BY_PLACE);
        if (last.isPresent()) {
          return last;
        }
      } catch (UncheckedStoreException failed) {
        throw failed.store();
      }
    }
    return Optional.empty();
  }

  private static final Comparator<WalEnd> BY_PLACE = Comparator.comparing(WalEnd::segment);

  private static Optional<WalEnd> of(ServerFolder server, StoredObject object) {
    return server
        .walAt(object.key())
        .map(ServerFolder.StoredName::name)
        .filter(WalName.Segment.class::isInstance)
        .map(name -> new WalEnd((WalName.Segment) name, object.modified()));
  }
}
