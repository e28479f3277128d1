package io.cooper.backup.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/// One gzip member whose blocks were deflated apart: each run knows the 32 KiB before it, and ends
/// on a whole byte (RFC 1951 3.2.4, RFC 1952).
final class GzipRuns implements Runs.Compression {
  private static final byte[] HEAD = {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, -1};
  private static final int TAIL = 8;

  private final int level;
  private final CRC32 sum = new CRC32();
  private long length;

  GzipRuns(int level) {
    this.level = level;
  }

  @Override
  public void begin(OutputStream next) throws IOException {
    next.write(HEAD);
  }

  @Override
  public void see(byte[] bytes, int count) {
    sum.update(bytes, 0, count);
    length += count;
  }

  @Override
  public void compress(Runs.Run run, boolean last) {
    var deflater = new Deflater(level, true);
    try {
      deflater.setDictionary(Runs.before(run));
      deflater.setInput(run.bytes, 0, run.length);
      if (last) {
        deflater.finish();
      }
      var buffer = new byte[16 << 10];
      for (int count; (count = deflate(deflater, buffer)) > 0; ) {
        run.result.add(buffer, count);
      }
    } finally {
      deflater.end();
    }
  }

  private static int deflate(Deflater deflater, byte[] into) {
    return deflater.deflate(into, 0, into.length, Deflater.SYNC_FLUSH);
  }

  @Override
  public void end(OutputStream next) throws IOException {
    next.write(
        ByteBuffer.allocate(TAIL)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt((int) sum.getValue())
            .putInt((int) length)
            .array());
  }
}
