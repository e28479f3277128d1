package io.cooper.backup.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.ServerFolder;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import io.cooper.store.UncheckedStoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The backups of one server. Reads one listing and one small object for each; one that cannot be
/// read is in the list with its problem, and hides none of the others.
public final class Catalog {
  /// Larger than any `backup.info`; the largest part of one is its label.
  private static final int LARGEST_INFO = 1 << 20;

  private static final int AT_ONCE = 8;

  private final ObjectStore store;
  private final ServerFolder folder;

  /// The backups of a server.
  public Catalog(ObjectStore store, ServerFolder folder) {
    this.store = store;
    this.folder = folder;
  }

  /// Where it is, as messages say it.
  public String place() {
    return store.name() + "/" + folder.name();
  }

  /// All backups, the oldest first. Empty also for a server that does not exist: a store cannot
  /// tell the difference.
  ///
  /// @throws ProblemException if the store does not answer
  public List<Backup> backups() {
    var found = new TreeMap<BackupId, Found>();
    try (var objects = store.list(folder.bases(), "")) {
      objects.forEach(object -> add(object, found));
    } catch (StoreException cause) {
      throw new ProblemException(cause.problem(), cause);
    } catch (UncheckedStoreException cause) {
      throw new ProblemException(cause.store().problem(), cause);
    }
    return read(found);
  }

  /// What lies in the folder of a backup.
  private static final class Found {
    private int archives;
    private long stored;
    private boolean kept;
    private boolean described;
  }

  private void add(StoredObject object, SortedMap<BackupId, Found> found) {
    var name = object.key().substring(folder.bases().length());
    var slash = name.indexOf('/');
    BackupId.find(slash < 0 ? "" : name.substring(0, slash))
        .ifPresent(id -> add(object, id, found.computeIfAbsent(id, _ -> new Found())));
  }

  private void add(StoredObject object, BackupId id, Found found) {
    found.kept |= object.key().equals(folder.keep(id));
    found.described |= object.key().equals(folder.info(id));
    if (folder.dataAt(id, object.key()).isPresent()) {
      found.archives++;
      found.stored += object.size();
    }
  }

  private List<Backup> read(SortedMap<BackupId, Found> found) {
    try (var readers = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      var reading = new ArrayList<Future<Backup>>();
      found.forEach((id, what) -> reading.add(readers.submit(() -> read(id, what))));
      var backups = new ArrayList<Backup>();
      for (var backup : reading) {
        backups.add(backup.get());
      }
      return backups;
    } catch (ExecutionException cause) {
      if (cause.getCause() instanceof ProblemException problem) {
        throw problem;
      }
      throw new IllegalStateException(cause.getCause());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new Problem(
              Code.STORE_BUSY, place(), "was interrupted before the store answered", "try again")
          .asException();
    }
  }

  private Backup read(BackupId id, Found found) {
    if (!found.described) {
      return new Backup.Unreadable(
          id,
          new Problem(
              Code.NO_SUCH_OBJECT,
              store.name() + "/" + folder.info(id),
              "is not there, so the backup is not finished or was deleted in part",
              "if no backup runs, delete what is left of it"));
    }
    try {
      var info = BackupInfo.parse(store.name() + "/" + folder.info(id), bytes(folder.info(id)));
      var keep =
          found.kept
              ? Optional.of(Backup.Keep.of(new String(bytes(folder.keep(id)), UTF_8)))
              : Optional.<Backup.Keep>empty();
      return new Backup.Described(id, info, keep, found.archives, found.stored);
    } catch (ProblemException unreadable) {
      return new Backup.Unreadable(id, unreadable.problem());
    } catch (StoreException cause) {
      if (cause.code() == Code.NO_SUCH_OBJECT) {
        return new Backup.Unreadable(id, cause.problem());
      }
      throw new ProblemException(cause.problem(), cause);
    }
  }

  private byte[] bytes(String key) throws StoreException {
    try (var in = store.open(key)) {
      var bytes = in.readNBytes(LARGEST_INFO + 1);
      if (bytes.length > LARGEST_INFO) {
        throw new Problem(
                Code.TOO_LARGE,
                store.name() + "/" + key,
                "has more than 1 MiB, and describes one backup",
                "look at the object: something else was written under this key")
            .asException();
      }
      return bytes;
    } catch (StoreException known) {
      throw known;
    } catch (IOException cause) {
      throw new StoreException(
          new Problem(
              Code.STORE_UNREACHABLE,
              store.name() + "/" + key,
              "cannot be read: " + cause.getMessage(),
              "try again"),
          cause);
    }
  }

  /// One backup.
  ///
  /// @param wanted an id, a name, or `latest` for the newest that can be restored
  /// @throws ProblemException with [Code#NO_SUCH_OBJECT] if there is none, [Code#BAD_USE] if
  ///   several have the name, or with the problem of one that cannot be read
  public Backup.Described backup(String wanted) {
    var all = backups();
    var fitting =
        wanted.equals("latest")
            ? all.reversed().stream().filter(Catalog::isRestorable).limit(1).toList()
            : all.stream().filter(backup -> isCalled(backup, wanted)).toList();
    if (fitting.size() > 1) {
      throw new Problem(
              Code.BAD_USE,
              place(),
              "%d backups are called '%s': %s"
                  .formatted(fitting.size(), wanted, fitting.stream().map(Backup::id).toList()),
              "give the id of one of them")
          .asException();
    }
    return switch (fitting.stream().findAny().orElseThrow(() -> none(wanted, all))) {
      case Backup.Described described -> described;
      case Backup.Unreadable(_, var problem) -> throw problem.asException();
    };
  }

  private static boolean isRestorable(Backup backup) {
    return backup instanceof Backup.Described described && described.isRestorable();
  }

  private static boolean isCalled(Backup backup, String wanted) {
    return backup.id().text().equals(wanted)
        || (backup instanceof Backup.Described described
            && described.name().filter(wanted::equals).isPresent());
  }

  private ProblemException none(String wanted, List<Backup> all) {
    return new Problem(
            Code.NO_SUCH_OBJECT,
            place(),
            "has no backup '%s' among its %d".formatted(wanted, all.size()),
            "take an id or a name from: cooper backup list")
        .asException();
  }
}
