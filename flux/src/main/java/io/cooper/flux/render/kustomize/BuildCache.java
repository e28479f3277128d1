package io.cooper.flux.render.kustomize;

import io.cooper.flux.render.kustomize.FluxBuild.Built;
import io.cooper.flux.render.tool.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// Builds by what went into them, under a folder. An entry is written whole or not at all; one that
/// cannot be read counts as absent. Safe for several threads and processes.
public final class BuildCache {
  /// A build that is not in the cache.
  ///
  /// @param <E> what keeps it from ending well; then nothing is kept
  @FunctionalInterface
  public interface Job<E extends Exception> {
    /// Makes the build.
    List<Built> run() throws E;
  }

  private static final long LIMIT = 512L << 20;

  private final AtomicBoolean written = new AtomicBoolean();
  private final Optional<Path> folder;
  private final Optional<ConcurrentMap<String, List<Built>>> kept;

  private BuildCache(Optional<Path> folder, Optional<ConcurrentMap<String, List<Built>>> kept) {
    this.folder = folder;
    this.kept = kept;
  }

  /// A cache below a folder, which need not exist yet.
  public static BuildCache in(Path folder) {
    return new BuildCache(Optional.of(folder.resolve("builds")), Optional.empty());
  }

  /// No cache.
  public static BuildCache none() {
    return new BuildCache(Optional.empty(), Optional.empty());
  }

  /// The same cache, which also keeps in memory what it has given: two states of one repository
  /// have nearly all of it in common.
  public BuildCache keeping() {
    return new BuildCache(folder, Optional.of(new ConcurrentHashMap<>()));
  }

  /// A build by its key: an earlier one, or else a fresh one, which is kept.
  ///
  /// @param key names everything that decides the result, in hexadecimal digits
  public <E extends Exception> List<Built> get(String key, Job<E> job) throws E {
    var earlier = kept.map(builds -> builds.get(key));
    if (earlier.isPresent()) {
      return earlier.get();
    }
    var built = readOrMade(key, job);
    kept.ifPresent(builds -> builds.put(key, built));
    return built;
  }

  private <E extends Exception> List<Built> readOrMade(String key, Job<E> job) throws E {
    if (folder.isEmpty()) {
      return job.run();
    }
    var file = folder.get().resolve(key.substring(0, 2)).resolve(key);
    var known = read(file);
    if (known.isPresent()) {
      return known.get();
    }
    var fresh = job.run();
    write(file, fresh);
    return fresh;
  }

  private static Optional<List<Built>> read(Path file) {
    try {
      return Optional.of(BuildCodec.decode(Files.readAllBytes(file)));
    } catch (IOException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private void write(Path file, List<Built> objects) {
    try {
      written.set(true);
      Files.createDirectories(file.getParent());
      AtomicFile.write(file, BuildCodec.encode(objects));
    } catch (IOException _) {
      // A cache that cannot be written costs time, nothing else.
    }
  }

  /// Removes the oldest entries until what is left keeps to the limit, if anything was written.
  public void trim() {
    if (!written.get() || folder.isEmpty() || !Files.isDirectory(folder.get())) {
      return;
    }
    record Entry(Path file, long size, long time) {}
    var entries = new ArrayList<Entry>();
    try (var files = Files.walk(folder.get(), 2)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        entries.add(new Entry(file, Files.size(file), Files.getLastModifiedTime(file).toMillis()));
      }
      long total = entries.stream().mapToLong(Entry::size).sum();
      entries.sort(Comparator.comparingLong(Entry::time));
      for (var entry : entries) {
        if (total <= LIMIT) {
          break;
        }
        Files.deleteIfExists(entry.file());
        total -= entry.size();
      }
    } catch (IOException _) {
      // Another process trims at the same time; there will be a next run.
    }
  }
}
