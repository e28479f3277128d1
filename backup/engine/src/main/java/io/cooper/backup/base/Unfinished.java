package io.cooper.backup.base;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.format.ServerFolder;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Notes which backups are under way, and clears away those whose process was killed: the next one
/// that is taken of the same data directory on the same machine, while no other is, marks them as
/// failed and removes what they had stored.
///
/// A note that is lost leaves a killed backup as it is: `STARTED`, which no reader restores from.
final class Unfinished {
  private static final String SUFFIX = ".running";
  private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

  private final ObjectStore store;
  private final ServerFolder server;
  private final String here;

  /// @param pgdata whose backups, by absolute path
  Unfinished(ObjectStore store, ServerFolder server, Path pgdata) {
    this.store = store;
    this.server = server;
    this.here = host() + ":" + pgdata.toAbsolutePath().normalize();
  }

  private static String host() {
    try {
      return Files.readString(HOST).strip();
    } catch (IOException _) {
      return "";
    }
  }

  /// Notes that a backup is under way.
  void note(BackupId id) throws StoreException {
    put(key(id), here.getBytes(StandardCharsets.UTF_8), Intent.onlyNew());
  }

  /// Notes that it is not any more.
  void forget(BackupId id) throws StoreException {
    store.delete(List.of(key(id)));
  }

  private String key(BackupId id) {
    return folder() + id + SUFFIX;
  }

  private String folder() {
    return server.own() + "backups/";
  }

  /// Clears away the killed ones. Only for who knows that none is under way here.
  ///
  /// @return which
  List<BackupId> clear() throws StoreException {
    var killed = mine();
    for (var id : killed) {
      mark(id);
      for (var upload : store.abandoned(server.base(id))) {
        upload.remove();
      }
      store.delete(archives(id));
      forget(id);
    }
    return killed;
  }

  private List<BackupId> mine() throws StoreException {
    List<String> noted;
    try (var all = store.list(folder(), "")) {
      noted = all.map(StoredObject::key).filter(key -> key.endsWith(SUFFIX)).toList();
    }
    var found = new java.util.ArrayList<BackupId>();
    for (var key : noted) {
      var id = BackupId.find(key.substring(folder().length(), key.length() - SUFFIX.length()));
      if (id.isPresent() && read(key).filter(here::equals).isPresent()) {
        found.add(id.get());
      }
    }
    return found;
  }

  private Optional<String> read(String key) throws StoreException {
    try (var stored = store.open(key)) {
      return Optional.of(new String(stored.readAllBytes(), StandardCharsets.UTF_8));
    } catch (StoreException failed) {
      if (failed.code() == Code.NO_SUCH_OBJECT) {
        return Optional.empty();
      }
      throw failed;
    } catch (IOException other) {
      throw new IllegalStateException("a store fails with nothing else", other);
    }
  }

  /// One that is done was killed after that: it stays.
  private void mark(BackupId id) throws StoreException {
    var text = read(server.info(id));
    var info = text.flatMap(each -> parsed(id, each));
    if (info.filter(each -> each.status() == Status.STARTED).isPresent()) {
      var failed =
          info.get()
              .with(BackupInfo.STATUS, Status.FAILED)
              .with(BackupInfo.ERROR, "failure uploading data (the process was killed)");
      put(server.info(id), failed.bytes(), Intent.replacing());
    }
  }

  private Optional<BackupInfo> parsed(BackupId id, String text) {
    try {
      return Optional.of(BackupInfo.parse(server.info(id), text.getBytes(StandardCharsets.UTF_8)));
    } catch (ProblemException _) {
      return Optional.empty();
    }
  }

  /// The archives of a backup that is not done; none of one that is.
  private List<String> archives(BackupId id) throws StoreException {
    var done =
        read(server.info(id))
            .flatMap(text -> parsed(id, text))
            .filter(info -> info.status() == Status.DONE);
    if (done.isPresent()) {
      return List.of();
    }
    try (var all = store.list(server.base(id), "")) {
      return all.map(StoredObject::key).filter(key -> !key.equals(server.info(id))).toList();
    }
  }

  private void put(String key, byte[] bytes, Intent intent) throws StoreException {
    try (var object = store.create(key, intent.ofAtMost(bytes.length))) {
      object.bytes().write(bytes);
      object.commit();
    } catch (StoreException known) {
      throw known;
    } catch (IOException other) {
      throw new IllegalStateException("a store fails with nothing else", other);
    }
  }
}
