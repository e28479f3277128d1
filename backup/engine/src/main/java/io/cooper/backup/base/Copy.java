package io.cooper.backup.base;

import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/// Shares the sources out among workers: first one worker for each, the largest first; who is done
/// helps where most is left for each. Every worker writes one archive at a time.
///
/// Afterwards the last part of the data directory is still open, for what must come at the end.
final class Copy implements AutoCloseable {
  /// What is worth an archive of its own.
  private static final long WORTH_HELPING = 64L << 20;

  /// Files that grow meanwhile.
  private static final long MARGIN = 1L << 30;

  /// A frame of what cannot be compressed is longer than that by less than this part of it.
  private static final int INCOMPRESSIBLE = 64;

  /// The headers of a tar and the filling of its last block.
  private static final int AROUND_A_FILE = 4 << 10;

  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private final List<Source> sources;
  private final ObjectStore store;
  private final BackupSettings settings;
  private final BiFunction<Source, Integer, String> keys;
  private final Supplier<Optional<Pages>> pages;
  private final Tally tally;
  private final List<Inventory.Archive> finished = new ArrayList<>();
  private Optional<DataArchive> last = Optional.empty();

  /// @param keys where a part of a source goes
  /// @param pages gives each archive a check of its own, if the cluster has checksums
  Copy(
      List<Source> sources,
      ObjectStore store,
      BackupSettings settings,
      BiFunction<Source, Integer, String> keys,
      Supplier<Optional<Pages>> pages,
      Tally tally) {
    this.sources = List.copyOf(sources);
    this.store = store;
    this.settings = settings;
    this.keys = keys;
    this.pages = pages;
    this.tally = tally;
  }

  /// The work of one thread; as many as there are jobs run it, and each ends when nothing is left
  /// that is worth its help.
  Callable<Void> worker() {
    return () -> {
      for (var chosen = choose(); chosen.isPresent(); chosen = choose()) {
        archive(chosen.get());
      }
      return null;
    };
  }

  /// A source and whether nobody else has begun it.
  private record Chosen(Source source, boolean first) {}

  private synchronized Optional<Chosen> choose() {
    var untouched =
        sources.stream().filter(Source::isUntouched).max(Comparator.comparingLong(Source::size));
    if (untouched.isPresent()) {
      untouched.get().begin();
      return Optional.of(new Chosen(untouched.get(), true));
    }
    var largest =
        sources.stream()
            .filter(source -> source.share() >= WORTH_HELPING)
            .max(Comparator.comparingLong(Source::share));
    largest.ifPresent(Source::join);
    return largest.map(source -> new Chosen(source, false));
  }

  private void archive(Chosen chosen) throws IOException {
    var source = chosen.source;
    try (var archives = new Archives(source)) {
      if (chosen.first) {
        archives.next(0);
        for (var folder : source.folders()) {
          archives.current().add(folder, source.nameOf(folder));
        }
      }
      var taken = source.take(archives.needsNext());
      while (taken.isPresent()) {
        taken.get().newPart().ifPresent(archives::next);
        archives.add(taken.get().file());
        taken = source.take(archives.needsNext());
      }
      archives.end();
    } catch (UncheckedIOException failed) {
      throw failed.getCause();
    } finally {
      source.leave();
    }
  }

  /// The archives that one worker makes of a source, one after another.
  private final class Archives implements AutoCloseable {
    private final Source source;
    private Optional<DataArchive> current = Optional.empty();

    Archives(Source source) {
      this.source = source;
    }

    DataArchive current() {
      return current.orElseThrow();
    }

    boolean needsNext() {
      return current.isEmpty() || current().size() > settings.largestArchive();
    }

    void next(int part) {
      try {
        finish();
        current =
            Optional.of(
                DataArchive.begin(
                    store,
                    keys.apply(source, part),
                    part,
                    Intent.onlyNew().ofAtMost(atMost()).tagged(settings.tags()),
                    settings.codec(),
                    compressors(),
                    pages.get(),
                    tally));
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }

    /// What is stored may be a little more than the files are; a file is never split, so the last
    /// one may go over the limit. The store's memory depends on it.
    private long atMost() {
      var all = source.size() + source.size() / INCOMPRESSIBLE + source.files() * AROUND_A_FILE;
      return Math.min(all, settings.largestArchive() + source.largestFile()) + MARGIN;
    }

    void add(FoundFile found) throws IOException {
      if (Thread.interrupted()) {
        throw new InterruptedIOException("the backup was cancelled");
      }
      if (found.kind() == FoundFile.Kind.FILE) {
        current().addFile(found, source.nameOf(found));
      } else {
        current().add(found, source.nameOf(found));
      }
    }

    void end() throws IOException {
      if (current.isPresent() && source.isData() && source.isLast(current().part())) {
        keep(current());
      } else {
        finish();
      }
      current = Optional.empty();
    }

    private void finish() throws IOException {
      if (current.isPresent()) {
        try (var done = current()) {
          note(done.finish());
        }
      }
      current = Optional.empty();
    }

    @Override
    public void close() {
      current.ifPresent(DataArchive::close);
    }
  }

  private int compressors() {
    return settings.jobs() >= CORES ? 0 : Math.ceilDiv(CORES, settings.jobs());
  }

  private synchronized void keep(DataArchive archive) {
    last = Optional.of(archive);
  }

  private synchronized void note(Inventory.Archive archive) {
    finished.add(archive);
  }

  /// The last part of the data directory, still open.
  synchronized DataArchive last() {
    return last.orElseThrow();
  }

  /// Ends the last part as well.
  ///
  /// @return all archives
  synchronized List<Inventory.Archive> finish() throws IOException {
    try (var archive = last()) {
      finished.add(archive.finish());
    }
    last = Optional.empty();
    return List.copyOf(finished);
  }

  /// The archives that are in the store already.
  synchronized List<String> keys() {
    return finished.stream().map(Inventory.Archive::key).toList();
  }

  @Override
  public synchronized void close() {
    last.ifPresent(DataArchive::close);
    sources.forEach(Source::close);
  }
}
