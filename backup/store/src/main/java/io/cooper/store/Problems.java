package io.cooper.store;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.util.List;

/// The answers that all stores give in the same words.
public final class Problems {
  private Problems() {}

  /// There is no object of this key.
  public static StoreException noSuchObject(String store, String key) {
    return new StoreException(
        new Problem(
            Code.NO_SUCH_OBJECT,
            store + "/" + key,
            "there is no such object",
            "look at what is there: cooper backup list, or the provider's own listing"));
  }

  /// There is one, and it must stay.
  public static StoreException exists(String store, String key) {
    return new StoreException(
        new Problem(
            Code.OBJECT_EXISTS,
            store + "/" + key,
            "there is an object of this key, which must not be replaced",
            "find out who else writes to this prefix; give each server a prefix of its own"));
  }

  /// Somebody goes on with a writer or store that is closed.
  public static StoreException closed(String store, String what) {
    return new StoreException(
        new Problem(
            Code.BAD_USE,
            store,
            what + " was closed",
            "open a new one; this is a mistake in code"));
  }

  /// What is to be stored cannot be read, which is no failure of the store.
  static StoreException unreadable(Source source, IOException cause) {
    return new StoreException(
        new Problem(
            Code.DISK,
            source.name(),
            "cannot be read: " + cause,
            "look at the rights of the file and the state of its disk"),
        cause);
  }

  /// Ends a deletion of which some failed.
  ///
  /// @param failures one for each object that is still there
  /// @param of how many were to be removed
  /// @throws StoreException if there is any
  public static void throwFirst(List<StoreException> failures, int of) throws StoreException {
    if (failures.isEmpty()) {
      return;
    }
    var first = failures.getFirst();
    if (of == 1) {
      throw first;
    }
    var problem = first.problem();
    throw new StoreException(
        new Problem(
            problem.code(),
            problem.where(),
            "%s (%d of %d objects are still there)".formatted(problem.what(), failures.size(), of),
            problem.remedy()),
        first);
  }
}
