package io.cooper.store.probe;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.problem.Code;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.Versions;
import io.cooper.store.Versions.Lock;
import io.cooper.store.probe.ImmutabilityReport.Attack;
import io.cooper.store.probe.ImmutabilityReport.Attempt;
import io.cooper.store.probe.ImmutabilityReport.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Attacks a store with the key that it is asked with, and tells what survived. It writes one
/// object of its own below the prefix, `cooper-probe/` and a new name, and tries to destroy that
/// one; nothing else is ever touched. Where the store protects it, the object stays.
public final class ImmutabilityProbe {
  private final ObjectStore store;
  private final String key = "cooper-probe/" + UUID.randomUUID();
  private final byte[] content =
      ("Written by cooper store test --immutability. " + key).getBytes(UTF_8);
  private final List<Attempt> attempts = new ArrayList<>();

  private ImmutabilityProbe(ObjectStore store) {
    this.store = store;
  }

  /// Attacks.
  ///
  /// @throws StoreException if the store does not answer, or the object cannot even be written
  public static ImmutabilityReport of(ObjectStore store) throws StoreException {
    return new ImmutabilityProbe(store).run();
  }

  private ImmutabilityReport run() throws StoreException {
    put(Intent.onlyNew(), content);
    var versions = store.versions();
    var lock = lock(versions);
    var first = first(versions);
    attempt(Attack.OVERWRITE, () -> put(Intent.replacing(), "overwritten".getBytes(UTF_8)));
    attempt(Attack.DELETE, () -> store.delete(List.of(key)));
    if (versions.isPresent() && first.isPresent()) {
      if (lock.isPresent() && !lock.get().until().equals(Instant.MAX)) {
        var soon = Instant.now().plus(Duration.ofSeconds(1));
        attempt(Attack.SHORTEN, () -> versions.get().shorten(key, first.get(), soon));
      } else {
        attempts.add(
            new Attempt(Attack.SHORTEN, Outcome.NOTHING_TO_TRY, "it has no lock that ends"));
      }
      attempt(Attack.DELETE_VERSION, () -> versions.get().delete(key, first.get()));
    } else {
      for (var attack : List.of(Attack.SHORTEN, Attack.DELETE_VERSION)) {
        attempts.add(
            new Attempt(attack, Outcome.NOTHING_TO_TRY, "no versions can be seen with this key"));
      }
    }
    var survives = survives(versions, first);
    removeRest(versions);
    return new ImmutabilityReport(
        store.name(), attempts, lock, survives, stays() ? Optional.of(key) : Optional.empty());
  }

  private interface Deed {
    void run() throws StoreException;
  }

  private void attempt(Attack attack, Deed deed) throws StoreException {
    try {
      deed.run();
      attempts.add(new Attempt(attack, Outcome.DONE, "the store did it"));
    } catch (StoreException refused) {
      if (refused.code().worthRetrying() || refused.code() == Code.STORE_CREDENTIALS) {
        throw refused;
      }
      attempts.add(new Attempt(attack, Outcome.REFUSED, refused.problem().what()));
    }
  }

  private void put(Intent intent, byte[] bytes) throws StoreException {
    try (var object = store.create(key, intent.ofAtMost(bytes.length))) {
      object.bytes().write(bytes);
      object.commit();
    } catch (StoreException known) {
      throw known;
    } catch (IOException other) {
      throw new IllegalStateException("a store fails with nothing else", other);
    }
  }

  /// Who may write need not be allowed to ask.
  private Optional<Lock> lock(Optional<Versions> versions) throws StoreException {
    try {
      return versions.isPresent() ? versions.get().lock(key) : Optional.empty();
    } catch (StoreException failed) {
      return ifMayNotAsk(failed, Optional.empty());
    }
  }

  private Optional<String> first(Optional<Versions> versions) throws StoreException {
    return all(versions).stream().findFirst();
  }

  /// Where versions are not kept, the only one has no name of its own.
  private List<String> all(Optional<Versions> versions) throws StoreException {
    try {
      return versions.isPresent() && versions.get().areKept() ? versions.get().of(key) : List.of();
    } catch (StoreException failed) {
      return ifMayNotAsk(failed, List.of());
    }
  }

  private static <T> T ifMayNotAsk(StoreException failed, T otherwise) throws StoreException {
    if (failed.code().worthRetrying() || failed.code() == Code.STORE_CREDENTIALS) {
      throw failed;
    }
    return otherwise;
  }

  /// Whether what was written first can still be had.
  private boolean survives(Optional<Versions> versions, Optional<String> first)
      throws StoreException {
    if (first.isPresent()) {
      return all(versions).contains(first.get());
    }
    try (var bytes = store.open(key)) {
      return Arrays.equals(bytes.readAllBytes(), content);
    } catch (StoreException failed) {
      return ifMayNotAsk(failed, false);
    } catch (IOException other) {
      throw new IllegalStateException("a store fails with nothing else", other);
    }
  }

  /// As far as the key may.
  private void removeRest(Optional<Versions> versions) throws StoreException {
    for (var version : all(versions)) {
      try {
        versions.orElseThrow().delete(key, version);
      } catch (StoreException failed) {
        ifMayNotAsk(failed, false);
      }
    }
  }

  private boolean stays() throws StoreException {
    try {
      return store.find(key).isPresent() || !all(store.versions()).isEmpty();
    } catch (StoreException failed) {
      return ifMayNotAsk(failed, true);
    }
  }
}
