package io.cooper.backup.wal;

import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Archives what PostgreSQL asks for, and at the same time what it will ask for next: the files
/// that are marked ready beside the one that was asked for. A question is answered when its own
/// file is stored; what happens to the others never decides it.
///
/// Lives as long as the server does, or for one question; then [#close()] waits for what is under
/// way, and notes tell the next process. Safe for several threads.
public final class WalArchiver implements AutoCloseable {
  private final WalArchive archive;
  private final int parallel;
  private final Optional<Marks> marks;
  private final ExecutorService workers;
  private final Map<Path, Ahead> ahead = new ConcurrentHashMap<>();

  /// A file that was sent before it was asked for. One of the same name that is not the same file
  /// was sent for nothing.
  private record Ahead(String stamp, Future<WalArchive.Archived> result) {
    boolean is(String other) {
      return stamp.equals(other);
    }
  }

  /// Runs ahead in memory only.
  ///
  /// @param parallel files that are sent at the same time; 1 for no running ahead
  public WalArchiver(WalArchive archive, int parallel) {
    this(archive, parallel, Optional.empty());
  }

  /// Runs ahead, and leaves notes for other processes.
  ///
  /// @param notes a folder of their own
  public WalArchiver(WalArchive archive, int parallel, Path notes) {
    this(archive, parallel, Optional.of(new Marks(notes.resolve(digest(archive.place())))));
  }

  private WalArchiver(WalArchive archive, int parallel, Optional<Marks> marks) {
    if (parallel < 1) {
      throw new Problem(
              Code.BAD_USE,
              "files in parallel: " + parallel,
              "is less than one",
              "give 1 to archive one after the other")
          .asException();
    }
    this.archive = archive;
    this.parallel = parallel;
    this.marks = marks;
    this.workers =
        Executors.newFixedThreadPool(
            parallel, Thread.ofPlatform().name("wal-archive-", 0).daemon().factory());
  }

  /// A name for a folder out of any text.
  static String digest(String text) {
    try {
      var sum = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum, 0, 8);
    } catch (NoSuchAlgorithmException cause) {
      throw new IllegalStateException(cause);
    }
  }

  /// Stores a file; when this returns, it is in the archive.
  ///
  /// @throws ProblemException as [WalArchive#put] does, about this file only
  public WalArchive.Archived archive(Path path) {
    var file = path.toAbsolutePath();
    var stamp = Marks.stamp(file);
    var running = Optional.ofNullable(ahead.remove(file)).filter(early -> early.is(stamp));
    if (isNoted(file, stamp) && running.isEmpty()) {
      var answer = stored(file);
      runAhead(file);
      return answer;
    }
    var own = running.map(Ahead::result).orElseGet(() -> workers.submit(() -> archive.put(file)));
    runAhead(file);
    try {
      return result(own);
    } catch (ProblemException failed) {
      if (running.isEmpty()) {
        throw failed;
      }
      // It failed before PostgreSQL asked: that is no answer to this question.
      return result(workers.submit(() -> archive.put(file)));
    }
  }

  private boolean isNoted(Path file, String stamp) {
    return marks.filter(notes -> notes.take(file, stamp)).isPresent();
  }

  private static WalArchive.Archived stored(Path file) {
    try {
      var name = WalName.parse(Objects.requireNonNull(file.getFileName()).toString());
      return new WalArchive.Archived(name, true, Files.size(file), 0);
    } catch (IOException cause) {
      throw SourceFile.unreadable(file, cause);
    }
  }

  private static WalArchive.Archived result(Future<WalArchive.Archived> future) {
    try {
      return future.get();
    } catch (ExecutionException cause) {
      if (cause.getCause() instanceof ProblemException problem) {
        throw problem;
      }
      throw new IllegalStateException(cause.getCause());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw WalArchive.interrupted("archiving");
    }
  }

  /// Sends as many of the next files as there are hands, and remembers no more than twice that.
  private synchronized void runAhead(Path asked) {
    if (parallel == 1 || workers.isShutdown()) {
      return;
    }
    var ready = ready(asked);
    ahead.keySet().retainAll(ready);
    marks.ifPresent(notes -> notes.retain(ready));
    for (var file : ready) {
      if (ahead.size() >= 2 * parallel) {
        return;
      }
      if (!file.equals(asked) && !ahead.containsKey(file)) {
        begin(file);
      }
    }
  }

  private void begin(Path file) {
    try {
      var stamp = Marks.stamp(file);
      var result =
          workers.submit(() -> {
            var archived = archive.put(file);
            marks.ifPresent(notes -> notes.add(file, stamp));
            return archived;
          });
      ahead.put(file, new Ahead(stamp, result));
    } catch (ProblemException _) {
      // It is gone, or cannot be read now. PostgreSQL will ask for it, and be told.
    }
  }

  /// The files that are marked ready, in the order in which PostgreSQL asks: history files first,
  /// then by name, which is by age.
  private static List<Path> ready(Path asked) {
    var folder = Objects.requireNonNull(asked.getParent());
    try (Stream<Path> marks = Files.list(folder.resolve("archive_status"))) {
      return marks
          .map(mark -> Objects.requireNonNull(mark.getFileName()).toString())
          .filter(mark -> mark.endsWith(".ready"))
          .map(mark -> mark.substring(0, mark.length() - ".ready".length()))
          .flatMap(name -> WalName.find(name).stream())
          .sorted(
              Comparator.<WalName, Boolean>comparing(name -> !(name instanceof WalName.History))
                  .thenComparing(WalName::text))
          .map(name -> folder.resolve(name.text()))
          .toList();
    } catch (NoSuchFileException | NotDirectoryException _) {
      return List.of();
    } catch (IOException | java.io.UncheckedIOException _) {
      // Running ahead is a favour; without the folder there is none.
      return List.of();
    }
  }

  /// Waits for what is under way, and stops.
  @Override
  public void close() {
    workers.shutdown();
    try {
      while (!workers.awaitTermination(1, TimeUnit.HOURS)) {
        // Each file ends, one way or the other, by the limits of its store.
      }
    } catch (InterruptedException _) {
      workers.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
