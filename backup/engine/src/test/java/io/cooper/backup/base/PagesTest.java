package io.cooper.backup.base;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.backup.format.Lsn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {
  private static final int BLOCK = 8192;
  private final Pages pages = new Pages(BLOCK, 131_072, Lsn.parse("0/5000000"));

  /// A page with all its bytes at random, last changed before the backup, and its checksum.
  private byte[] page(long seed, long block) {
    var bytes = new byte[BLOCK];
    new Random(seed).nextBytes(bytes);
    var page = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    page.putInt(0, 0).putInt(4, 0x4000000).putShort(14, (short) 512);
    page.putShort(8, (short) pages.checksum(page, 0, block));
    return bytes;
  }

  private static ByteBuffer inOrder(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 70_000, 131_071, 4_294_967_294L})
  void a_page_as_it_was_written_is_sound(long block) {
    assertThat(pages.isSound(inOrder(page(block, block)), 0, block)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void a_page_with_one_bit_changed_is_not_sound(long seed) {
    var bytes = page(seed, 7);
    int bit = new Random(seed).nextInt(16 * 8, BLOCK * 8);
    bytes[bit / 8] ^= (byte) (1 << bit % 8);

    assertThat(pages.isSound(inOrder(bytes), 0, 7)).isFalse();
  }

  @Test
  void a_page_in_the_place_of_another_is_not_sound() {
    assertThat(pages.isSound(inOrder(page(1, 7)), 0, 8)).isFalse();
  }

  @Test
  void an_empty_page_is_sound() {
    assertThat(pages.isSound(inOrder(new byte[BLOCK]), 0, 3)).isTrue();
  }

  @Test
  void a_page_that_was_changed_since_the_backup_began_is_not_judged() {
    var bytes = page(1, 7);
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).putInt(4, 0x5000000);

    assertThat(pages.isSound(inOrder(bytes), 0, 7)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "base/5/16384, 0",
    "base/5/16384.3, 393216",
    "base/5/16384_fsm.1, 131072",
    "global/1262, 0",
    "PG_18_202506291/5/16385_vm, 0",
    "base/5/PG_VERSION, -1",
    "base/5/pg_filenode.map, -1",
    "global/pg_control, -1",
    "pg_xact/0000, -1",
    "1234, -1",
  })
  void only_files_of_relations_have_pages(String path, long first) {
    assertThat(pages.firstBlock(path)).isEqualTo(Optional.of(first).filter(block -> block >= 0));
  }
}
