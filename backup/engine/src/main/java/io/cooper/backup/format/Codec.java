package io.cooper.backup.format;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import net.jpountz.xxhash.XXHashFactory;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZInputStream;
import org.tukaani.xz.XZOutputStream;
import org.xerial.snappy.SnappyFramedInputStream;
import org.xerial.snappy.SnappyFramedOutputStream;

/// The compressions that barman-cloud has, one row each: option, suffixes, levels, framing.
///
/// What is written is one member or frame, always: every barman stops at the second member of a
/// data archive. What is read may have several, as WAL objects of other writers do. Readers know
/// the compression of an object by its suffix alone.
public enum Codec {
  /// As it is.
  NONE("none", "", ".tar", Levels.NONE),
  /// Deflate, one member. At level 4: for data, barman's level 9 takes seven times as long for one
  /// or two percent; for WAL of pgbench, its level 6 four times as long for three.
  GZIP("gzip", ".gz", ".tar.gz", new Levels(1, 6, 9, 1, 9, 4, 4)),
  /// Blocks of up to 900 KB, one stream.
  BZIP2("bzip2", ".bz2", ".tar.bz2", new Levels(1, 5, 9, 1, 9, 5, 9)),
  /// LZMA2. For WAL only: no barman reads data archives in it. At its usual level, writing takes 32
  /// MiB of memory for each file that is under way.
  XZ("xz", ".xz", "", new Levels(1, 3, 5, 0, 9, 3, 3)),
  /// The framing format, chunks of 64 KiB with CRC32C. Has no levels.
  SNAPPY("snappy", ".snappy", ".tar.snappy", Levels.NONE),
  /// One frame of independent blocks of 64 KiB. WAL at level 3: of pgbench's, barman's level 6
  /// takes twice as long for half a percent. Data in it needs barman 3.18 to be read.
  LZ4("lz4", ".lz4", ".tar.lz4", new Levels(0, 6, 10, 0, 16, 3, 0)),
  /// One frame. Data in it needs barman 3.20 to be read, and CloudNativePG's plugin has none such.
  ZSTD("zstd", ".zst", ".tar.zst", new Levels(1, 4, 9, -22, 22, 4, 3));

  /// What one call of the store or of a native library is worth.
  private static final int BUFFER = 64 << 10;

  /// The window of barman's data archives: 2 MiB.
  private static final int DATA_WINDOW_LOG = 21;

  /// What one worker takes at a time, of WAL: less than zstd's own choice, which is four times the
  /// window and leaves a segment to two of them.
  private static final int ZSTD_JOB = 512 << 10;

  /// The least level at which LZ4 searches harder.
  private static final int LZ4_HIGH = 3;

  private final String option;
  private final String walSuffix;
  private final String dataSuffix;

  @SuppressWarnings("ImmutableEnumChecker") // a record of numbers
  private final Levels levels;

  Codec(String option, String walSuffix, String dataSuffix, Levels levels) {
    this.option = option;
    this.walSuffix = walSuffix;
    this.dataSuffix = dataSuffix;
    this.levels = levels;
  }

  /// The levels of one compression: three by name, the least and the greatest, and those of WAL and
  /// of data if nobody says otherwise.
  private record Levels(int low, int medium, int high, int least, int greatest, int wal, int data) {
    static final Levels NONE = new Levels(0, 0, 0, 0, 0, 0, 0);
  }

  /// How hard to compress WAL.
  public sealed interface Level {
    /// By a name that means something in every compression.
    enum Named implements Level {
      /// What takes no more time than it is worth; the other three are barman's.
      USUAL,
      LOW,
      MEDIUM,
      HIGH
    }

    /// In the numbers of the compression. One beyond its range counts as the nearest in it.
    record Exactly(int level) implements Level {}
  }

  /// The name on the command line and in an ObjectStore.
  public String option() {
    return option;
  }

  /// What the key of a WAL object ends with; empty for [#NONE].
  public String walSuffix() {
    return walSuffix;
  }

  /// What the key of a data archive ends with, `.tar` included; empty if there are none.
  public Optional<String> dataSuffix() {
    return Optional.of(dataSuffix).filter(suffix -> !suffix.isEmpty());
  }

  /// The compression of an option.
  ///
  /// @throws io.cooper.problem.ProblemException with [Code#BAD_USE] if there is none
  public static Codec named(String option) {
    return Stream.of(values())
        .filter(codec -> codec.option.equals(option))
        .findAny()
        .orElseThrow(() ->
            new Problem(
                    Code.BAD_USE,
                    "compression '%s'".formatted(option),
                    "is not known",
                    "take one of "
                        + Arrays.stream(values())
                            .map(Codec::option)
                            .collect(Collectors.joining(", ")))
                .asException());
  }

  /// The compression of a WAL object, by the end of its key: [#NONE] if it is no known suffix.
  public static Codec ofWal(String key) {
    return Stream.of(values())
        .filter(codec -> codec != NONE && key.endsWith(codec.walSuffix))
        .findAny()
        .orElse(NONE);
  }

  /// The compression of a data archive, by the end of its key; empty if it is no data archive that
  /// any barman writes.
  public static Optional<Codec> ofData(String key) {
    return Stream.of(values())
        .filter(codec -> !codec.dataSuffix.isEmpty() && key.endsWith(codec.dataSuffix))
        .max(Comparator.comparingInt(codec -> codec.dataSuffix.length()));
  }

  /// Compresses WAL at the usual level, with the caller's thread alone.
  public OutputStream encodeWal(OutputStream next, long size) throws IOException {
    return encodeWal(next, size, Level.Named.USUAL, 1);
  }

  /// Compresses a WAL file. Closing the stream ends the frame and closes the next; it must be
  /// closed, or native memory is lost.
  ///
  /// @param size of what will be written, in bytes: where a frame says its size, it is this
  /// @param threads that compress at the same time; gzip, lz4 and zstd can use more than one. What
  ///   comes out is one member or frame all the same
  public OutputStream encodeWal(OutputStream next, long size, Level level, int threads)
      throws IOException {
    var number = number(level);
    var together = threads > 1 && size > Runs.LENGTH;
    return switch (this) {
      case NONE -> next;
      case GZIP ->
          new Encoding(
              together ? new Runs(next, new GzipRuns(number), threads) : new Gzip(next, number));
      case BZIP2 -> new Encoding(new BZip2CompressorOutputStream(buffered(next), number));
      case XZ -> new Encoding(xz(next, size, number));
      case SNAPPY -> new Encoding(new SnappyFramedOutputStream(next));
      case LZ4 ->
          new Encoding(
              together
                  ? new Runs(buffered(next), new Lz4Runs(lz4Compressor(number), size), threads)
                  : lz4(next, size, number));
      case ZSTD -> new Encoding(zstd(next, number, together ? threads : 0));
    };
  }

  private static OutputStream zstd(OutputStream next, int level, int workers) throws IOException {
    var out = new ZstdOutputStreamNoFinalizer(buffered(next), level);
    return workers == 0 ? out : out.setWorkers(workers).setJobSize(ZSTD_JOB);
  }

  /// Compresses a data archive, at the levels of barman but for gzip. Closing the stream ends the
  /// frame and closes the next; it must be closed, or native memory is lost.
  ///
  /// @param workers threads that compress beside the caller's, inside one frame; 0 for none.
  ///   Compressions other than zstd have none
  /// @throws IllegalArgumentException for [#XZ]
  public OutputStream encodeData(OutputStream next, int workers) throws IOException {
    return switch (this) {
      case NONE -> next;
      case GZIP -> new Encoding(new Gzip(next, levels.data));
      case BZIP2 -> new Encoding(new BZip2CompressorOutputStream(buffered(next), levels.data));
      case XZ -> throw new IllegalArgumentException("data archives are never in xz");
      case SNAPPY -> new Encoding(new SnappyFramedOutputStream(next));
      case LZ4 -> new Encoding(lz4(next, -1, levels.data));
      case ZSTD ->
          new Encoding(
              new ZstdOutputStreamNoFinalizer(buffered(next), levels.data)
                  .setWindowLog(DATA_WINDOW_LOG)
                  .setWorkers(workers));
    };
  }

  /// Decompresses an object, all its members. The stream fails, rather than end early, on a member
  /// that is cut, except where the format cannot tell: none, and snappy between two chunks. It must
  /// be closed, or native memory is lost.
  ///
  /// @throws IOException if it does not begin as this compression does
  public InputStream decode(InputStream stored) throws IOException {
    return switch (this) {
      case NONE -> stored;
      case GZIP ->
          GzipCompressorInputStream.builder()
              .setInputStream(stored)
              .setDecompressConcatenated(true)
              .get();
      case BZIP2 -> new BZip2CompressorInputStream(buffered(stored), true);
      case XZ -> new XZInputStream(buffered(stored));
      case SNAPPY -> new SnappyFramedInputStream(buffered(stored));
      case LZ4 -> lz4(stored);
      case ZSTD -> new ZstdInputStreamNoFinalizer(stored);
    };
  }

  private int number(Level level) {
    return switch (level) {
      case Level.Named.USUAL -> levels.wal;
      case Level.Named.LOW -> levels.low;
      case Level.Named.MEDIUM -> levels.medium;
      case Level.Named.HIGH -> levels.high;
      case Level.Exactly(var given) -> Math.clamp(given, levels.least, levels.greatest);
    };
  }

  private static BufferedOutputStream buffered(OutputStream next) {
    return new BufferedOutputStream(next, BUFFER);
  }

  private static BufferedInputStream buffered(InputStream stored) {
    return new BufferedInputStream(stored, BUFFER);
  }

  /// A dictionary longer than the file finds nothing more, and costs ten times its size in memory.
  private static OutputStream xz(OutputStream next, long size, int preset) throws IOException {
    var options = new LZMA2Options(preset);
    options.setDictSize(
        (int) Math.clamp(size, LZMA2Options.DICT_SIZE_MIN, (long) options.getDictSize()));
    return new XZOutputStream(buffered(next), options);
  }

  /// Without checksums, as barman's, and with blocks that do not need each other: the library
  /// writes no others, and every reader takes both.
  private static OutputStream lz4(OutputStream next, long size, int level) throws IOException {
    var compressor = lz4Compressor(level);
    var flags =
        size < 0
            ? new FLG.Bits[] {FLG.Bits.BLOCK_INDEPENDENCE}
            : new FLG.Bits[] {FLG.Bits.BLOCK_INDEPENDENCE, FLG.Bits.CONTENT_SIZE};
    return new LZ4FrameOutputStream(
        buffered(next),
        BLOCKSIZE.SIZE_64KB,
        size,
        compressor,
        XXHashFactory.fastestInstance().hash32(),
        flags);
  }

  private static LZ4Compressor lz4Compressor(int level) {
    var factory = LZ4Factory.fastestInstance();
    return level < LZ4_HIGH ? factory.fastCompressor() : factory.highCompressor(level);
  }

  /// The native reader takes only blocks that do not need each other, as we write them; barman
  /// links them, and that the other library reads. Who wrote it stands in the fifth byte.
  private static InputStream lz4(InputStream stored) throws IOException {
    var ahead = buffered(stored);
    ahead.mark(LZ4_HEAD);
    var head = ahead.readNBytes(LZ4_HEAD);
    ahead.reset();
    var independent = head.length == LZ4_HEAD && (head[LZ4_HEAD - 1] & LZ4_INDEPENDENT) != 0;
    return independent
        ? new LZ4FrameInputStream(ahead)
        : new FramedLZ4CompressorInputStream(ahead, true);
  }

  private static final int LZ4_HEAD = 5;
  private static final int LZ4_INDEPENDENT = 1 << 5;

  private static final class Gzip extends GZIPOutputStream {
    Gzip(OutputStream next, int level) throws IOException {
      super(next, BUFFER);
      def.setLevel(level);
    }
  }

  /// A compression on its way to the next stream. Libraries, and streams behind them, throw the
  /// very exception again that a write threw, which Java takes for a mistake where a stream is
  /// closed because of it: closing says nothing that was said before.
  private static final class Encoding extends FilterOutputStream {
    private Optional<IOException> said = Optional.empty();

    Encoding(OutputStream compressed) {
      super(compressed);
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      try {
        out.write(from, offset, length);
      } catch (IOException cause) {
        said = Optional.of(cause);
        throw cause;
      }
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the very same one
    public void close() throws IOException {
      try {
        out.close();
      } catch (IOException cause) {
        if (said.filter(before -> before == cause).isEmpty()) {
          throw cause;
        }
      }
    }
  }
}
