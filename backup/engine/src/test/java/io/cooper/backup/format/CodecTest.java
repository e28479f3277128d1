package io.cooper.backup.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

class CodecTest {
  @ParameterizedTest
  @MethodSource("codecsAndLevels")
  void wal_comes_back_as_it_went_in(Codec codec, Codec.Level level) throws IOException {
    for (var size : new int[] {0, 1, 65_536, 300_000}) {
      var plain = halfRandom(size);

      assertThat(decoded(codec, encodedWal(codec, plain, level)))
          .as("%s of %d bytes", codec, size)
          .isEqualTo(plain);
    }
  }

  static Stream<Object[]> codecsAndLevels() {
    return Stream.of(Codec.values())
        .flatMap(codec ->
            Stream.of(
                    Codec.Level.Named.USUAL,
                    Codec.Level.Named.LOW,
                    Codec.Level.Named.MEDIUM,
                    Codec.Level.Named.HIGH,
                    new Codec.Level.Exactly(-99),
                    new Codec.Level.Exactly(3))
                .map(level -> new Object[] {codec, level}));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "XZ")
  void data_comes_back_as_it_went_in(Codec codec) throws IOException {
    var plain = halfRandom(2 << 20);
    for (var workers : new int[] {0, 2}) {
      var stored = new ByteArrayOutputStream();
      try (var out = codec.encodeData(stored, workers)) {
        for (var at = 0; at < plain.length; at += 10_000) {
          out.write(plain, at, Math.min(10_000, plain.length - at));
        }
      }

      assertThat(decoded(codec, stored.toByteArray())).isEqualTo(plain);
    }
  }

  @ParameterizedTest
  @EnumSource
  void several_members_are_read_one_after_the_other(Codec codec) throws IOException {
    var first = halfRandom(100_000);
    var second = halfRandom(70_000);
    var both = new ByteArrayOutputStream();
    both.write(encodedWal(codec, first, Codec.Level.Named.MEDIUM));
    both.write(encodedWal(codec, second, Codec.Level.Named.MEDIUM));

    assertThat(decoded(codec, both.toByteArray()))
        .startsWith(first)
        .endsWith(second)
        .hasSize(170_000);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"NONE", "SNAPPY"})
  void a_member_that_was_cut_is_never_taken_for_whole(Codec codec) throws IOException {
    var whole = encodedWal(codec, halfRandom(300_000), Codec.Level.Named.MEDIUM);
    new Random(3)
        .ints(40, 1, whole.length)
        .forEach(length ->
            assertThatIOException()
                .as("%s cut to %d of %d", codec, length, whole.length)
                .isThrownBy(() -> decoded(codec, Arrays.copyOf(whole, length))));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void a_suffix_that_lies_is_noticed(Codec codec) {
    assertThatIOException().isThrownBy(() -> decoded(codec, halfRandom(50_000)));
  }

  /// Barman's library links the blocks of a frame. This one holds 200 random bytes 400 times over,
  /// so that its second block is made of references into the first.
  @Test
  void lz4_blocks_that_need_the_one_before_are_read() throws IOException {
    var linked =
        Base64.getDecoder()
            .decode(
                "BCJNGEhAgDgBAAAAAACP0wEAAP+59bFlIkpYt5HfavHYMD5hzcS7hsPRxCcQ"
                    + "PDRMQYnrLx571dR+RG/OwqPYEXNhEOV4G8zOppZ2LmEWxunJLZm/NYwuBxiC"
                    + "LOR8qMdBB+ZssOSys/TVjYLKY4bSyW52DoGbhckkw1lxZMSmBYoAWBoisi3l"
                    + "BHJDPS5E/ti2uDV+RM0xKZA6wdRVl6JC/fEfjysaOfPD5pMRQ1HcvtQH4+a2"
                    + "Bbmegwbdp0imHgKaij9BWwJKFGzw2YqY4c+ZlmH5Z72v3w5zN0IME/jIAP"
                    + "/".repeat(340)
                    + "8gUDrB1FWXQgAAAA/IAP"
                    + "/".repeat(74)
                    + "oFA3QgwT+AAAAAA=");

    var plain = decoded(Codec.LZ4, linked);

    assertThat(plain).hasSize(80_000);
    for (var at = 200; at < plain.length; at += 200) {
      assertThat(Arrays.mismatch(plain, 0, 200, plain, at, at + 200)).isEqualTo(-1);
    }
  }

  /// What is behind a stream may fail at any byte, and say the same again when it is closed.
  @ParameterizedTest
  @MethodSource("codecsAndThreads")
  void what_the_next_stream_says_comes_out_whole(Codec codec, int threads) {
    var broken = new IOException("the wire is cut");
    var next =
        new OutputStream() {
          @Override
          public void write(int one) throws IOException {
            throw broken;
          }
        };

    assertThatThrownBy(
            () -> {
              try (var out = codec.encodeWal(next, 1 << 20, Codec.Level.Named.MEDIUM, threads)) {
                out.write(halfRandom(1 << 20));
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("the wire is cut");
  }

  static Stream<Object[]> codecsAndThreads() {
    return Stream.of(Codec.values())
        .flatMap(codec -> Stream.of(1, 3).map(threads -> new Object[] {codec, threads}));
  }

  /// Sizes around the ends of runs and blocks; content that shrinks, and content that does not.
  @ParameterizedTest
  @EnumSource
  void wal_that_several_threads_compressed_comes_back_as_it_went_in(Codec codec)
      throws IOException {
    var run = Runs.LENGTH;
    for (var size : new int[] {0, 1, run, run + 1, 5 * run - 1, 5 * run, 9 * run + 70_000}) {
      for (var plain : List.of(halfRandom(size), random(size))) {
        var stored = encodedWal(codec, plain, Codec.Level.Named.MEDIUM, 3);

        assertThat(decoded(codec, stored)).as("%s of %d bytes", codec, size).isEqualTo(plain);
        assertThat(stored.length).isLessThan(size + size / 60 + 100);
      }
    }
  }

  private static byte[] random(int size) {
    var bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @Test
  void what_several_threads_compressed_is_one_member_or_frame() throws IOException {
    var plain = halfRandom(3 << 20);
    var level = Codec.Level.Named.MEDIUM;
    var gzip = encodedWal(Codec.GZIP, plain, level, 3);
    var lz4 = encodedWal(Codec.LZ4, plain, level, 3);
    var zstd = encodedWal(Codec.ZSTD, plain, level, 3);

    var inflater = new Inflater(true);
    inflater.setInput(gzip, 10, gzip.length - 10);
    var inflated = new byte[plain.length];
    assertThat(inflate(inflater, inflated)).isEqualTo(plain.length);
    assertThat(inflated).isEqualTo(plain);
    assertThat(inflater.getRemaining()).as("checksum and length").isEqualTo(8);
    inflater.end();
    assertThat(com.github.luben.zstd.Zstd.findFrameCompressedSize(zstd)).isEqualTo(zstd.length);
    assertThat(lz4)
        .as("the same as one thread writes")
        .isEqualTo(encodedWal(Codec.LZ4, plain, level));
  }

  private static int inflate(Inflater inflater, byte[] into) {
    try {
      var count = inflater.inflate(into);
      assertThat(inflater.inflate(new byte[1])).isZero();
      assertThat(inflater.finished()).isTrue();
      return count;
    } catch (DataFormatException cause) {
      throw new AssertionError(cause);
    }
  }

  @Test
  void zstd_has_one_frame_also_with_workers() throws IOException {
    var stored = new ByteArrayOutputStream();
    try (var out = Codec.ZSTD.encodeData(stored, 2)) {
      out.write(halfRandom(8 << 20));
    }
    var frame = stored.toByteArray();

    assertThat(com.github.luben.zstd.Zstd.findFrameCompressedSize(frame)).isEqualTo(frame.length);
  }

  @Test
  void the_compression_of_an_object_is_its_suffix() {
    assertThat(Codec.ofWal("x/000000010000000000000003.bz2")).isEqualTo(Codec.BZIP2);
    assertThat(Codec.ofWal("x/000000010000000000000003")).isEqualTo(Codec.NONE);
    assertThat(Codec.ofData("x/data.tar")).contains(Codec.NONE);
    assertThat(Codec.ofData("x/data.tar.lz4")).contains(Codec.LZ4);
    assertThat(Codec.ofData("x/data.tar.xz")).isEmpty();
  }

  @Test
  void an_option_that_names_none_is_refused_with_those_that_do() {
    assertThat(Codec.named("zstd")).isEqualTo(Codec.ZSTD);
    assertThatThrownBy(() -> Codec.named("brotli"))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("none, gzip, bzip2, xz, snappy, lz4, zstd");
  }

  private static byte[] encodedWal(Codec codec, byte[] plain, Codec.Level level)
      throws IOException {
    return encodedWal(codec, plain, level, 1);
  }

  private static byte[] encodedWal(Codec codec, byte[] plain, Codec.Level level, int threads)
      throws IOException {
    var stored = new ByteArrayOutputStream();
    try (var out = codec.encodeWal(stored, plain.length, level, threads)) {
      out.write(plain);
    }
    return stored.toByteArray();
  }

  private static byte[] decoded(Codec codec, byte[] stored) throws IOException {
    try (var in = codec.decode(new ByteArrayInputStream(stored))) {
      return in.readAllBytes();
    }
  }

  /// Random bytes between runs of zeros, so that every compression finds something to do.
  static byte[] halfRandom(int size) {
    var bytes = new byte[size];
    var random = new Random(size);
    for (var at = 0; at < size; at += 2000) {
      var piece = new byte[Math.min(1000, size - at)];
      random.nextBytes(piece);
      System.arraycopy(piece, 0, bytes, at, piece.length);
    }
    return bytes;
  }
}
