package io.cooper.backup.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.xxhash.XXHashFactory;

/// One LZ4 frame of independent blocks of 64 KiB, with the size of its content and without
/// checksums (LZ4 frame format 1.6.4).
final class Lz4Runs implements Runs.Compression {
  private static final int MAGIC = 0x184D2204;
  private static final byte VERSION_1_INDEPENDENT_SIZED = 0x40 | 0x20 | 0x08;
  private static final byte BLOCKS_OF_64_KIB = 4 << 4;
  private static final int BLOCK = 64 << 10;
  private static final int AS_IT_IS = 1 << 31;

  private final LZ4Compressor compressor;
  private final long size;

  /// @param size of what will be written, in bytes
  Lz4Runs(LZ4Compressor compressor, long size) {
    this.compressor = compressor;
    this.size = size;
  }

  @Override
  public void begin(OutputStream next) throws IOException {
    var descriptor =
        ByteBuffer.allocate(10)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(VERSION_1_INDEPENDENT_SIZED)
            .put(BLOCKS_OF_64_KIB)
            .putLong(size)
            .array();
    var hash = XXHashFactory.fastestInstance().hash32().hash(descriptor, 0, descriptor.length, 0);
    next.write(
        ByteBuffer.allocate(Integer.BYTES + descriptor.length + 1)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(MAGIC)
            .put(descriptor)
            .put((byte) (hash >>> Byte.SIZE))
            .array());
  }

  @Override
  public void see(byte[] bytes, int length) {
    // No checksum of the whole.
  }

  @Override
  public void compress(Runs.Run run, boolean last) {
    var buffer = new byte[compressor.maxCompressedLength(BLOCK)];
    for (var at = 0; at < run.length; at += BLOCK) {
      var length = Math.min(BLOCK, run.length - at);
      var count = compressor.compress(run.bytes, at, length, buffer, 0);
      if (count < length) {
        run.result.addLittleEndian(count);
        run.result.add(buffer, count);
      } else {
        run.result.addLittleEndian(length | AS_IT_IS);
        run.result.write(run.bytes, at, length);
      }
    }
  }

  @Override
  public void end(OutputStream next) throws IOException {
    next.write(new byte[Integer.BYTES]);
  }
}
