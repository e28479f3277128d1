package io.cooper.backup.restore;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// The folders that a restore writes into: the data directory and its tablespaces. They are empty
/// before; until all is done, a file in the data directory says that it is not, and PostgreSQL does
/// not start because `global/pg_control` has another name. A restore that fails empties them again.
///
/// For several threads, each with files of its own.
final class Destination implements AutoCloseable {
  /// Says that the restore is under way, or was killed.
  static final String MARKER = "RESTORE_IS_NOT_COMPLETE";

  private static final String NOTE =
      """
      Cooper is restoring a backup into this directory, or was killed while it did.
      As long as this file is here, the directory is of no use. Empty it to try again.
      """;

  static final String CONTROL = "global/pg_control";
  private static final String HELD_BACK = "global/pg_control.restored";
  private static final String OWNER_ONLY = "rwx------";

  private static final int PERMISSIONS = 0777;

  private final Path data;
  private final Map<Long, Path> tablespaces;
  private final boolean setsOwners;
  private final Map<Path, Looks> folders = new ConcurrentSkipListMap<>(Comparator.reverseOrder());
  private final Map<Path, Path> links = new ConcurrentHashMap<>();
  private final WriteBack disk;
  private boolean completed;

  /// What is known of a file beside its bytes.
  record Looks(int mode, long uid, long gid, FileTime modified) {}

  private Destination(Path data, Map<Long, Path> tablespaces) throws IOException {
    this.data = data;
    this.tablespaces = Map.copyOf(tablespaces);
    this.setsOwners = "root".equals(System.getProperty("user.name"));
    begin();
    this.disk = WriteBack.below(roots());
  }

  /// Makes the folders, or takes them if they are empty.
  ///
  /// @param tablespaces by their oids
  /// @throws ProblemException with [Code#BAD_USE] if one is not empty; then nothing was changed
  static Destination prepare(Path data, Map<Long, Path> tablespaces) {
    requireApart(data, tablespaces.values());
    requireEmpty(data);
    tablespaces.values().forEach(Destination::requireEmpty);
    try {
      return new Destination(data.toAbsolutePath().normalize(), tablespaces);
    } catch (IOException cause) {
      throw unwritable(data, cause);
    }
  }

  private static void requireApart(Path data, Collection<Path> tablespaces) {
    var all = new ArrayList<>(tablespaces);
    all.add(data);
    for (int one = 0; one < all.size(); one++) {
      for (int other = 0; other < all.size(); other++) {
        var inner = all.get(one).toAbsolutePath().normalize();
        if (one != other && inner.startsWith(all.get(other).toAbsolutePath().normalize())) {
          throw new Problem(
                  Code.BAD_USE,
                  inner.toString(),
                  "lies in %s, which is restored as well".formatted(all.get(other)),
                  "give every tablespace a folder of its own, outside of the data directory")
              .asException();
        }
      }
    }
  }

  private static void requireEmpty(Path folder) {
    try (var entries = Files.list(folder)) {
      var first = entries.findAny();
      if (first.isPresent()) {
        var unfinished = Files.exists(folder.resolve(MARKER));
        throw new Problem(
                Code.BAD_USE,
                folder.toString(),
                unfinished
                    ? "holds a restore that was not completed"
                    : "is not empty: it holds " + first.get().getFileName(),
                "give an empty folder, or one that does not exist; what is there is never"
                    + " overwritten")
            .asException();
      }
    } catch (NoSuchFileException _) {
      // It will be made.
    } catch (IOException cause) {
      throw unwritable(folder, cause);
    }
  }

  private void begin() throws IOException {
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY));
    for (var folder : roots()) {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder, owner);
      }
    }
    Files.writeString(data.resolve(MARKER), NOTE, StandardCharsets.UTF_8);
    WriteBack.force(data.resolve(MARKER));
    WriteBack.force(data);
  }

  private List<Path> roots() {
    var all = new ArrayList<>(tablespaces.values());
    all.add(data);
    return all;
  }

  /// Where the files of an archive go.
  Path root(Optional<Long> tablespace) {
    return tablespace.map(oid -> Objects.requireNonNull(tablespaces.get(oid))).orElse(data);
  }

  /// Opens a file, over one of the same name: a later entry of a tar counts.
  FileChannel create(Path file) {
    try {
      Files.createDirectories(parent(file));
      return FileChannel.open(
          heldBack(file),
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);
    } catch (IOException cause) {
      throw unwritable(file, cause);
    }
  }

  private Path heldBack(Path file) {
    return file.equals(data.resolve(CONTROL)) ? data.resolve(HELD_BACK) : file;
  }

  private static Path parent(Path file) {
    return Objects.requireNonNull(file.getParent());
  }

  /// Makes a file that has what another has, which was written before.
  void copy(Path from, Path to) {
    try {
      Files.createDirectories(parent(to));
      Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException cause) {
      throw unwritable(to, cause);
    }
  }

  /// Gives a file that was written the looks it had.
  void describe(Path file, Looks looks) {
    try {
      dress(heldBack(file), looks);
    } catch (IOException cause) {
      throw unwritable(file, cause);
    }
  }

  /// Makes a folder now, and gives it the looks it had when all is in it.
  void folder(Path folder, Looks looks) {
    try {
      Files.createDirectories(folder);
      folders.put(folder, looks);
    } catch (IOException cause) {
      throw unwritable(folder, cause);
    }
  }

  /// Makes a link when all files are written, so that none is written through it.
  void link(Path link, Path to) {
    links.put(link, to);
  }

  private void dress(Path path, Looks looks) throws IOException {
    if (setsOwners) {
      Files.setAttribute(path, "unix:uid", (int) looks.uid);
      Files.setAttribute(path, "unix:gid", (int) looks.gid);
    }
    Files.setAttribute(path, "unix:mode", looks.mode & PERMISSIONS);
    Files.setLastModifiedTime(path, looks.modified);
  }

  /// The restored `pg_control`; empty if there was none.
  Optional<byte[]> control() {
    return read(data.resolve(HELD_BACK));
  }

  /// A restored file of the data directory; empty if there was none.
  Optional<byte[]> read(String name) {
    return read(data.resolve(name));
  }

  private static Optional<byte[]> read(Path file) {
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException cause) {
      throw unwritable(file, cause);
    }
  }

  /// Writes a file that was in no archive, like the data directory itself in owner and group.
  void write(String name, String text) {
    var file = data.resolve(name);
    try {
      var before = Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? Optional.of(looks(file)) : own();
      Files.writeString(file, text, StandardCharsets.UTF_8);
      if (before.isPresent()) {
        var now = FileTime.from(java.time.Instant.now());
        var old = before.get();
        dress(file, new Looks(old.mode & 0666, old.uid, old.gid, now));
      }
    } catch (IOException cause) {
      throw unwritable(file, cause);
    }
  }

  private static <T> T value(Map<String, Object> found, String name, Class<T> type) {
    return type.cast(Objects.requireNonNull(found.get(name)));
  }

  private static Looks looks(Path file) throws IOException {
    var found = Files.readAttributes(file, "unix:mode,uid,gid,lastModifiedTime");
    return new Looks(
        value(found, "mode", Integer.class),
        value(found, "uid", Integer.class),
        value(found, "gid", Integer.class),
        value(found, "lastModifiedTime", FileTime.class));
  }

  /// How the data directory looked.
  private Optional<Looks> own() {
    return Optional.ofNullable(folders.get(data));
  }

  /// Adds what archives never hold: the links to the tablespaces, the folder for WAL; and what is
  /// better made last.
  void addLinks() {
    try {
      var linkFolder = data.resolve("pg_tblspc");
      addFolder(linkFolder);
      for (var link : links.entrySet()) {
        Files.createDirectories(parent(link.getKey()));
        Files.createSymbolicLink(link.getKey(), link.getValue());
      }
      addFolder(data.resolve("pg_wal"));
      for (var tablespace : tablespaces.entrySet()) {
        Files.createSymbolicLink(
            linkFolder.resolve(Long.toString(tablespace.getKey())),
            tablespace.getValue().toAbsolutePath());
        own().ifPresent(looks -> folders.putIfAbsent(tablespace.getValue(), looks));
      }
    } catch (IOException cause) {
      throw unwritable(data, cause);
    }
  }

  private void addFolder(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(folder);
      own().ifPresent(looks -> folders.put(folder, looks));
    }
  }

  /// Forces everything to the disk, and only then lets it look complete.
  void complete() {
    try {
      for (var folder : folders.entrySet()) {
        dress(folder.getKey(), folder.getValue());
      }
      disk.complete();
      Files.move(data.resolve(HELD_BACK), data.resolve(CONTROL));
      WriteBack.force(data.resolve("global"));
      Files.delete(data.resolve(MARKER));
      var own = own();
      if (own.isPresent()) {
        dress(data, own.get());
      }
      var global = Optional.ofNullable(folders.get(data.resolve("global")));
      if (global.isPresent()) {
        dress(data.resolve("global"), global.get());
      }
      WriteBack.force(data);
      completed = true;
    } catch (IOException cause) {
      throw unwritable(data, cause);
    }
  }

  static ProblemException unwritable(Path where, IOException cause) {
    return new ProblemException(
        new Problem(
            Code.DISK,
            where.toString(),
            "cannot be written: " + cause,
            "make room there, and allow this user to write"),
        cause);
  }

  /// Empties the folders unless all was completed. The marker goes last.
  @Override
  public void close() {
    disk.close();
    if (completed) {
      return;
    }
    try {
      for (var root : roots()) {
        empty(root);
      }
      Files.deleteIfExists(data.resolve(MARKER));
    } catch (IOException _) {
      // The marker tells what it is.
    }
  }

  private static void empty(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!file.equals(root.resolve(MARKER))) {
              Files.delete(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path folder, @org.jspecify.annotations.Nullable IOException cause)
              throws IOException {
            if (!folder.equals(root)) {
              Files.delete(folder);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
