package io.cooper.flux.remote;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// The files from the network that lie beside a repository, each pinned by its digest. Bytes that
/// are not the pinned ones are never given out. Immutable but for what has been read so far; safe
/// for several threads.
public final class VendoredFiles {
  /// The folder of the copies, relative to the root of the repository.
  public static final String FOLDER = ".cooper/remote";

  /// The lock file: addresses, digests and sizes.
  public static final String LOCK = FOLDER + ".yaml";

  /// How large a file from the network may be, in bytes.
  public static final int SIZE_LIMIT = 16 << 20;

  /// A copy as it was found.
  private sealed interface Copy {
    record Sound(byte[] bytes) implements Copy {}

    record Damaged(String how) implements Copy {}
  }

  private final Optional<Path> root;
  private final Map<String, Pin> pins;
  private final Map<String, Pin> byPath;
  private final Map<String, Copy> copies = new ConcurrentHashMap<>();

  private VendoredFiles(Optional<Path> root, Map<String, Pin> pins) {
    this.root = root;
    this.pins = new TreeMap<>(pins);
    this.byPath =
        pins.values().stream()
            .collect(Collectors.toUnmodifiableMap(Pin::path, pin -> pin, (one, _) -> one));
  }

  /// No files.
  public static VendoredFiles none() {
    return new VendoredFiles(Optional.empty(), Map.of());
  }

  /// Those beside a repository. Reads the lock; copies are read when they are asked for.
  ///
  /// @param root the folder that holds `.cooper`; without one there are no vendored files
  /// @throws ProblemException if there is a lock that cannot be understood
  public static VendoredFiles of(Path root) {
    var lock = root.resolve(LOCK);
    return Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)
        ? new VendoredFiles(Optional.of(root), Lock.read(lock))
        : new VendoredFiles(Optional.of(root), Map.of());
  }

  /// These files and one more, or another one for the same address. Nothing is written.
  public VendoredFiles with(String url, byte[] bytes) {
    var more = new TreeMap<>(pins);
    var pin = Pin.of(url, bytes);
    more.put(url, pin);
    var files = new VendoredFiles(root, more);
    files.copies.putAll(copies);
    files.copies.put(pin.path(), new Copy.Sound(bytes.clone()));
    return files;
  }

  /// All pins, sorted by address.
  public Collection<Pin> pins() {
    return java.util.Collections.unmodifiableCollection(pins.values());
  }

  /// What an address is pinned to.
  public Optional<Pin> pin(String url) {
    return Optional.ofNullable(pins.get(url));
  }

  /// What is wrong with the copy of a pinned address; empty if it is sound.
  public Optional<String> damage(Pin pin) {
    return copy(pin) instanceof Copy.Damaged(var how) ? Optional.of(how) : Optional.empty();
  }

  /// Whether this is the path of a sound copy.
  public boolean contains(String path) {
    return Optional.ofNullable(byPath.get(path)).filter(pin -> damage(pin).isEmpty()).isPresent();
  }

  /// The bytes of a copy.
  ///
  /// @param path relative to the root of the repository
  /// @throws ProblemException if it is no copy, or a damaged one
  public byte[] read(String path) {
    var pin = Optional.ofNullable(byPath.get(path));
    var copy = pin.map(this::copy).orElse(new Copy.Damaged("is named by no line of " + LOCK));
    return switch (copy) {
      case Copy.Sound(var bytes) -> bytes.clone();
      case Copy.Damaged(var how) ->
          throw new Problem(Code.BAD_INPUT, path, how, "run cooper vendor").asException();
    };
  }

  private Copy copy(Pin pin) {
    return copies.computeIfAbsent(pin.path(), _ -> load(pin));
  }

  private Copy load(Pin pin) {
    var file = root.map(folder -> folder.resolve(pin.path()));
    if (file.isEmpty() || !Files.isRegularFile(file.get(), LinkOption.NOFOLLOW_LINKS)) {
      return new Copy.Damaged("is absent");
    }
    try {
      long size = Files.size(file.get());
      if (size != pin.size() || size > SIZE_LIMIT) {
        return new Copy.Damaged(
            "is damaged: it has %d bytes, and %s says %d".formatted(size, LOCK, pin.size()));
      }
      var bytes = Files.readAllBytes(file.get());
      var digest = Pin.digest(bytes);
      return digest.equals(pin.sha256())
          ? new Copy.Sound(bytes)
          : new Copy.Damaged(
              "is damaged: its digest is sha256:%s, and %s says sha256:%s"
                  .formatted(digest, LOCK, pin.sha256()));
    } catch (IOException e) {
      return new Copy.Damaged("cannot be read: " + e.getMessage());
    }
  }

  /// Writes copies and then the lock below a folder, and removes copies that the lock no longer
  /// names. Whoever reads meanwhile sees the old lock with the old copies or the new with the new.
  ///
  /// @throws ProblemException if it cannot be written
  public void writeTo(Path folder) {
    try {
      var copiesFolder = folder.resolve(FOLDER);
      Files.createDirectories(copiesFolder);
      for (var pin : pins.values()) {
        if (copy(pin) instanceof Copy.Sound(var bytes)) {
          replace(folder.resolve(pin.path()), bytes);
        }
      }
      replace(folder.resolve(LOCK), Lock.text(pins.values()));
      try (var files = Files.list(copiesFolder)) {
        for (var file : files.toList()) {
          var path = FOLDER + "/" + file.getFileName();
          if (path.matches(".*/[0-9a-f]{64}\\.yaml") && !byPath.containsKey(path)) {
            Files.delete(file);
          }
        }
      }
    } catch (IOException e) {
      throw new ProblemException(
          new Problem(
              Code.BAD_INPUT,
              folder.resolve(FOLDER).toString(),
              "cannot be written: " + e,
              "check the permissions of the folder"),
          e);
    }
  }

  private static void replace(Path file, byte[] bytes) throws IOException {
    var fresh = Files.createTempFile(file.getParent(), ".new", "");
    try {
      Files.write(fresh, bytes);
      fresh.toFile().setReadable(true, false);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
