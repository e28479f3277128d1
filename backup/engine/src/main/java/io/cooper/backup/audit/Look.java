package io.cooper.backup.audit;

import io.cooper.backup.audit.ArchiveAudit.Reading;
import io.cooper.backup.audit.ArchiveAudit.Settings;
import io.cooper.backup.audit.Finding.Kind;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.backup.map.WalMap;
import io.cooper.backup.wal.WalInspection;
import io.cooper.problem.Code;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import io.cooper.store.UncheckedStoreException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Reads WAL, as far as the budget goes, several objects at once.
final class Look {
  private final ObjectStore store;
  private final ServerFolder server;
  private final Settings settings;
  private final WalInspection inspection;
  private final Optional<Long> owner;
  private final Survey survey;
  private final WalMap map;
  private final AtomicLong read = new AtomicLong();

  /// @param owner the cluster that the archive belongs to, unsigned
  /// @param survey of the listing, which gets what is found
  Look(
      ObjectStore store,
      ServerFolder server,
      Settings settings,
      WalInspection inspection,
      Optional<Long> owner,
      Survey survey,
      WalMap map) {
    this.store = store;
    this.server = server;
    this.settings = settings;
    this.inspection = inspection;
    this.owner = owner;
    this.survey = survey;
    this.map = map;
  }

  long objects() {
    return read.get();
  }

  void run() throws StoreException, InterruptedException {
    if (settings.reading() != Reading.HEADERS && settings.reading() != Reading.ALL) {
      return;
    }
    var every = every();
    var number = 0L;
    try (var readers = new Readers(settings.jobs());
        var objects = store.list(server.wals(), "")) {
      for (var object : (Iterable<StoredObject>) objects::iterator) {
        var stored = server.walAt(object.key());
        if (stored.isPresent()
            && number++ % every == 0
            && !isKnown(object)
            && inspection.bytesRead() < settings.budget()) {
          readers.read(() -> look(object, stored.get().name(), stored.get().codec()));
        }
      }
      readers.await();
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
  }

  private boolean isKnown(StoredObject object) {
    synchronized (survey) {
      return survey.isKnown(object);
    }
  }

  /// One object in so many is read.
  private long every() {
    var each =
        settings.reading() == Reading.ALL
            ? survey.bytes() / Math.max(1, survey.objects())
            : WalInspection.HEADER_COST;
    var most = Math.max(1, settings.budget() / Math.max(1, each));
    return Math.max(1, (survey.objects() + most - 1) / most);
  }

  private void look(StoredObject object, WalName name, Codec codec) throws StoreException {
    if (settings.reading() == Reading.HEADERS && !name.holdsWal()) {
      return;
    }
    try {
      var inspected =
          settings.reading() == Reading.ALL
              ? inspection.all(object, name, codec, begun(name))
              : inspection.header(object, name, codec, begun(name));
      read.incrementAndGet();
      var foreign =
          owner.isPresent()
              && inspected.systemId().isPresent()
              && !owner.equals(inspected.systemId());
      if (foreign) {
        damaged(
            Kind.FOREIGN,
            object,
            name,
            "was written by cluster " + Long.toUnsignedString(inspected.systemId().orElseThrow()));
      } else if (inspected.damage().isPresent()) {
        damaged(Kind.DAMAGED, object, name, inspected.damage().get());
      }
    } catch (StoreException failed) {
      if (failed.code() != Code.NO_SUCH_OBJECT) {
        throw failed;
      }
      // It was there a moment ago: retention removed it.
    }
  }

  private Optional<Lsn> begun(WalName name) {
    return map.history(name.timeline())
        .filter(history -> !history.branches().isEmpty())
        .map(history -> history.branches().getLast().at());
  }

  private void damaged(Kind kind, StoredObject object, WalName name, String what) {
    synchronized (survey) {
      survey.damaged(kind, object, name, what);
    }
  }
}
