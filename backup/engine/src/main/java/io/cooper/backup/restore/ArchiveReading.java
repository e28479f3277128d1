package io.cooper.backup.restore;

import io.cooper.backup.restore.StoredArchives.StoredArchive;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// Reads one archive of a backup in one pass: checksum, frame, tar and members together. An archive
/// that was cut, wherever, is damage; so is a member whose name leads out of its folder.
///
/// Holds one buffer, whatever the size of the archive.
public final class ArchiveReading {
  private static final int BUFFER = 256 << 10;
  private static final int TAR_RECORD = 512;

  /// A tar ends with two records of zeros.
  private static final int TAR_END = 2 * TAR_RECORD;

  private static final Set<String> NO_PART = Set.of("", ".", "..");

  private final ObjectStore store;
  private final StoredArchive archive;
  private final String where;

  /// Reads an archive that was found in a store.
  public ArchiveReading(ObjectStore store, StoredArchive archive) {
    this.store = store;
    this.archive = archive;
    this.where = store.name() + "/" + archive.object().key();
  }

  /// Hears of each member of a tar, in their order.
  @FunctionalInterface
  public interface Visitor {
    /// @param name relative to the root of the archive, without `./` before and `/` behind it;
    ///   empty for the root itself
    /// @param content of a file; what is not read of it is passed over
    void member(TarArchiveEntry entry, String name, InputStream content) throws IOException;
  }

  /// Where the archive lies, for messages.
  public String where() {
    return where;
  }

  /// Reads it to its end.
  ///
  /// @throws StoreException what the store or the visitor threw, and with [Code#OBJECT_DAMAGED] if
  ///   it cannot be read as an archive
  /// @throws ProblemException with [Code#OBJECT_DAMAGED] if it is not as it was stored, or no tar;
  ///   and what the visitor threw
  public void read(Visitor visitor) throws StoreException {
    try (var stored = store.open(archive.object().key());
        var summed = new DigestInputStream(stored, sha256())) {
      try (var decoded = new BufferedInputStream(decoded(summed), BUFFER)) {
        members(decoded, visitor);
        // What follows the frame counts for the checksum.
        summed.transferTo(OutputStream.nullOutputStream());
      }
      requireSum(HexFormat.of().formatHex(summed.getMessageDigest().digest()));
    } catch (IOException cause) {
      throw told(cause);
    }
  }

  private InputStream decoded(InputStream stored) throws IOException {
    try {
      return new Guarded(archive.codec().decode(stored));
    } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
      throw new IOException(malformed);
    }
  }

  private StoreException told(IOException cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof StoreException known) {
        return known;
      }
    }
    return new StoreException(
        damaged("cannot be unpacked: " + String.valueOf(cause.getMessage())).problem(), cause);
  }

  private void requireSum(String found) {
    if (archive.sha256().isPresent() && !archive.sha256().get().equals(found)) {
      throw damaged(
          "has SHA-256 %s, it was stored with %s".formatted(found, archive.sha256().get()));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private void members(InputStream decoded, Visitor visitor) throws IOException {
    var counted = new Counted(decoded);
    @SuppressWarnings("resource") // closed with what is below
    var tar = new TarArchiveInputStream(counted, StandardCharsets.UTF_8.name());
    long endOfLast = 0;
    for (var next = next(tar); next.isPresent(); next = next(tar)) {
      if (Thread.interrupted()) {
        throw new InterruptedIOException("it was cancelled");
      }
      var entry = next.get();
      if (!entry.isCheckSumOK()) {
        throw damaged(
            "the header of the entry '%s' has a wrong checksum".formatted(entry.getName()));
      }
      long begin = counted.position;
      visitor.member(entry, inside(entry.getName()), tar);
      endOfLast = begin + Math.ceilDiv(entry.getSize(), TAR_RECORD) * TAR_RECORD;
    }
    counted.transferTo(OutputStream.nullOutputStream());
    if (counted.zeros < TAR_END || counted.position < endOfLast + TAR_END) {
      throw damaged("ends before its end: %d bytes, unpacked".formatted(counted.position));
    }
  }

  /// The library trusts numbers in headers, and says so in many ways when they are wrong.
  private static Optional<TarArchiveEntry> next(TarArchiveInputStream tar) throws IOException {
    try {
      return Optional.ofNullable(tar.getNextEntry());
    } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
      throw new IOException("its headers are no tar: " + malformed.getMessage(), malformed);
    }
  }

  /// The name of a member, or of the target of a hard link.
  ///
  /// @throws ProblemException with [Code#OBJECT_DAMAGED] if it leads out of the folder
  String inside(String name) {
    var plain = name;
    while (plain.startsWith("./")) {
      plain = plain.substring(2);
    }
    while (plain.endsWith("/") && plain.length() > 1) {
      plain = plain.substring(0, plain.length() - 1);
    }
    if (plain.isEmpty() || plain.equals(".")) {
      return "";
    }
    for (var part : plain.split("/", -1)) {
      if (NO_PART.contains(part) || part.indexOf('\0') >= 0) {
        throw damaged("the entry '%s' leads out of its folder".formatted(name));
      }
    }
    if (archive.tablespace().isEmpty() && plain.matches("pg_tblspc/\\d+/.*")) {
      throw damaged("the entry '%s' lies in a tablespace".formatted(name));
    }
    return plain;
  }

  /// The archive is not what it should be.
  public ProblemException damaged(String what) {
    return new Problem(
            Code.OBJECT_DAMAGED,
            where,
            what,
            "restore another backup, and find out what changed this object")
        .asException();
  }

  /// Libraries that decompress fail on what is malformed in more ways than one.
  private static final class Guarded extends FilterInputStream {
    Guarded(InputStream from) {
      super(from);
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        return in.read(into, offset, length);
      } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
        throw new IOException(malformed);
      }
    }
  }

  /// Knows how far it has read, and how many zeros it has seen last.
  private static final class Counted extends FilterInputStream {
    private long position;
    private long zeros;

    Counted(InputStream from) {
      super(from);
    }

    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int got = super.read(into, offset, length);
      if (got > 0) {
        position += got;
        int last = offset + got;
        while (last > offset && into[last - 1] == 0) {
          last--;
        }
        zeros = last == offset ? zeros + got : offset + got - last;
      }
      return got;
    }

    @Override
    public long skip(long count) throws IOException {
      var read = readNBytes((int) Math.min(count, BUFFER));
      return read.length;
    }
  }
}
