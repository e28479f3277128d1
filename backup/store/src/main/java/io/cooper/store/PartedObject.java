package io.cooper.store;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A new object that is sent in one request if it is small, and in parts of equal size, several at
/// a time, if not. Takes the memory of the parts that are under way and of the one that is being
/// filled; a writer that is faster than the store waits. What comes from a [Source] takes none.
public final class PartedObject implements NewObject {
  private static final int ATTEMPTS_TO_ABORT = 3;

  private final String where;
  private final Upload upload;
  private final Shape shape;
  private final Executor threads;

  private final Semaphore free;
  private final Blocks memory;
  private final Map<Integer, Part> failed = new ConcurrentSkipListMap<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  // Only the writer's thread sees the following.
  private final ArrayDeque<Part> full = new ArrayDeque<>();
  private Part current = new Part();
  private long size;
  private int parts;
  private boolean begun;
  private boolean ended;

  /// Whether it counts among those that take memory.
  private boolean holds;

  /// Whether the writer knows of the failure.
  private boolean reported;

  /// How an object is cut.
  ///
  /// @param partSize of all parts but the last, in bytes
  /// @param parallel how many parts are under way at most
  /// @param maxParts how many the provider takes
  /// @param largestWhole bytes that go in one request where they need not be held; at least a part
  public record Shape(int partSize, int parallel, int maxParts, int largestWhole) {
    /// A shape in which nothing larger than a part goes in one request.
    public Shape(int partSize, int parallel, int maxParts) {
      this(partSize, parallel, maxParts, partSize);
    }

    /// The same, with larger objects in one request.
    public Shape wholeUpTo(int bytes) {
      return new Shape(partSize, parallel, maxParts, Math.max(partSize, bytes));
    }

    /// The shape of an object that is at most so large: parts are larger than usual only if there
    /// would be too many of them.
    public static Shape of(Intent intent, int usualPartSize, int parallel, int maxParts) {
      long needed = Math.ceilDiv(intent.atMost(), maxParts);
      long inMebibytes = Math.ceilDiv(needed, 1L << 20) << 20;
      return new Shape(
          (int) Math.min(Integer.MAX_VALUE, Math.max(usualPartSize, inMebibytes)),
          parallel,
          maxParts);
    }
  }

  /// An object that nobody has sent anything of yet, with memory of its own.
  ///
  /// @param where store and key, for messages
  /// @param upload sends it
  /// @param threads run the requests of parts
  public PartedObject(String where, Upload upload, Shape shape, Executor threads) {
    this(where, upload, shape, threads, new Blocks(shape.partSize()));
  }

  /// An object that nobody has sent anything of yet.
  ///
  /// @param where store and key, for messages
  /// @param upload sends it
  /// @param threads run the requests of parts
  /// @param memory shared with other objects
  public PartedObject(String where, Upload upload, Shape shape, Executor threads, Blocks memory) {
    this.where = where;
    this.upload = upload;
    this.shape = shape;
    this.threads = threads;
    this.memory = memory;
    this.free = new Semaphore(shape.parallel());
  }

  @Override
  public OutputStream bytes() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, from.length);
        take(from, offset, length);
      }
    };
  }

  @Override
  public boolean take(Source source) throws StoreException {
    requireUnfinished();
    if (size > 0) {
      throw new IllegalStateException("something was written before");
    }
    size = source.size();
    if (size <= shape.largestWhole()) {
      current = new Part(source, 0, (int) size);
      return true;
    }
    for (long at = 0; at < size; at += shape.partSize()) {
      full.add(new Part(source, at, (int) Math.min(shape.partSize(), size - at)));
    }
    var broken = sendFull();
    if (broken.isPresent()) {
      reported = true;
      throw broken.get();
    }
    return true;
  }

  private void take(byte[] from, int offset, int length) throws StoreException {
    requireUnfinished();
    if (reported) {
      throwFailure();
    }
    if (!holds) {
      holds = true;
      memory.begin();
    }
    // A part may have failed since the last write; this one takes its bytes nevertheless.
    var broken = known();
    for (int at = offset; at < offset + length; ) {
      if (current.size() == shape.partSize()) {
        full.add(current);
        current = new Part();
        broken = broken.isPresent() ? broken : sendFull();
      }
      int taken = current.take(from, at, offset + length - at, shape.partSize(), memory);
      at += taken;
      size += taken;
    }
    if (broken.isPresent()) {
      reported = true;
      throw broken.get();
    }
  }

  private Optional<StoreException> known() {
    try {
      throwFailure();
      return Optional.empty();
    } catch (StoreException broken) {
      return Optional.of(broken);
    }
  }

  private Optional<StoreException> sendFull() {
    try {
      drain();
      return Optional.empty();
    } catch (StoreException broken) {
      failure.compareAndSet(null, broken);
      return Optional.of(broken);
    }
  }

  /// Sends the parts that are full, and waits while too many are under way.
  private void drain() throws StoreException {
    while (!full.isEmpty()) {
      if (!begun) {
        upload.begin();
        begun = true;
      }
      if (parts == shape.maxParts()) {
        throw tooLarge();
      }
      free.acquireUninterruptibly();
      if (failure.get() != null) {
        free.release();
        throwFailure();
      }
      parts++;
      send(parts, full.remove());
    }
  }

  private StoreException tooLarge() {
    return new StoreException(
        new Problem(
            Code.TOO_LARGE,
            where,
            "the object has more than %d parts of %d bytes"
                .formatted(shape.maxParts(), shape.partSize()),
            "say how large it can become before it is begun; this is a mistake in code"));
  }

  /// Sends a part by another thread; a permit was taken for it.
  private void send(int number, Part part) {
    threads.execute(() -> {
      try {
        part(number, part);
        part.release(memory);
      } catch (StoreException | RuntimeException | Error broken) {
        failed.put(number, part);
        failure.compareAndSet(null, broken);
      } finally {
        free.release();
      }
    });
  }

  private void part(int number, Part part) throws StoreException {
    try {
      upload.part(number, part);
    } catch (StoreException broken) {
      throw unreadable(part).orElse(broken);
    } catch (UncheckedIOException broken) {
      throw unreadable(part).orElseThrow(() -> broken);
    }
  }

  private StoredObject whole() throws StoreException {
    try {
      return upload.whole(current);
    } catch (StoreException broken) {
      throw unreadable(current).orElse(broken);
    } catch (UncheckedIOException broken) {
      throw unreadable(current).orElseThrow(() -> broken);
    }
  }

  /// That a request could not be sent because its bytes could not be read, which is no failure of
  /// the store.
  private static Optional<StoreException> unreadable(Part part) {
    return part.source()
        .flatMap(source -> part.unreadable().map(cause -> Problems.unreadable(source, cause)));
  }

  private void awaitAll() {
    free.acquireUninterruptibly(shape.parallel());
    free.release(shape.parallel());
  }

  private void throwFailure() throws StoreException {
    switch (failure.get()) {
      case null -> {}
      case StoreException known -> throw known;
      case RuntimeException mistake -> throw mistake;
      case Error error -> throw error;
      case Throwable other -> throw new IllegalStateException(other);
    }
  }

  @Override
  public boolean resend() throws StoreException {
    requireUnfinished();
    awaitAll();
    failure.set(null);
    reported = false;
    for (var number : new ArrayList<>(failed.keySet())) {
      free.acquireUninterruptibly();
      send(number, Objects.requireNonNull(failed.remove(number)));
    }
    awaitAll();
    throwFailure();
    var broken = sendFull();
    if (broken.isPresent()) {
      throw broken.get();
    }
    return true;
  }

  @Override
  public StoredObject commit() throws StoreException {
    requireUnfinished();
    throwFailure();
    var stored = begun || !full.isEmpty() ? complete() : whole();
    ended = true;
    release();
    return stored;
  }

  private StoredObject complete() throws StoreException {
    if (current.size() > 0) {
      full.add(current);
      current = new Part();
    }
    var broken = sendFull();
    awaitAll();
    if (broken.isPresent()) {
      throw broken.get();
    }
    throwFailure();
    return upload.complete(parts, size);
  }

  private void requireUnfinished() throws StoreException {
    if (ended) {
      throw Problems.closed(where, "the new object");
    }
  }

  @Override
  public void close() {
    if (ended) {
      return;
    }
    ended = true;
    awaitAll();
    for (int attempts = 0; begun && attempts < ATTEMPTS_TO_ABORT; attempts++) {
      try {
        upload.abort();
        begun = false;
      } catch (StoreException leftToBeFound) {
        // It is in the list of what was abandoned.
      }
    }
    full.forEach(part -> part.release(memory));
    failed.values().forEach(part -> part.release(memory));
    release();
  }

  private void release() {
    current.release(memory);
    if (holds) {
      holds = false;
      memory.end();
    }
  }
}
