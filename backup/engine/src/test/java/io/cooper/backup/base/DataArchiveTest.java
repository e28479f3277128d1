package io.cooper.backup.base;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.backup.format.Codec;
import io.cooper.store.Intent;
import io.cooper.store.MemoryStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that change while they are archived. That they do so at the right moment is the store's
/// doing, which gets their bytes.
class DataArchiveTest {
  private static final int SIZE = 1 << 20;

  @TempDir Path folder;

  private final MemoryStore store = new MemoryStore();
  private final Tally tally = new Tally();
  private final byte[] content = new byte[SIZE];

  private Path file() throws IOException {
    new Random(1).nextBytes(content);
    return Files.write(folder.resolve("file"), content);
  }

  private static FoundFile found(Path file) throws IOException {
    return FoundFile.at("file", file, LinkOption.NOFOLLOW_LINKS);
  }

  private Map<String, byte[]> archived(FoundFile file, BrokenStore.Happening meanwhile)
      throws IOException {
    try (var archive =
        DataArchive.begin(
            new BrokenStore(store, 1, meanwhile),
            "a.tar",
            0,
            Intent.replacing(),
            Codec.NONE,
            0,
            Optional.empty(),
            tally)) {
      archive.addFile(file, "file");
      archive.addBytes(file, "after", new byte[] {1});
      archive.finish();
    }
    var entries = new LinkedHashMap<String, byte[]>();
    try (var tar = new TarArchiveInputStream(store.open("a.tar"))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        entries.put(entry.getName(), tar.readAllBytes());
      }
    }
    return entries;
  }

  private static void resize(Path file, long size) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (size < channel.size()) {
        channel.truncate(size);
      } else {
        channel.write(java.nio.ByteBuffer.wrap(new byte[] {7}), size - 1);
      }
    }
  }

  @Test
  void a_file_that_shrinks_is_filled_with_zeros() throws Exception {
    var file = file();

    var entries = archived(found(file), () -> resize(file, SIZE / 2 + 1));

    assertThat(entries.get("file"))
        .hasSize(SIZE)
        .startsWith(java.util.Arrays.copyOf(content, SIZE / 2 + 1))
        .endsWith(new byte[SIZE / 2 - 1]);
    assertThat(entries.get("after")).containsExactly(1);
  }

  @Test
  void a_file_that_grows_is_cut() throws Exception {
    var file = file();

    var entries = archived(found(file), () -> resize(file, 2 * SIZE));

    assertThat(entries.get("file")).isEqualTo(content);
    assertThat(entries.get("after")).containsExactly(1);
  }

  @Test
  void a_file_that_vanished_is_passed_over() throws Exception {
    var file = file();
    var found = found(file);
    Files.delete(file);

    var entries = archived(found, () -> {});

    assertThat(entries).containsOnlyKeys("after");
    assertThat(tally.inventory("1", java.util.List.of()).vanished()).isEqualTo(1);
  }
}
