package io.cooper.backup.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.catalog.LastVerified;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.ServerFolder;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.UncheckedStoreException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The results of verifications beside the archive, where barman never looks. Each is an object of
/// its own, `NAME/cooper/verified/ID/TIME-sound.json` or `…-damaged.json`, written once: a store
/// that allows no overwriting keeps them all. What they are is in their names, so that one listing
/// tells the newest of each backup. Losing them loses no backup.
public final class Verdicts {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'");
  private static final String SOUND = "-sound.json";
  private static final String DAMAGED = "-damaged.json";

  private final ObjectStore store;
  private final ServerFolder server;

  /// The results for the backups of a server.
  public Verdicts(ObjectStore store, ServerFolder server) {
    this.store = store;
    this.server = server;
  }

  /// Below it lie all results for a backup; whoever deletes the backup may delete them.
  public String folder(BackupId id) {
    return server.verified() + id + "/";
  }

  /// Keeps a result.
  ///
  /// @return its key
  /// @throws StoreException if the store does not take it, with [Code#OBJECT_EXISTS] if there is
  ///   one of the same millisecond
  public String keep(Verified verified) throws StoreException {
    var bytes = VerifiedText.json(server.name(), verified).getBytes(UTF_8);
    var key =
        folder(verified.id())
            + TIME.format(verified.begun().atOffset(ZoneOffset.UTC))
            + (verified.isSound() ? SOUND : DAMAGED);
    try (var object = store.create(key, Intent.onlyNew().ofAtMost(bytes.length))) {
      object.bytes().write(bytes);
      object.commit();
      return key;
    } catch (StoreException known) {
      throw known;
    } catch (IOException other) {
      throw new StoreException(
          new Problem(
              Code.STORE_UNREACHABLE,
              store.name() + "/" + key,
              "could not be written: " + other.getMessage(),
              "try again"),
          other);
    }
  }

  /// The newest result of each backup that was ever verified.
  ///
  /// @throws StoreException if the store does not answer
  public Map<BackupId, LastVerified> newest() throws StoreException {
    var newest = new TreeMap<BackupId, LastVerified>();
    try (var objects = store.list(server.verified(), "")) {
      objects.forEach(object -> add(object.key().substring(server.verified().length()), newest));
      return newest;
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
  }

  private static void add(String name, Map<BackupId, LastVerified> newest) {
    int slash = name.indexOf('/');
    var id = BackupId.find(slash < 0 ? "" : name.substring(0, slash));
    var verdict = verdict(name.substring(slash + 1));
    if (id.isPresent() && verdict.isPresent()) {
      newest.merge(
          id.get(), verdict.get(), (one, other) -> one.at().isAfter(other.at()) ? one : other);
    }
  }

  private static Optional<LastVerified> verdict(String file) {
    var sound = file.endsWith(SOUND);
    if (!sound && !file.endsWith(DAMAGED)) {
      return Optional.empty();
    }
    var time = file.substring(0, file.length() - (sound ? SOUND : DAMAGED).length());
    try {
      return Optional.of(
          new LastVerified(LocalDateTime.parse(time, TIME).toInstant(ZoneOffset.UTC), sound));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }
}
