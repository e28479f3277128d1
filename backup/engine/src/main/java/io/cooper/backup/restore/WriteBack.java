package io.cooper.backup.restore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Brings what is written below some folders to the disk: a little all the time, so that the disk
/// works while files still come, and the rest at the end. Forcing each file by itself is left to
/// systems that know no better: an empty database has a thousand files, and each is a transaction
/// of the file system.
final class WriteBack implements AutoCloseable {
  private static final Duration BETWEEN = Duration.ofMillis(500);

  /// A file system that can bring everything to its disk in one call.
  interface FileSystem extends AutoCloseable {
    /// Returns when everything is on the disk that was written before.
    ///
    /// @throws IOException if something could not be written, now or since the last time
    void sync() throws IOException;

    @Override
    void close();
  }

  private final Map<Path, Optional<FileSystem>> folders = new LinkedHashMap<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
  private final Thread thread;

  /// @param systems gives the file system of a folder, if it can do so much
  WriteBack(List<Path> folders, Function<Path, Optional<FileSystem>> systems) {
    folders.forEach(folder -> this.folders.put(folder, systems.apply(folder)));
    this.thread = Thread.ofPlatform().daemon().name("write-back").start(this::nowAndThen);
  }

  /// Begins to write back what is written below folders that are there.
  static WriteBack below(List<Path> folders) {
    return new WriteBack(folders, LinuxFileSystem::of);
  }

  private void nowAndThen() {
    try {
      while (!stop.await(BETWEEN.toMillis(), TimeUnit.MILLISECONDS)) {
        for (var system : folders.values()) {
          if (system.isPresent()) {
            system.get().sync();
          }
        }
      }
    } catch (IOException broken) {
      failure.set(broken);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Returns when everything is on the disk that was written before.
  ///
  /// @throws IOException if something could not be written, at any time
  void complete() throws IOException {
    end();
    for (var folder : folders.entrySet()) {
      if (folder.getValue().isPresent()) {
        folder.getValue().get().sync();
      } else {
        forceAll(folder.getKey());
      }
    }
    var broken = failure.get();
    if (broken != null) {
      throw broken;
    }
  }

  private void end() {
    stop.countDown();
    var interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forceAll(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()) {
              force(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException cause)
              throws IOException {
            force(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /// Brings one file or folder to the disk.
  static void force(Path path) throws IOException {
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void close() {
    end();
    folders.values().forEach(system -> system.ifPresent(FileSystem::close));
  }
}
