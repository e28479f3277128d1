package io.cooper.backup.restore;

import io.cooper.backup.base.Inventory;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.ServerFolder;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import io.cooper.store.UncheckedStoreException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The archives of a backup, found to be complete before anything is touched.
final class StoredArchives {
  private StoredArchives() {}

  /// An archive in the store.
  ///
  /// @param tablespace its oid; empty for the data directory
  /// @param sha256 what its bytes must sum up to, if that was noted
  record StoredArchive(
      Optional<Long> tablespace,
      int part,
      Codec codec,
      StoredObject object,
      Optional<String> sha256) {}

  /// Finds them, the largest first.
  ///
  /// @throws ProblemException with [Code#OBJECT_DAMAGED] if one is missing, is there in two
  ///   compressions, or has not the size that was noted
  static List<StoredArchive> of(
      ObjectStore store, ServerFolder server, BackupId id, BackupInfo info) throws StoreException {
    var where = store.name() + "/" + server.base(id);
    var inventory = Inventory.find(store, server, id);
    var noted = new HashMap<String, Inventory.Archive>();
    inventory.ifPresent(
        known -> known.archives().forEach(archive -> noted.put(archive.key(), archive)));
    var found = new ArrayList<StoredArchive>();
    try (var objects = store.list(server.base(id), "")) {
      objects.forEach(object ->
          server
              .dataAt(id, object.key())
              .ifPresent(name ->
                  found.add(
                      new StoredArchive(
                          name.tablespace(),
                          name.part(),
                          name.codec(),
                          object,
                          Optional.ofNullable(noted.remove(object.key()))
                              .map(archive -> checked(where, archive, object))))));
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
    if (!noted.isEmpty()) {
      throw damaged(where, "the archive %s is missing".formatted(noted.keySet().iterator().next()));
    }
    requireAll(where, Optional.empty(), found);
    for (var tablespace : info.tablespaces()) {
      requireAll(where, Optional.of(tablespace.oid()), found);
    }
    requireKnown(where, found, info);
    found.sort(
        Comparator.comparingLong((StoredArchive archive) -> archive.object.size()).reversed());
    return found;
  }

  private static String checked(String where, Inventory.Archive noted, StoredObject object) {
    if (noted.size() != object.size()) {
      throw damaged(
          where,
          "%s has %d bytes, it was stored with %d"
              .formatted(object.key(), object.size(), noted.size()));
    }
    return noted.sha256();
  }

  /// Parts are counted from 0 without a gap, each is there once.
  private static void requireAll(
      String where, Optional<Long> tablespace, List<StoredArchive> found) {
    var what = tablespace.map(oid -> "tablespace " + oid).orElse("the data directory");
    Map<Integer, StoredArchive> parts = new HashMap<>();
    for (var archive : found) {
      if (archive.tablespace.equals(tablespace)) {
        var other = parts.put(archive.part, archive);
        if (other != null) {
          throw damaged(
              where,
              "part %d of %s is there twice: %s and %s"
                  .formatted(archive.part, what, other.object.key(), archive.object.key()));
        }
      }
    }
    for (int part = 0; part < Math.max(1, parts.size()); part++) {
      if (!parts.containsKey(part)) {
        throw damaged(where, "part %d of %s is missing".formatted(part, what));
      }
    }
  }

  private static void requireKnown(String where, List<StoredArchive> found, BackupInfo info) {
    for (var archive : found) {
      if (archive.tablespace.isPresent()
          && info.tablespaces().stream()
              .noneMatch(tablespace -> tablespace.oid() == archive.tablespace.get())) {
        throw damaged(
            where,
            "%s is of a tablespace that backup.info does not name".formatted(archive.object.key()));
      }
    }
  }

  private static ProblemException damaged(String where, String what) {
    return new Problem(
            Code.OBJECT_DAMAGED, where, what, "restore another backup: this one is not complete")
        .asException();
  }
}
