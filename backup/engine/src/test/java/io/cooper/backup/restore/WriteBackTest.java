package io.cooper.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class WriteBackTest {
  /// Counts how often it is asked; the first time it fails.
  private static final class Failing implements WriteBack.FileSystem {
    private final CountDownLatch failed = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean closed;

    @Override
    public void sync() throws IOException {
      if (asked.getAndIncrement() == 0) {
        failed.countDown();
        throw new IOException("the disk is full");
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /// The kernel tells an error once.
  @Test
  void an_error_of_the_disk_while_files_come_is_told_at_the_end(@TempDir Path folder)
      throws InterruptedException {
    var disk = new Failing();
    try (var writeBack = new WriteBack(List.of(folder), _ -> Optional.of(disk))) {
      assertThat(disk.failed.await(1, TimeUnit.MINUTES)).isTrue();
      assertThatThrownBy(writeBack::complete)
          .isInstanceOf(IOException.class)
          .hasMessage("the disk is full");
    }
    assertThat(disk.closed).isTrue();
    assertThat(disk.asked).hasValueGreaterThan(1);
  }

  @Test
  void where_a_system_has_no_such_call_each_file_is_forced(@TempDir Path folder)
      throws IOException {
    var missing = folder.resolve("missing");
    try (var writeBack = new WriteBack(List.of(folder, missing), _ -> Optional.empty())) {
      assertThatThrownBy(writeBack::complete).isInstanceOf(NoSuchFileException.class);
      Files.createDirectory(missing);
      Files.writeString(missing.resolve("file"), "bytes");
      assertThatCode(writeBack::complete).doesNotThrowAnyException();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void linux_brings_a_file_system_to_its_disk(@TempDir Path folder) throws IOException {
    assertThat(LinuxFileSystem.of(folder.resolve("missing"))).isEmpty();
    Files.writeString(folder.resolve("file"), "bytes");
    try (var system = LinuxFileSystem.of(folder).orElseThrow()) {
      system.sync();
      Files.writeString(folder.resolve("file"), "others");
      system.sync();
    }
  }
}
