package io.cooper.backup.base;

import io.cooper.backup.format.Lsn;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/// What `global/pg_control` says, of PostgreSQL 13 to 18.
///
/// PostgreSQL, `catalog/pg_control.h`, `ControlFileData`: the offsets below are those of a machine
/// that aligns numbers of eight bytes to eight, in its own byte order. 13 to 16 have format 1300.
/// 17 has a word more in what was padding. 18 has one more flag before the nonce, which moves the
/// checksum by four.
///
/// @param systemId of the cluster, unsigned
/// @param redo where recovery from its last checkpoint begins
/// @param checkpoint the record of its last checkpoint
/// @param timeline of that checkpoint, unsigned
/// @param maxPreparedTransactions as it was set when the file was written
/// @param blockSize bytes of a page
/// @param blocksPerFile how many blocks a file of a relation has before the next begins
/// @param segmentSize bytes of a segment of WAL
/// @param checksums whether pages have checksums
public record ControlFile(
    long systemId,
    Lsn checkpoint,
    Lsn redo,
    int timeline,
    int maxPreparedTransactions,
    int blockSize,
    int blocksPerFile,
    int segmentSize,
    boolean checksums) {
  /// Where it lies in a data directory.
  public static final String PATH = "global/pg_control";

  /// Where the checksum of a version of the file's format lies, which is over all before it.
  private static final Map<Integer, Integer> CHECKSUM_AT = Map.of(1300, 288, 1700, 288, 1800, 292);

  private static final int VERSION_AT = 8;
  private static final int CHECKPOINT_AT = 32;
  private static final int REDO_AT = 40;
  private static final int TIMELINE_AT = 48;
  private static final int PREPARED_AT = 192;
  private static final int BLOCK_SIZE_AT = 216;
  private static final int BLOCKS_AT = 220;
  private static final int SEGMENT_SIZE_AT = 228;
  private static final int CHECKSUMS_AT = 252;

  /// Reads the file; empty if it is of a version that is not known here.
  ///
  /// @param where the file, as messages name it
  /// @throws io.cooper.problem.ProblemException with [Code#OBJECT_DAMAGED] if it is cut or its
  ///   checksum is wrong
  public static Optional<ControlFile> parse(String where, byte[] content) {
    if (content.length < VERSION_AT + Integer.BYTES) {
      throw damaged(where, "has %d bytes".formatted(content.length));
    }
    var bytes = ByteBuffer.wrap(content).order(ByteOrder.nativeOrder());
    var checksumAt = Optional.ofNullable(CHECKSUM_AT.get(bytes.getInt(VERSION_AT)));
    if (checksumAt.isEmpty()) {
      return Optional.empty();
    }
    int end = checksumAt.get();
    if (content.length < end + Integer.BYTES) {
      throw damaged(where, "has %d bytes".formatted(content.length));
    }
    var sum = new CRC32C();
    sum.update(content, 0, end);
    if ((int) sum.getValue() != bytes.getInt(end)) {
      throw damaged(
          where,
          "has the checksum %08X, and says %08X".formatted(sum.getValue(), bytes.getInt(end)));
    }
    return Optional.of(
        new ControlFile(
            bytes.getLong(0),
            new Lsn(bytes.getLong(CHECKPOINT_AT)),
            new Lsn(bytes.getLong(REDO_AT)),
            bytes.getInt(TIMELINE_AT),
            bytes.getInt(PREPARED_AT),
            bytes.getInt(BLOCK_SIZE_AT),
            bytes.getInt(BLOCKS_AT),
            bytes.getInt(SEGMENT_SIZE_AT),
            bytes.getInt(CHECKSUMS_AT) != 0));
  }

  private static RuntimeException damaged(String where, String what) {
    return new Problem(
            Code.OBJECT_DAMAGED,
            where,
            what + ": it is no control file that PostgreSQL would start with",
            "restore another backup")
        .asException();
  }
}
