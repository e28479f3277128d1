package io.cooper.backup.base;

import io.cooper.backup.format.Lsn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.regex.Pattern;

/// The checksums of PostgreSQL's pages (`storage/checksum_impl.h`, the same from 9.3 on): 32 sums
/// side by side, FNV-1a with one more shift, folded to 16 bits together with the block's number.
///
/// For one thread at a time.
public final class Pages {
  private static final int SUMS = 32;
  private static final int TOGETHER = 4;
  private static final int PRIME = 16777619;
  private static final int[] SEEDS = {
    0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2, 0x83E13D2C,
    0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C, 0xF718902A, 0x0B1C9CDB,
    0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979, 0xCCA6C0B2, 0x304A0979, 0x85AA43D4,
    0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E, 0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756,
  };

  /// Where a page holds its checksum, and where the offset of its free space.
  private static final int CHECKSUM_AT = 8;

  private static final int UPPER_AT = 14;

  private static final Pattern RELATION_FILE =
      Pattern.compile("\\d+(?:_(?:vm|fsm|init))?(?:\\.(?<segment>\\d+))?");

  private final int blockSize;
  private final int blocksPerSegment;
  private final Lsn start;
  private final int[] words;

  /// @param blockSize bytes of a page
  /// @param blocksPerSegment how many blocks a file of a relation has before the next begins
  /// @param start pages that were changed after it are restored from WAL, and may be torn
  public Pages(int blockSize, int blocksPerSegment, Lsn start) {
    this.blockSize = blockSize;
    this.blocksPerSegment = blocksPerSegment;
    this.start = start;
    this.words = new int[blockSize / Integer.BYTES];
  }

  /// Bytes of a page.
  public int blockSize() {
    return blockSize;
  }

  /// The number of the first block of a file in its relation; empty if it consists of no pages.
  ///
  /// @param path relative to the data directory or to a tablespace
  public Optional<Long> firstBlock(String path) {
    var name = RELATION_FILE.matcher(path.substring(path.lastIndexOf('/') + 1));
    if (!isOfRelations(path) || !name.matches()) {
      return Optional.empty();
    }
    var segment = Optional.ofNullable(name.group("segment")).map(Long::parseLong).orElse(0L);
    return Optional.of(segment * blocksPerSegment);
  }

  private static boolean isOfRelations(String path) {
    return path.startsWith("base/") || path.startsWith("global/") || path.startsWith("PG_");
  }

  /// Whether a page can be as PostgreSQL left it: it is empty, was changed after the begin of the
  /// backup, or its checksum is right.
  ///
  /// @param from in the byte order of this machine
  /// @param at where the page begins
  public boolean isSound(ByteBuffer from, int at, long block) {
    if (from.getShort(at + UPPER_AT) == 0) {
      return true;
    }
    long changed =
        ((from.getInt(at) & 0xFFFF_FFFFL) << 32) | (from.getInt(at + Integer.BYTES) & 0xFFFF_FFFFL);
    return Long.compareUnsigned(changed, start.bytes()) >= 0
        || checksum(from, at, block) == (from.getShort(at + CHECKSUM_AT) & 0xFFFF);
  }

  /// The checksum of a page of PostgreSQL.
  ///
  /// @param from in the byte order of this machine
  /// @param at where the page begins, a multiple of 4
  /// @param block its number in its relation
  public int checksum(ByteBuffer from, int at, long block) {
    from.asIntBuffer().get(at / Integer.BYTES, words);
    var keptWord = CHECKSUM_AT / Integer.BYTES;
    words[keptWord] &= from.order() == ByteOrder.LITTLE_ENDIAN ? 0xFFFF_0000 : 0x0000_FFFF;
    int folded = 0;
    // Four sums at a time keep the processor's multiplier busy; more need more registers than a
    // compiler has.
    for (int column = 0; column < SUMS; column += TOGETHER) {
      int first = SEEDS[column];
      int second = SEEDS[column + 1];
      int third = SEEDS[column + 2];
      int fourth = SEEDS[column + 3];
      for (int row = column; row < words.length; row += SUMS) {
        first = mixed(first, words[row]);
        second = mixed(second, words[row + 1]);
        third = mixed(third, words[row + 2]);
        fourth = mixed(fourth, words[row + 3]);
      }
      folded ^= ended(first) ^ ended(second) ^ ended(third) ^ ended(fourth);
    }
    return Integer.remainderUnsigned(folded ^ (int) block, 65535) + 1;
  }

  private static int mixed(int sum, int word) {
    int both = sum ^ word;
    return both * PRIME ^ both >>> 17;
  }

  /// Two rounds of zeros, so that the last row is mixed as well.
  private static int ended(int sum) {
    return mixed(mixed(sum, 0), 0);
  }
}
