package io.cooper.backup.drill;

import io.cooper.backup.base.ControlFile;
import io.cooper.backup.base.Crew;
import io.cooper.backup.base.Pages;
import io.cooper.backup.format.Lsn;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/// Compares the checksums of all pages of a server that was stopped in order. Free space maps are
/// left out: PostgreSQL writes none of them to the WAL, and replaces pages of them that are wrong.
final class PageSweep {
  private static final int BUFFER = 256 << 10;
  private static final int MOST_TOLD = 20;

  /// Behind all WAL there can be: every page is judged.
  private static final Lsn NEVER = new Lsn(-1);

  private final ControlFile control;
  private final ConcurrentLinkedQueue<Found> files = new ConcurrentLinkedQueue<>();
  private final List<Problem> problems = Collections.synchronizedList(new ArrayList<>());
  private final LongAdder pages = new LongAdder();

  private PageSweep(ControlFile control) {
    this.control = control;
  }

  /// What was swept.
  record Swept(long pages, List<Problem> problems) {}

  /// A file of a relation.
  ///
  /// @param name relative to the data directory or its tablespace
  private record Found(Path path, String name) {}

  /// Reads all pages; empty if the cluster has no checksums.
  static Optional<Swept> of(Path data, List<Path> tablespaces, int jobs)
      throws IOException, InterruptedException {
    var path = data.resolve(ControlFile.PATH);
    var control = ControlFile.parse(path.toString(), Files.readAllBytes(path));
    if (control.filter(ControlFile::checksums).isEmpty()) {
      return Optional.empty();
    }
    var sweep = new PageSweep(control.get());
    sweep.find(data, data.resolve("base"));
    sweep.find(data, data.resolve("global"));
    for (var tablespace : tablespaces) {
      sweep.find(tablespace, tablespace);
    }
    Crew.run(jobs, Collections.nCopies(jobs, sweep.worker()), () -> {});
    return Optional.of(new Swept(sweep.pages.sum(), List.copyOf(sweep.problems)));
  }

  private void find(Path root, Path below) throws IOException {
    try (var all = Files.walk(below)) {
      all.filter(Files::isRegularFile)
          .map(path -> new Found(path, root.relativize(path).toString()))
          .filter(found -> !found.name().contains("_fsm"))
          .forEach(files::add);
    } catch (UncheckedIOException cause) {
      throw cause.getCause();
    }
  }

  private Callable<Void> worker() {
    return () -> {
      var known = new Pages(control.blockSize(), control.blocksPerFile(), NEVER);
      var buffer = new byte[BUFFER];
      for (var next = Optional.ofNullable(files.poll());
          next.isPresent() && !Thread.currentThread().isInterrupted();
          next = Optional.ofNullable(files.poll())) {
        var first = known.firstBlock(next.get().name());
        if (first.isPresent()) {
          read(known, next.get(), first.get(), buffer);
        }
      }
      return null;
    };
  }

  private void read(Pages known, Found file, long firstBlock, byte[] buffer) throws IOException {
    long block = 0;
    long wrong = 0;
    long first = 0;
    var view = ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder());
    try (var channel = FileChannel.open(file.path())) {
      for (int got = filled(channel, buffer); got > 0; got = filled(channel, buffer)) {
        for (int at = 0; at + known.blockSize() <= got; at += known.blockSize()) {
          if (!known.isSound(view, at, firstBlock + block)) {
            first = wrong == 0 ? block : first;
            wrong++;
          }
          block++;
        }
      }
    }
    pages.add(block);
    if (wrong > 0 && problems.size() < MOST_TOLD) {
      problems.add(
          new Problem(
              Code.CHECK_FAILED,
              "the restored databases, file " + file.name(),
              "%d pages have a wrong checksum, the first is block %d".formatted(wrong, first),
              "compare with the database itself: if it has the same, its disk lost them; if not, restore another backup"));
    }
  }

  private static int filled(FileChannel channel, byte[] buffer) throws IOException {
    var into = ByteBuffer.wrap(buffer);
    while (into.hasRemaining() && channel.read(into) >= 0) {
      // Until there is enough, or no more.
    }
    return into.position();
  }
}
