package io.cooper.backup.drill;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The folder that a drill works in: one of its own, below a folder that drills share. A file in it
/// is locked as long as the drill lives, whichever machine or container looks at it; a folder whose
/// file is not locked was left by one that was killed, and the next drill removes it together with
/// what still runs there. Folders of anybody else are never touched.
final class Scratch implements AutoCloseable {
  private static final String NAME = "cooper-drill-";
  private static final String MARKER = "COOPER_DRILL";
  private static final int SECONDS_TO_END = 10;

  /// What a shell, a setting of PostgreSQL and its restore_command take as it is.
  private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N} /._+:@,=~-]+");

  /// Those of this process. Looking at a lock of one's own would give it up: it belongs to the
  /// process, and ends when any channel of the file is closed.
  private static final Set<Path> LIVING = ConcurrentHashMap.newKeySet();

  /// Longer names leave no room for a socket, of which Linux takes 107 bytes.
  private static final int LONGEST_SOCKET_FOLDER = 85;

  private final Path folder;
  private final FileChannel marker;
  private final FileLock lock;
  private final Path sockets;
  private final boolean keeps;

  private Scratch(Path folder, FileChannel marker, FileLock lock, Path sockets, boolean keeps) {
    this.folder = folder;
    this.marker = marker;
    this.lock = lock;
    this.sockets = sockets;
    this.keeps = keeps;
  }

  /// Makes a folder.
  ///
  /// @param parent is made if it is not there
  /// @param keeps whether what is in it stays when the drill ends
  static Scratch below(Path parent, boolean keeps) {
    requirePlain(parent.toAbsolutePath().normalize());
    try {
      Files.createDirectories(parent);
      var folder = Files.createTempDirectory(parent.toAbsolutePath().normalize(), NAME);
      LIVING.add(folder);
      // Nobody may see it before it is locked.
      var hidden = folder.resolve(MARKER + ".new");
      var marker =
          FileChannel.open(hidden, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      var lock = marker.lock();
      Files.move(hidden, folder.resolve(MARKER), StandardCopyOption.ATOMIC_MOVE);
      marker.write(UTF_8.encode(note()));
      var own = folder.resolve("socket");
      var sockets =
          own.toString().getBytes(UTF_8).length > LONGEST_SOCKET_FOLDER
              ? Files.createTempDirectory("cooper-socket-")
              : Files.createDirectory(own);
      Files.setPosixFilePermissions(sockets, PosixFilePermissions.fromString("rwx------"));
      return new Scratch(folder, marker, lock, sockets, keeps);
    } catch (IOException cause) {
      throw unusable(parent, cause);
    }
  }

  private static String note() {
    return """
    A restore drill of Cooper works here, process %d. When it ends, this folder is removed; if it
    was killed, the next drill beside it removes the folder.
    """
        .formatted(ProcessHandle.current().pid());
  }

  private static void requirePlain(Path parent) {
    if (!PLAIN.matcher(parent.toString()).matches()) {
      throw new Problem(
              Code.BAD_USE,
              parent.toString(),
              "has characters that a shell would take for more than a name",
              "give a scratch folder whose name has letters, digits and blanks: --scratch DIR")
          .asException();
    }
  }

  /// What a sweep found.
  ///
  /// @param folder that was left
  /// @param stopped whether a server still ran there
  record Left(Path folder, boolean stopped) {}

  /// Removes what drills left that were killed.
  static List<Left> sweep(Path parent) {
    try (Stream<Path> entries = Files.list(parent.toAbsolutePath().normalize())) {
      var left = new ArrayList<Left>();
      for (var entry : entries.filter(Scratch::isOfADrill).toList()) {
        swept(entry).ifPresent(left::add);
      }
      return left;
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (IOException cause) {
      throw unusable(parent, cause);
    }
  }

  private static boolean isOfADrill(Path entry) {
    return entry.getFileName().toString().startsWith(NAME)
        && !LIVING.contains(entry)
        && Files.isRegularFile(entry.resolve(MARKER));
  }

  private static Optional<Left> swept(Path folder) throws IOException {
    try (var marker = FileChannel.open(folder.resolve(MARKER), StandardOpenOption.WRITE)) {
      var lock = Optional.ofNullable(marker.tryLock());
      if (lock.isEmpty()) {
        return Optional.empty();
      }
      var stopped = stopServers(folder);
      remove(folder);
      return Optional.of(new Left(folder, stopped));
    } catch (NoSuchFileException _) {
      // Another drill removes it just now.
      return Optional.empty();
    }
  }

  /// Ends all processes whose command names the folder: the server, and what watched over it.
  private static boolean stopServers(Path folder) {
    var ours =
        ProcessHandle.allProcesses()
            .filter(process -> command(process).contains(folder + "/"))
            .filter(process -> process.pid() != ProcessHandle.current().pid())
            .toList();
    ours.forEach(ProcessHandle::destroyForcibly);
    for (var process : ours) {
      try {
        process.onExit().get(SECONDS_TO_END, TimeUnit.SECONDS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException _) {
        // Its folder goes all the same.
      }
    }
    return !ours.isEmpty();
  }

  private static String command(ProcessHandle process) {
    var info = process.info();
    return info.commandLine()
        .orElseGet(() ->
            info.command().orElse("") + String.join(" ", info.arguments().orElse(new String[0])));
  }

  /// Fails unless there is room.
  ///
  /// @param bytes that will be written
  void requireRoom(long bytes) {
    try {
      var free = Files.getFileStore(folder).getUsableSpace();
      if (free < bytes) {
        throw new Problem(
                Code.DISK,
                folder.toString(),
                "has %d MiB free, and the drill needs about %d MiB"
                    .formatted(free >> 20, bytes >> 20),
                "give a folder on a larger disk: --scratch DIR")
            .asException();
      }
    } catch (IOException cause) {
      throw unusable(folder, cause);
    }
  }

  /// The folder itself.
  Path folder() {
    return folder;
  }

  /// Where the data directory goes; not there yet.
  Path data() {
    return folder.resolve("data");
  }

  /// Where a tablespace goes; not there yet.
  Path tablespace(String oid) {
    return folder.resolve("tablespaces").resolve(oid);
  }

  /// Where the server has its socket, with a name that is short enough.
  Path sockets() {
    return sockets;
  }

  private static ProblemException unusable(Path folder, IOException cause) {
    return new ProblemException(
        new Problem(
            Code.DISK,
            folder.toString(),
            "cannot be used as a scratch folder: " + cause,
            "give another one that this user can write to: --scratch DIR"),
        cause);
  }

  /// Removes the folder, unless it is to be kept; then it is no drill's any more.
  @Override
  public void close() {
    try {
      if (keeps) {
        Files.deleteIfExists(folder.resolve(MARKER));
      } else {
        remove(folder);
      }
      if (!sockets.startsWith(folder)) {
        remove(sockets);
      }
      lock.close();
      marker.close();
    } catch (IOException _) {
      // The next drill tries again: the marker goes last.
    } finally {
      LIVING.remove(folder);
    }
  }

  /// Removes a folder; its marker goes last.
  private static void remove(Path root) throws IOException {
    var marker = root.resolve(MARKER);
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!file.equals(marker)) {
              Files.deleteIfExists(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException cause) throws IOException {
            if (cause instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw cause;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path folder, @org.jspecify.annotations.Nullable IOException cause)
              throws IOException {
            if (!folder.equals(root)) {
              Files.deleteIfExists(folder);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    Files.deleteIfExists(marker);
    Files.deleteIfExists(Objects.requireNonNull(root));
  }
}
