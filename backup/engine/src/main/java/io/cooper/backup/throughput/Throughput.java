package io.cooper.backup.throughput;

import io.cooper.backup.base.Crew;
import io.cooper.backup.format.Codec;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Writes probe objects to a store and reads them back, a few at once and then more, and says what
/// came through. The probes hold random bytes, lie under a name of their own, and are deleted at
/// the end, whatever happens in between.
public final class Throughput {
  /// Where the probes lie, below the prefix of the store: no archive has such a name.
  static final String FOLDER = ".cooper-throughput/";

  /// A segment, as large as most are. A slow store gets smaller ones.
  private static final int LARGEST = 16 << 20;

  private static final int SMALLEST = 1 << 20;

  private final ObjectStore store;
  private final Duration each;
  private final LongSupplier nanos;

  /// @param each how long every line is measured; what is under way then is finished and counts
  public Throughput(ObjectStore store, Duration each) {
    this(store, each, System::nanoTime);
  }

  Throughput(ObjectStore store, Duration each, LongSupplier nanos) {
    this.store = store;
    this.each = each;
    this.nanos = nanos;
  }

  /// What came through with some objects under way at once.
  ///
  /// @param connections how many objects
  /// @param up bytes a second that the store took
  /// @param down bytes a second that it gave
  public record Rate(int connections, double up, double down) {}

  /// What a compression does to a sample, in one thread.
  ///
  /// @param ratio bytes of the sample for each byte that is left
  /// @param speed bytes of the sample a second
  public record Packing(Codec codec, double ratio, double speed) {}

  /// All of it.
  ///
  /// @param store its name
  /// @param objectBytes the size of one probe
  /// @param rates by connections, rising
  /// @param packings empty without a sample
  public record Measured(String store, long objectBytes, List<Rate> rates, List<Packing> packings) {
    public Measured {
      rates = List.copyOf(rates);
      packings = List.copyOf(packings);
    }
  }

  /// Measures.
  ///
  /// @param connections how many objects at once, one measurement each
  /// @param sample bytes like those that will be archived, for the compressions; empty for none
  /// @throws ProblemException if the store does not take, give or delete a probe
  public Measured measure(List<Integer> connections, byte[] sample) throws InterruptedException {
    var folder = FOLDER + UUID.randomUUID() + "/";
    try {
      var payload = payload(folder);
      var rates = new ArrayList<Rate>();
      for (int count : connections) {
        rates.add(rate(folder + count + "/", count, payload));
      }
      return new Measured(store.name(), payload.length, rates, packings(sample));
    } catch (StoreException failed) {
      throw new ProblemException(failed.problem(), failed);
    } catch (IOException failed) {
      throw new Problem(
              Code.STORE_UNREACHABLE,
              store.name(),
              "broke off while it was measured: " + failed.getMessage(),
              "try again; cooper store test names what does not work")
          .asException();
    }
  }

  /// As many bytes as the store takes in about a second, at most a segment.
  private byte[] payload(String folder) throws IOException {
    var bytes = new byte[LARGEST];
    new Random(0).nextBytes(bytes);
    var first = folder + "first";
    try {
      long begun = nanos.getAsLong();
      write(first, bytes, SMALLEST);
      double seconds = seconds(begun);
      int fitting =
          (int) Math.clamp((long) (SMALLEST / Math.max(seconds, 1e-3)), SMALLEST, LARGEST);
      return Arrays.copyOf(bytes, fitting);
    } finally {
      store.delete(List.of(first));
    }
  }

  private Rate rate(String folder, int connections, byte[] payload)
      throws IOException, InterruptedException {
    var keys = Collections.synchronizedList(new ArrayList<String>());
    try {
      var names = new AtomicLong();
      double up =
          together(
              connections,
              payload.length,
              () -> {
                var key = folder + names.incrementAndGet();
                keys.add(key);
                write(key, payload, payload.length);
              });
      var written = List.copyOf(keys);
      var next = new AtomicLong();
      double down =
          together(
              connections,
              payload.length,
              () -> read(written.get((int) (next.getAndIncrement() % written.size()))));
      return new Rate(connections, up, down);
    } finally {
      store.delete(keys);
    }
  }

  /// One object, written or read.
  @FunctionalInterface
  private interface Transfer {
    void run() throws IOException;
  }

  /// Every thread begins another transfer until the time is over, and at least one.
  ///
  /// @return bytes a second
  private double together(int threads, long bytes, Transfer transfer)
      throws IOException, InterruptedException {
    long begun = nanos.getAsLong();
    var done = new AtomicLong();
    Callable<Void> worker =
        () -> {
          do {
            transfer.run();
            done.incrementAndGet();
          } while (nanos.getAsLong() - begun < each.toNanos());
          return null;
        };
    Crew.run(threads, Collections.nCopies(threads, worker), () -> {});
    return done.get() * bytes / seconds(begun);
  }

  private void write(String key, byte[] bytes, int length) throws IOException {
    try (var object = store.create(key, Intent.replacing().ofAtMost(length))) {
      object.bytes().write(bytes, 0, length);
      var _ = object.commit();
    }
  }

  private void read(String key) throws IOException {
    try (var in = store.open(key)) {
      var _ = in.transferTo(OutputStream.nullOutputStream());
    }
  }

  private List<Packing> packings(byte[] sample) throws IOException {
    var packings = new ArrayList<Packing>();
    if (sample.length > 0) {
      for (var codec : Codec.values()) {
        packings.add(
            codec == Codec.NONE
                ? new Packing(codec, 1, Double.POSITIVE_INFINITY)
                : packing(codec, sample));
      }
    }
    return packings;
  }

  /// The first round does not count, unless it takes longer than the JVM needs to get warm.
  private Packing packing(Codec codec, byte[] sample) throws IOException {
    long begun = nanos.getAsLong();
    long stored = pack(codec, sample);
    long rounds = 1;
    if (seconds(begun) < 1) {
      begun = nanos.getAsLong();
      for (rounds = 0; rounds == 0 || nanos.getAsLong() - begun < each.toNanos(); rounds++) {
        stored = pack(codec, sample);
      }
    }
    return new Packing(
        codec, (double) sample.length / stored, rounds * sample.length / seconds(begun));
  }

  private static long pack(Codec codec, byte[] sample) throws IOException {
    var counted = new Counted();
    try (var packed = codec.encodeWal(counted, sample.length)) {
      packed.write(sample);
    }
    return counted.bytes;
  }

  private double seconds(long begun) {
    return Math.max(nanos.getAsLong() - begun, 1) / 1e9;
  }

  private static final class Counted extends OutputStream {
    private long bytes;

    @Override
    public void write(int one) {
      bytes++;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      bytes += length;
    }
  }
}
