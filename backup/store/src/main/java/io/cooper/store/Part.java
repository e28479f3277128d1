package io.cooper.store;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// A run of bytes of a new object that is sent in one request. It can be read again and again until
/// it is stored. Held in memory, it takes as much of it as it has bytes; of a [Source], none.
public final class Part {
  private final Optional<Source> source;
  private final long from;
  private final List<byte[]> blocks = new ArrayList<>();
  private final AtomicReference<@Nullable IOException> unreadable = new AtomicReference<>();
  private int size;

  /// Nothing yet, in memory.
  Part() {
    this.source = Optional.empty();
    this.from = 0;
  }

  /// A run of a source.
  Part(Source source, long from, int size) {
    this.source = Optional.of(source);
    this.from = from;
    this.size = size;
  }

  /// In bytes.
  public int size() {
    return size;
  }

  /// The bytes, from the first one; exactly so many.
  ///
  /// @throws UncheckedIOException if the source cannot be read, also while it is
  public InputStream open() {
    return source.map(this::read).orElseGet(this::held);
  }

  /// The CRC-32 of the bytes.
  ///
  /// @throws UncheckedIOException if the source cannot be read
  public int crc32() {
    var sum = new CRC32();
    if (source.isEmpty()) {
      for (int at = 0; at < size; at += Blocks.SIZE) {
        sum.update(blocks.get(at / Blocks.SIZE), 0, Math.min(Blocks.SIZE, size - at));
      }
      return (int) sum.getValue();
    }
    try (var in = open()) {
      var buffer = new byte[Blocks.SIZE];
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        sum.update(buffer, 0, got);
      }
      return (int) sum.getValue();
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  private InputStream read(Source of) {
    unreadable.set(null);
    try {
      return new Run(of.open(from), size);
    } catch (IOException cause) {
      unreadable.set(cause);
      throw new UncheckedIOException(cause);
    }
  }

  /// Where the bytes are read from; empty if they are held.
  Optional<Source> source() {
    return source;
  }

  /// Why the source could not be read the last time; empty if it could.
  Optional<IOException> unreadable() {
    return Optional.ofNullable(unreadable.get());
  }

  private InputStream held() {
    var streams = new ArrayList<InputStream>();
    for (int at = 0; at < size; at += Blocks.SIZE) {
      streams.add(
          new ByteArrayInputStream(
              blocks.get(at / Blocks.SIZE), 0, Math.min(Blocks.SIZE, size - at)));
    }
    return switch (streams.size()) {
      case 0 -> InputStream.nullInputStream();
      case 1 -> streams.getFirst();
      default -> new SequenceInputStream(Collections.enumeration(streams));
    };
  }

  /// Takes bytes up to a size of the whole.
  int take(byte[] bytes, int offset, int length, int upTo, Blocks memory) {
    int taken = Math.min(length, upTo - size);
    for (int left = taken; left > 0; ) {
      if (size % Blocks.SIZE == 0) {
        blocks.add(memory.take());
      }
      int count = Math.min(left, Blocks.SIZE - size % Blocks.SIZE);
      System.arraycopy(bytes, offset + taken - left, blocks.getLast(), size % Blocks.SIZE, count);
      size += count;
      left -= count;
    }
    return taken;
  }

  /// Gives its memory back; a part that was held is empty afterwards.
  void release(Blocks memory) {
    if (source.isEmpty()) {
      memory.give(blocks);
      blocks.clear();
      size = 0;
    }
  }

  /// So many bytes of a stream. One that ends earlier fails: its file was cut meanwhile.
  private final class Run extends FilterInputStream {
    private int left;

    Run(InputStream in, int length) {
      super(in);
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      if (left == 0) {
        return length == 0 ? 0 : -1;
      }
      try {
        int count = super.read(into, offset, Math.min(length, left));
        if (count < 0) {
          throw new EOFException("it became %d bytes shorter while it was read".formatted(left));
        }
        left -= count;
        return count;
      } catch (IOException cause) {
        unreadable.set(cause);
        throw cause;
      }
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = super.skip(Math.min(count, left));
      left -= (int) skipped;
      return skipped;
    }

    @Override
    public int available() throws IOException {
      return Math.min(left, super.available());
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
