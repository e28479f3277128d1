package io.cooper.backup.base;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.ServerFolder;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What Cooper notes beside a backup of its own, where barman-cloud never looks: the size and the
/// checksum of every archive, and what was found on the way. A backup without it, as barman-cloud
/// makes them, restores just as well, with fewer proofs.
///
/// @param systemId of the cluster, decimal digits
/// @param archives in no particular order
/// @param bytes of all files, uncompressed
/// @param files how many
/// @param vanished files that were gone before they could be read, as PostgreSQL allows
/// @param damagedPages how many pages had a wrong checksum, read twice
/// @param damage the first of them
public record Inventory(
    String systemId,
    List<Archive> archives,
    long bytes,
    long files,
    long vanished,
    long damagedPages,
    List<DamagedPage> damage) {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  public Inventory {
    archives = List.copyOf(archives);
    damage = List.copyOf(damage);
  }

  /// An archive as it was stored.
  ///
  /// @param size in bytes, compressed
  /// @param sha256 of these bytes, lower-case hexadecimal
  public record Archive(String key, long size, String sha256) {}

  /// A page whose checksum is wrong.
  ///
  /// @param file relative to the data directory, or to its tablespace
  /// @param block its number in the file
  public record DamagedPage(String file, long block) {}

  /// Where it lies.
  public static String key(ServerFolder server, BackupId id) {
    return server.own() + "backups/" + id + ".json";
  }

  /// Reads what is noted of a backup; empty if there is nothing.
  ///
  /// @throws io.cooper.problem.ProblemException with [Code#BAD_INPUT] if it cannot be read as such
  public static Optional<Inventory> find(ObjectStore store, ServerFolder server, BackupId id)
      throws StoreException {
    var key = key(server, id);
    if (store.find(key).isEmpty()) {
      return Optional.empty();
    }
    try (var stored = store.open(key)) {
      return Optional.of(JSON.readValue(stored.readAllBytes(), Inventory.class));
    } catch (StoreException known) {
      throw known;
    } catch (IOException | JacksonException cause) {
      throw new io.cooper.problem.ProblemException(
          new Problem(
              Code.BAD_INPUT,
              store.name() + "/" + key,
              "cannot be read as the inventory of a backup",
              "delete it: the backup restores without, its checksums are then not compared"),
          cause);
    }
  }

  /// Notes it.
  void store(ObjectStore store, ServerFolder server, BackupId id, Map<String, String> tags)
      throws IOException {
    var bytes = JSON.writeValueAsBytes(this);
    try (var object =
        store.create(key(server, id), Intent.onlyNew().ofAtMost(bytes.length).tagged(tags))) {
      object.bytes().write(bytes);
      object.commit();
    }
  }
}
