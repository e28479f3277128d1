package io.cooper.backup.wal;

import io.cooper.backup.format.Codec;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import io.cooper.store.UncheckedStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The WAL files of one server as they lie in a store: found, opened, compared.
final class Stored {
  /// PostgreSQL's usual page; other sizes make a partial segment compare more strictly.
  private static final int PAGE = 8 << 10;

  private final ObjectStore store;
  private final ServerFolder folder;

  Stored(ObjectStore store, ServerFolder folder) {
    this.store = store;
    this.folder = folder;
  }

  ObjectStore store() {
    return store;
  }

  ServerFolder folder() {
    return folder;
  }

  /// A WAL file in the store.
  ///
  /// @param name what the key says, which for a partial segment is not what was asked for
  record Copy(StoredObject object, WalName name, Codec codec) {
    String key() {
      return object.key();
    }
  }

  /// Where a key lies, for messages.
  String place(String key) {
    return store.name() + "/" + key;
  }

  /// All copies of a file, whatever their compression, in the order of their keys. Other files
  /// whose names begin alike are left out.
  List<Copy> copies(WalName name) throws StoreException {
    return copiesBelow(folder.anyWal(name), "").stream()
        .filter(copy -> copy.name().equals(name))
        .toList();
  }

  /// All copies of a segment, the whole ones first, then partial ones.
  List<Copy> copiesOrPartial(WalName name) throws StoreException {
    return copiesBelow(folder.anyWal(name), "").stream()
        .filter(copy ->
            copy.name().equals(name)
                || (copy.name() instanceof WalName.Partial(var whole) && whole.equals(name)))
        .sorted(Comparator.comparing(copy -> !copy.name().equals(name)))
        .toList();
  }

  private List<Copy> copiesBelow(String prefix, String after) throws StoreException {
    try (var objects = store.list(prefix, after)) {
      var copies = new ArrayList<Copy>();
      objects.forEach(object -> copy(object).ifPresent(copies::add));
      return copies;
    } catch (UncheckedStoreException cause) {
      throw cause.store();
    }
  }

  /// An object as a WAL file; empty if its key is none of one.
  Optional<Copy> copy(StoredObject object) {
    return folder
        .walAt(object.key())
        .map(stored -> new Copy(object, stored.name(), stored.codec()));
  }

  /// The first bytes of a file, decompressed; fewer if it is shorter.
  byte[] begin(Copy copy, int length) throws StoreException {
    try (var in = open(copy.key(), copy.codec())) {
      return in.readNBytes(length);
    } catch (IOException cause) {
      throw failure(copy.key(), cause);
    }
  }

  /// Opens a file and decompresses it. What fails while it is read goes through [#failure].
  InputStream open(String key, Codec codec) throws IOException {
    var stored = store.open(key);
    try {
      return codec.decode(stored);
    } catch (IOException | RuntimeException cause) {
      stored.close();
      throw cause;
    }
  }

  /// Whether a copy holds, decompressed, the same bytes as a file; of a partial segment, all WAL
  /// that the file holds: what lies behind its end is left over from other segments, and differs
  /// from server to server. Neither is held in memory.
  boolean covers(Copy copy, SourceFile file) throws StoreException {
    try (var ours = Files.newInputStream(file.path())) {
      return covers(copy, file, ours);
    } catch (IOException cause) {
      throw storeFailure(cause).orElseThrow(() -> SourceFile.unreadable(file.path(), cause));
    }
  }

  private boolean covers(Copy copy, SourceFile file, InputStream ours) throws IOException {
    var mine = new byte[PAGE];
    var theirs = new byte[PAGE];
    try (var stored = opened(copy)) {
      while (true) {
        var read = read(copy, stored, theirs);
        var count = ours.readNBytes(mine, 0, PAGE);
        if (count != read) {
          return false;
        }
        var difference = Arrays.mismatch(mine, 0, count, theirs, 0, count);
        if (difference >= 0) {
          return file.name() instanceof WalName.Partial
              && isBehindTheEnd(mine, difference, file, ours);
        }
        if (count < PAGE) {
          return true;
        }
      }
    }
  }

  /// Whether a file holds no more WAL from a place in a page on: nothing but zeros in that page, or
  /// a page of another segment, and so no page that follows it.
  private static boolean isBehindTheEnd(
      byte[] page, int from, SourceFile file, InputStream following) throws IOException {
    var place = PageHeader.placeOf(page);
    if (file.holds(place)) {
      for (var at = from; at < page.length; at++) {
        if (page[at] != 0) {
          return false;
        }
      }
    }
    return !file.holds(PageHeader.placeOf(following.readNBytes(PAGE)));
  }

  private InputStream opened(Copy copy) throws StoreException {
    try {
      return open(copy.key(), copy.codec());
    } catch (IOException cause) {
      throw failure(copy.key(), cause);
    }
  }

  private int read(Copy copy, InputStream stored, byte[] into) throws StoreException {
    try {
      return stored.readNBytes(into, 0, into.length);
    } catch (IOException cause) {
      throw failure(copy.key(), cause);
    }
  }

  /// Tells what the store could not do from what an object does not hold: the libraries that
  /// decompress hand the first through, sometimes wrapped.
  StoreException failure(String key, IOException cause) {
    return storeFailure(cause)
        .orElseGet(() -> damaged(key, "cannot be decompressed: " + cause.getMessage(), cause));
  }

  /// What the store said, if that is behind a failure.
  static Optional<StoreException> storeFailure(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof StoreException known) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }

  /// An object is not what it should be.
  StoreException damaged(String key, String what, Throwable cause) {
    return new StoreException(
        new Problem(
            Code.OBJECT_DAMAGED,
            place(key),
            what,
            "look for another copy: the server's pg_wal, another site; delete the object only when"
                + " you have one, and archive that"),
        cause);
  }

  /// The content of a small file, whatever its compression; empty if it is not there.
  Optional<byte[]> text(WalName name) throws StoreException {
    var copies = copies(name);
    return copies.isEmpty()
        ? Optional.empty()
        : Optional.of(begin(copies.getFirst(), SourceFile.LARGEST_TEXT));
  }

  /// Does something with the store, and lets what it says out as it is to be shown.
  static <T> T asking(Question<T> question) {
    try {
      return question.ask();
    } catch (StoreException cause) {
      throw new ProblemException(cause.problem(), cause);
    } catch (UncheckedStoreException cause) {
      throw new ProblemException(cause.store().problem(), cause);
    }
  }

  /// Something that needs the store.
  interface Question<T> {
    T ask() throws StoreException;
  }

  /// A local failure that no caller can answer.
  static ProblemException disk(Path path, IOException cause) {
    return new ProblemException(
        new Problem(
            Code.DISK,
            path.toString(),
            "cannot be written: " + cause,
            "make room, or look at the rights of the folder and the state of its disk"),
        cause);
  }
}
