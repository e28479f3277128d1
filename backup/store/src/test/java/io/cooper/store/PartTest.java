package io.cooper.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, Blocks.SIZE, Blocks.SIZE + 1, 3 * Blocks.SIZE - 1})
  void the_checksum_is_that_of_the_bytes_whether_they_are_held_or_read(
      int size, @TempDir Path folder) throws IOException {
    var bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    var expected = new CRC32();
    expected.update(bytes);

    var held = new Part();
    held.take(bytes, 0, size, size, new Blocks(0));
    assertThat(held.crc32()).isEqualTo((int) expected.getValue());

    var file = Files.write(folder.resolve("file"), bytes);
    var read = new Part(Source.of(file, size), 0, size);
    assertThat(read.crc32()).isEqualTo((int) expected.getValue());
  }

  @Test
  void blocks_are_kept_while_somebody_writes_and_given_up_afterwards() {
    var memory = new Blocks(Blocks.SIZE);
    memory.begin();
    var part = new Part();
    part.take(new byte[3 * Blocks.SIZE], 0, 3 * Blocks.SIZE, 3 * Blocks.SIZE, memory);
    part.release(memory);
    assertThat(memory.idle()).isEqualTo(3);
    memory.end();
    assertThat(memory.idle()).isEqualTo(1);
  }
}
