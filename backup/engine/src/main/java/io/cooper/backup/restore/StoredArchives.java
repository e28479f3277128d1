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
import java.util.TreeMap;

/// The archives of a backup as a listing shows them, beside what was noted when they were stored.
///
/// @param archives that can be read, the largest first
/// @param faults all that is wrong with the list: archives that are missing, are there in two
///   compressions, are of nothing that the backup has, or have not the size that was noted
/// @param inventory what was noted; empty if nothing was
public record StoredArchives(
    List<StoredArchive> archives, List<Problem> faults, Optional<Inventory> inventory) {
  public StoredArchives {
    archives = List.copyOf(archives);
    faults = List.copyOf(faults);
  }

  /// An archive in the store.
  ///
  /// @param tablespace its oid; empty for the data directory
  /// @param sha256 what its bytes must sum up to, if that was noted
  public record StoredArchive(
      Optional<Long> tablespace,
      int part,
      Codec codec,
      StoredObject object,
      Optional<String> sha256) {}

  /// Finds all that there is, whatever is wrong with it.
  ///
  /// @throws ProblemException with [Code#BAD_INPUT] if what was noted cannot be read
  public static StoredArchives look(
      ObjectStore store, ServerFolder server, BackupId id, BackupInfo info) throws StoreException {
    return look(store, server, id, info, Inventory.find(store, server, id));
  }

  /// Finds all that there is, beside other notes.
  public static StoredArchives look(
      ObjectStore store,
      ServerFolder server,
      BackupId id,
      BackupInfo info,
      Optional<Inventory> inventory)
      throws StoreException {
    var search = new Search(store.name() + "/" + server.base(id), inventory);
    try (var objects = store.list(server.base(id), "")) {
      objects.forEach(
          object -> server.dataAt(id, object.key()).ifPresent(name -> search.add(name, object)));
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
    return search.end(info);
  }

  /// The archives of a backup that is complete.
  ///
  /// @throws ProblemException with [Code#OBJECT_DAMAGED] for the first fault, with [Code#BAD_INPUT]
  ///   if what was noted cannot be read
  static List<StoredArchive> of(
      ObjectStore store, ServerFolder server, BackupId id, BackupInfo info) throws StoreException {
    var all = look(store, server, id, info);
    if (!all.faults.isEmpty()) {
      throw all.faults.getFirst().asException();
    }
    return all.archives;
  }

  /// One look at a listing.
  private static final class Search {
    private final String where;
    private final Optional<Inventory> inventory;
    private final Map<String, Inventory.Archive> noted = new TreeMap<>();
    private final List<StoredArchive> found = new ArrayList<>();
    private final List<Problem> faults = new ArrayList<>();

    Search(String where, Optional<Inventory> inventory) {
      this.where = where;
      this.inventory = inventory;
      inventory.ifPresent(
          known -> known.archives().forEach(archive -> noted.put(archive.key(), archive)));
    }

    void add(ServerFolder.DataName name, StoredObject object) {
      var note = Optional.ofNullable(noted.remove(object.key()));
      if (note.isEmpty() && inventory.isPresent()) {
        fault("%s is not among the archives that the backup stored".formatted(object.key()));
      }
      note.filter(archive -> archive.size() != object.size())
          .ifPresent(archive ->
              fault(
                  "%s has %d bytes, it was stored with %d"
                      .formatted(object.key(), object.size(), archive.size())));
      found.add(
          new StoredArchive(
              name.tablespace(),
              name.part(),
              name.codec(),
              object,
              note.map(Inventory.Archive::sha256)));
    }

    StoredArchives end(BackupInfo info) {
      if (inventory.isPresent()) {
        noted.keySet().forEach(key -> fault("the archive %s is missing".formatted(key)));
        found.sort(LARGEST_FIRST);
        return new StoredArchives(found, faults, inventory);
      }
      requireAll(Optional.empty());
      for (var tablespace : info.tablespaces()) {
        requireAll(Optional.of(tablespace.oid()));
      }
      requireKnown(info);
      found.sort(LARGEST_FIRST);
      return new StoredArchives(found, faults, inventory);
    }

    /// Parts are counted from 0 without a gap, each is there once.
    private void requireAll(Optional<Long> tablespace) {
      var what = tablespace.map(oid -> "tablespace " + oid).orElse("the data directory");
      Map<Integer, StoredArchive> parts = new HashMap<>();
      int last = 0;
      for (var archive : found) {
        if (archive.tablespace.equals(tablespace)) {
          last = Math.max(last, archive.part);
          Optional.ofNullable(parts.put(archive.part, archive))
              .ifPresent(other ->
                  fault(
                      "part %d of %s is there twice: %s and %s"
                          .formatted(
                              archive.part, what, other.object.key(), archive.object.key())));
        }
      }
      var missing = new ArrayList<Integer>();
      for (int part = 0; part <= last && missing.size() < MOST_TOLD; part++) {
        if (!parts.containsKey(part)) {
          missing.add(part);
        }
      }
      missing.forEach(part -> fault("part %d of %s is missing".formatted(part, what)));
    }

    private void requireKnown(BackupInfo info) {
      for (var archive : found) {
        if (archive.tablespace.isPresent()
            && info.tablespaces().stream()
                .noneMatch(tablespace -> tablespace.oid() == archive.tablespace.get())) {
          fault(
              "%s is of a tablespace that backup.info does not name"
                  .formatted(archive.object.key()));
        }
      }
    }

    private void fault(String what) {
      faults.add(
          new Problem(
              Code.OBJECT_DAMAGED,
              where,
              what,
              "restore another backup: this one is not complete"));
    }
  }

  private static final int MOST_TOLD = 10;

  private static final Comparator<StoredArchive> LARGEST_FIRST =
      Comparator.comparingLong((StoredArchive archive) -> archive.object.size()).reversed();
}
