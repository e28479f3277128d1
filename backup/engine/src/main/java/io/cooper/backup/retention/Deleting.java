package io.cooper.backup.retention;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.retention.PrunePlan.Doomed;
import io.cooper.backup.retention.Pruned.Left;
import io.cooper.problem.Code;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.UncheckedStoreException;
import io.cooper.store.Versions;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Deletes, and notes what it has begun, so that it can be finished after a kill.
final class Deleting {
  private final ObjectStore store;
  private final ServerFolder server;
  private final Optional<Versions> locks;
  private final boolean hides;

  private Deleting(
      ObjectStore store, ServerFolder server, Optional<Versions> locks, boolean hides) {
    this.store = store;
    this.server = server;
    this.locks = locks;
    this.hides = hides;
  }

  static Deleting in(ObjectStore store, ServerFolder server) throws StoreException {
    var versions = store.versions();
    return new Deleting(
        store,
        server,
        versions.isPresent() && isSo(versions.get()::canBeLocked) ? versions : Optional.empty(),
        versions.isPresent() && isSo(versions.get()::areKept));
  }

  private interface Asking {
    boolean ask() throws StoreException;
  }

  /// Who may delete need not be allowed to ask; then the deletion itself tells.
  private static boolean isSo(Asking asking) throws StoreException {
    try {
      return asking.ask();
    } catch (StoreException failed) {
      if (failed.code().worthRetrying()) {
        throw failed;
      }
      return false;
    }
  }

  /// Whether deleted objects can be had back, and take room.
  boolean isHiding() {
    return hides;
  }

  /// The note that the deletion of a backup has begun.
  static String key(ServerFolder server, BackupId id) {
    return folder(server) + id;
  }

  private static String folder(ServerFolder server) {
    return server.own() + "deleting/";
  }

  /// The backups whose deletion has begun, and when.
  static Map<BackupId, Instant> begun(ObjectStore store, ServerFolder server)
      throws StoreException {
    var begun = new HashMap<BackupId, Instant>();
    try (var notes = store.list(folder(server), "")) {
      notes.forEach(note ->
          BackupId.find(note.key().substring(folder(server).length()))
              .ifPresent(id -> begun.put(id, note.modified())));
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
    return begun;
  }

  /// Deletes a backup: notes it, looks whether it was marked to be kept meanwhile, removes its
  /// description, and then all the rest. Stopped anywhere, either the whole backup is there or no
  /// description of it.
  ///
  /// @return what is left of it and why; empty if it is gone
  Optional<Left> delete(Doomed backup) throws StoreException {
    var what = "backup " + backup.id();
    var locked = lock(backup.keys());
    if (locked.isPresent()) {
      return Optional.of(left(what, backup.keys().size(), locked.get()));
    }
    note(backup.id());
    var info = server.info(backup.id());
    if (backup.keys().contains(info)) {
      if (store.find(server.keep(backup.id())).isPresent()) {
        forget(backup.id());
        return Optional.of(
            new Left(
                what, backup.keys().size(), Optional.empty(), "was marked to be kept meanwhile"));
      }
      var refused = refusal(List.of(info));
      if (refused.isPresent()) {
        forget(backup.id());
        return Optional.of(new Left(what, backup.keys().size(), Optional.empty(), refused.get()));
      }
    }
    var refused = refusal(backup.keys());
    if (refused.isPresent()) {
      return Optional.of(
          new Left("the rest of " + what, backup.keys().size(), Optional.empty(), refused.get()));
    }
    forget(backup.id());
    return Optional.empty();
  }

  /// Deletes objects that do not depend on each other.
  ///
  /// @param left gets what is not deleted
  /// @return how many are not
  int deleteAll(String what, Collection<String> keys, List<Left> left) throws StoreException {
    var free = new ArrayList<>(keys);
    var locked = new ArrayList<Versions.Lock>();
    if (locks.isPresent()) {
      free.clear();
      for (var key : keys) {
        lock(List.of(key)).ifPresentOrElse(locked::add, () -> free.add(key));
      }
    }
    locked.stream()
        .max(Comparator.comparing(Versions.Lock::until))
        .ifPresent(lock -> left.add(left(what, locked.size(), lock)));
    var refused = refusal(free);
    if (refused.isEmpty()) {
      return locked.size();
    }
    var there = 0;
    for (var key : free) {
      there += store.find(key).isPresent() ? 1 : 0;
    }
    left.add(new Left(what, there, Optional.empty(), refused.get()));
    return locked.size() + there;
  }

  private static Left left(String what, int objects, Versions.Lock lock) {
    return lock.until().equals(Instant.MAX)
        ? new Left(what, objects, Optional.empty(), "locked until somebody lifts the hold")
        : new Left(what, objects, Optional.of(lock.until()), "locked");
  }

  /// The lock that holds longest.
  private Optional<Versions.Lock> lock(Collection<String> keys) throws StoreException {
    Optional<Versions.Lock> longest = Optional.empty();
    if (locks.isPresent()) {
      for (var key : keys) {
        var lock = locks.get().lock(key);
        if (lock.isPresent()
            && longest.filter(known -> !known.until().isBefore(lock.get().until())).isEmpty()) {
          longest = lock;
        }
      }
    }
    return longest;
  }

  /// Why the store does not delete; empty if it did.
  private Optional<String> refusal(Collection<String> keys) throws StoreException {
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    try {
      store.delete(keys);
      return Optional.empty();
    } catch (StoreException failed) {
      if (failed.code().worthRetrying()
          || failed.code() == Code.STORE_CREDENTIALS
          || failed.code() == Code.NO_SUCH_BUCKET) {
        throw failed;
      }
      return Optional.of(failed.problem().what());
    }
  }

  private void note(BackupId id) throws StoreException {
    var text = "The deletion of this backup has begun.\n".getBytes(UTF_8);
    try (var object = store.create(key(server, id), Intent.replacing().ofAtMost(text.length))) {
      object.bytes().write(text);
      object.commit();
    } catch (StoreException known) {
      throw known;
    } catch (IOException other) {
      throw new IllegalStateException("a store fails with nothing else", other);
    }
  }

  private void forget(BackupId id) throws StoreException {
    store.delete(List.of(key(server, id)));
  }
}
