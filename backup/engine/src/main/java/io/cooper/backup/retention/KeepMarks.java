package io.cooper.backup.retention;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.catalog.Backup;
import io.cooper.backup.catalog.Backup.Keep;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.ServerFolder;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.util.List;

/// Marks on backups that no policy removes, as barman-cloud-backup-keep sets them.
public final class KeepMarks {
  private final ObjectStore store;
  private final ServerFolder server;

  /// @param server whose backups
  public KeepMarks(ObjectStore store, ServerFolder server) {
    this.store = store;
    this.server = server;
  }

  /// Marks a backup. The mark holds from the moment this returns: it also stops a deletion that
  /// runs at the same time, or fails.
  ///
  /// @throws ProblemException with [Code#BAD_USE] for a backup that is not done, with
  ///   [Code#NO_SUCH_OBJECT] for one that is being deleted
  public void set(Backup.Described backup, Keep keep) throws StoreException {
    if (backup.info().status() != BackupInfo.Status.DONE) {
      throw new Problem(
              Code.BAD_USE,
              store.name() + "/" + server.info(backup.id()),
              "is %s, and only backups that are DONE can be kept".formatted(backup.info().status()),
              "keep another backup")
          .asException();
    }
    var isNew = backup.keep().isEmpty();
    write(backup.id(), keep);
    // Who deletes says so first and looks for marks then: one of both sees the other.
    if (store.find(Deleting.key(server, backup.id())).isPresent()
        || store.find(server.info(backup.id())).isEmpty()) {
      if (isNew) {
        release(backup.id());
      }
      throw new Problem(
              Code.NO_SUCH_OBJECT,
              store.name() + "/" + server.base(backup.id()),
              "is being deleted, or its deletion was begun and not finished",
              "keep another backup; if no deletion runs, cooper backup prune ends it, or spares a"
                  + " backup that the policy needs")
          .asException();
    }
  }

  private void write(BackupId id, Keep keep) throws StoreException {
    var text = keep.text().getBytes(UTF_8);
    try (var object = store.create(server.keep(id), Intent.replacing().ofAtMost(text.length))) {
      object.bytes().write(text);
      object.commit();
    } catch (StoreException known) {
      throw known;
    } catch (IOException other) {
      throw new IllegalStateException("a store fails with nothing else", other);
    }
  }

  /// Takes the mark from a backup; one that has none stays so.
  public void release(BackupId id) throws StoreException {
    store.delete(List.of(server.keep(id)));
  }
}
