package io.cooper.backup.base;

import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.UncheckedStoreException;
import java.util.Optional;

/// Looks whether the WAL of a backup has come into the archive, whoever archives it.
final class WalArrival {
  private final ObjectStore store;
  private final ServerFolder server;
  private final SegmentSize size;
  private final WalName.Segment end;
  private Optional<WalName.Segment> next;

  /// @param begin the first segment that is needed
  /// @param end the last that is needed; on another timeline if a standby followed a switch between
  WalArrival(
      ObjectStore store,
      ServerFolder server,
      SegmentSize size,
      WalName.Segment begin,
      WalName.Segment end) {
    this.store = store;
    this.server = server;
    this.size = size;
    this.end = end;
    this.next = Optional.of(begin);
  }

  /// The first segment that is not there; empty if all are. What was seen once is not looked for
  /// again.
  Optional<WalName.Segment> missing() throws StoreException {
    proceed();
    if (next.isPresent() && next.get().timeline() != end.timeline()) {
      var onOld = next;
      next = next.map(each -> each.on(end.timeline()));
      if (!advance(next.get())) {
        next = onOld;
      }
      proceed();
    }
    return next;
  }

  private void proceed() throws StoreException {
    while (next.isPresent() && advance(next.get())) {
      // Until a folder does not have the next one.
    }
  }

  /// Goes through the folder of a segment, from that segment on.
  ///
  /// @return whether any was there
  private boolean advance(WalName.Segment first) throws StoreException {
    var prefix = server.anyWal(first);
    var folder = prefix.substring(0, prefix.lastIndexOf('/') + 1);
    var before = prefix.substring(0, prefix.length() - 1);
    try (var objects = store.list(folder, before)) {
      var names =
          objects
              .flatMap(object -> server.walAt(object.key()).stream())
              .map(ServerFolder.StoredName::name)
              .iterator();
      while (next.isPresent() && names.hasNext()) {
        if (names.next().equals(next.get())) {
          next = next.filter(this::isBeforeEnd).map(each -> each.next(size));
        }
      }
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
    return !next.equals(Optional.of(first));
  }

  private boolean isBeforeEnd(WalName.Segment segment) {
    return segment.begin(size).compareTo(end.begin(size)) < 0;
  }
}
