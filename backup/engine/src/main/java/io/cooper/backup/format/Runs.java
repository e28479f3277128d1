package io.cooper.backup.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Compresses with several threads: what is written is cut into runs, each is compressed by itself,
/// and they go on in their order. Takes a run and its result for each thread and one more, whatever
/// the length of the whole.
final class Runs extends OutputStream {
  /// In bytes, of all runs but the last.
  static final int LENGTH = 256 << 10;

  /// How far a compression looks back at most.
  private static final int BEFORE = 32 << 10;

  /// As many as there are processors, for all streams together. They go away when nobody
  /// compresses.
  private static final ThreadPoolExecutor THREADS = threads();

  private final OutputStream next;
  private final Compression compression;
  private final int atOnce;
  private final ArrayDeque<Under> underWay = new ArrayDeque<>();
  private final ArrayDeque<Run> idle = new ArrayDeque<>();
  private Run current = new Run();

  /// Whether all was passed on, or could not be.
  private boolean ended;

  /// A format whose runs can be compressed apart. Called by several threads.
  interface Compression {
    /// What comes before the first run.
    void begin(OutputStream next) throws IOException;

    /// Compresses a run.
    void compress(Run run, boolean last);

    /// Sees the runs in their order, before they are compressed.
    void see(byte[] bytes, int length);

    /// What comes after the last run.
    void end(OutputStream next) throws IOException;
  }

  /// Some bytes, those before them, and what became of them.
  static final class Run {
    final byte[] bytes = new byte[LENGTH];
    final byte[] before = new byte[BEFORE];
    final Result result = new Result();
    int length;
    int lengthBefore;
  }

  /// Bytes that are used again.
  static final class Result extends ByteArrayOutputStream {
    Result() {
      super(LENGTH / 2);
    }

    /// Takes the first bytes of an array.
    void add(byte[] from, int length) {
      write(from, 0, length);
    }

    /// In the byte order of LZ4.
    void addLittleEndian(int number) {
      for (var shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        write(number >>> shift);
      }
    }
  }

  private record Under(Run run, Future<Run> done) {}

  /// @param atOnce runs that are compressed at the same time
  Runs(OutputStream next, Compression compression, int atOnce) throws IOException {
    this.next = next;
    this.compression = compression;
    this.atOnce = atOnce;
    compression.begin(next);
  }

  private static ThreadPoolExecutor threads() {
    var count = Runtime.getRuntime().availableProcessors();
    var threads =
        new ThreadPoolExecutor(
            count,
            count,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("compress-", 0).daemon().factory());
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    for (var at = offset; at < offset + length; ) {
      if (current.length == LENGTH) {
        begin(false);
      }
      var count = Math.min(offset + length - at, LENGTH - current.length);
      System.arraycopy(from, at, current.bytes, current.length, count);
      current.length += count;
      at += count;
    }
  }

  /// Hands the run that is full to another thread, and goes on with an empty one.
  private void begin(boolean last) throws IOException {
    var run = current;
    compression.see(run.bytes, run.length);
    Callable<Run> work =
        () -> {
          compression.compress(run, last);
          return run;
        };
    var task = new FutureTask<>(work);
    underWay.add(new Under(run, task));
    THREADS.execute(task);
    if (last) {
      return;
    }
    if (underWay.size() > atOnce) {
      passOn();
    }
    current = idle.isEmpty() ? new Run() : idle.remove();
    current.length = 0;
    current.lengthBefore = Math.min(BEFORE, run.length);
    System.arraycopy(
        run.bytes, run.length - current.lengthBefore, current.before, 0, current.lengthBefore);
  }

  private void passOn() throws IOException {
    var oldest = underWay.remove();
    ended = true;
    try {
      var run = oldest.done().get();
      run.result.writeTo(next);
      run.result.reset();
      idle.add(run);
      ended = false;
    } catch (ExecutionException cause) {
      throw new IllegalStateException(cause.getCause());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while it was compressed");
    }
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the very same one
  public void close() throws IOException {
    try {
      finish();
    } catch (IOException cause) {
      try {
        next.close();
      } catch (IOException again) {
        if (again != cause) {
          cause.addSuppressed(again);
        }
      }
      throw cause;
    }
    next.close();
  }

  private void finish() throws IOException {
    try {
      if (!ended) {
        begin(true);
        while (!underWay.isEmpty()) {
          passOn();
        }
        compression.end(next);
      }
    } finally {
      ended = true;
      underWay.forEach(under -> under.done().cancel(false));
      underWay.clear();
    }
  }

  /// The bytes before a run, as an array of their own length.
  static byte[] before(Run run) {
    return Arrays.copyOf(run.before, run.lengthBefore);
  }
}
