package io.cooper.backup.restore;

import io.cooper.backup.restore.Destination.Looks;
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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// Unpacks one archive, in one pass: checksum, frame, tar and files together. An archive that was
/// cut, wherever, is damage; so is one that wants to write anywhere but into its own folder.
final class Unpacking implements Callable<Void> {
  private static final int BUFFER = 256 << 10;
  private static final int TAR_RECORD = 512;

  /// A tar ends with two records of zeros.
  private static final int TAR_END = 2 * TAR_RECORD;

  private static final Set<String> NO_PART = Set.of("", ".", "..");

  private final ObjectStore store;
  private final StoredArchive archive;
  private final Destination destination;
  private final boolean outsideLinks;
  private final LongAdder bytes;
  private final LongAdder files;
  private final Path root;
  private final String where;

  /// @param bytes counts those of files
  /// @param files counts them
  Unpacking(
      ObjectStore store,
      StoredArchive archive,
      Destination destination,
      boolean outsideLinks,
      LongAdder bytes,
      LongAdder files) {
    this.store = store;
    this.archive = archive;
    this.destination = destination;
    this.outsideLinks = outsideLinks;
    this.bytes = bytes;
    this.files = files;
    this.root = destination.root(archive.tablespace());
    this.where = store.name() + "/" + archive.object().key();
  }

  @Override
  public Void call() throws StoreException {
    try (var stored = store.open(archive.object().key());
        var summed = new DigestInputStream(stored, sha256())) {
      try (var decoded = new BufferedInputStream(archive.codec().decode(summed), BUFFER)) {
        unpack(decoded);
        // What follows the frame counts for the checksum.
        summed.transferTo(java.io.OutputStream.nullOutputStream());
      }
      requireSum(HexFormat.of().formatHex(summed.getMessageDigest().digest()));
      return null;
    } catch (IOException cause) {
      throw told(cause);
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

  private void unpack(InputStream decoded) throws IOException {
    var counted = new Counted(decoded);
    @SuppressWarnings("resource") // closed with what is below
    var tar = new TarArchiveInputStream(counted, StandardCharsets.UTF_8.name());
    long endOfLast = 0;
    for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      if (Thread.interrupted()) {
        throw new InterruptedIOException("the restore was cancelled");
      }
      long begin = counted.position;
      write(entry, tar);
      endOfLast = begin + Math.ceilDiv(entry.getSize(), TAR_RECORD) * TAR_RECORD;
    }
    counted.transferTo(java.io.OutputStream.nullOutputStream());
    if (counted.zeros < TAR_END || counted.position < endOfLast + TAR_END) {
      throw damaged("ends before its end: %d bytes, unpacked".formatted(counted.position));
    }
  }

  private void write(TarArchiveEntry entry, TarArchiveInputStream tar) throws IOException {
    var path = place(entry.getName());
    var looks =
        new Looks(
            entry.getMode(),
            entry.getLongUserId(),
            entry.getLongGroupId(),
            entry.getLastModifiedTime());
    if (entry.isDirectory()) {
      destination.folder(path, looks);
    } else if (entry.isSymbolicLink()) {
      link(path, entry.getLinkName());
    } else if (entry.isLink()) {
      destination.copy(place(entry.getLinkName()), path);
      destination.describe(path, looks);
      files.increment();
    } else if (entry.isFile() && !entry.isCharacterDevice() && !entry.isBlockDevice()) {
      file(path, tar);
      destination.describe(path, looks);
      files.increment();
    } else if (!entry.isFIFO()) {
      throw damaged(
          "the entry '%s' is neither a file nor a folder nor a link".formatted(entry.getName()));
    }
  }

  /// Where an entry goes.
  private Path place(String name) {
    var plain = name;
    while (plain.startsWith("./")) {
      plain = plain.substring(2);
    }
    while (plain.endsWith("/") && plain.length() > 1) {
      plain = plain.substring(0, plain.length() - 1);
    }
    if (plain.isEmpty() || plain.equals(".")) {
      return root;
    }
    for (var part : plain.split("/", -1)) {
      if (NO_PART.contains(part) || part.indexOf('\0') >= 0) {
        throw damaged("the entry '%s' leads out of its folder".formatted(name));
      }
    }
    if (archive.tablespace().isEmpty() && plain.matches("pg_tblspc/\\d+/.*")) {
      throw damaged("the entry '%s' lies in a tablespace".formatted(name));
    }
    try {
      return root.resolve(plain);
    } catch (InvalidPathException cause) {
      throw new ProblemException(
          new Problem(
              Code.BAD_USE,
              where,
              "the entry '%s' cannot be named in this locale".formatted(name),
              "run with LC_ALL=C.UTF-8"),
          cause);
    }
  }

  private void link(Path path, String to) {
    if (path.equals(root.resolve("pg_wal"))) {
      return;
    }
    var target = Path.of(to);
    var inside =
        !target.isAbsolute()
            && java.util.Objects.requireNonNull(path.getParent())
                .resolve(target)
                .normalize()
                .startsWith(root);
    if (!inside && !outsideLinks) {
      throw new Problem(
              Code.BAD_INPUT,
              where,
              "has a link '%s' that leads out of the data directory, to '%s'"
                  .formatted(root.relativize(path), to),
              "if it is meant to be so on this machine, allow links that lead outside")
          .asException();
    }
    destination.link(path, target);
  }

  private void file(Path path, TarArchiveInputStream tar) throws IOException {
    var buffer = new byte[BUFFER];
    try (var channel = destination.create(path)) {
      for (int got = tar.read(buffer); got >= 0; got = tar.read(buffer)) {
        write(path, channel, ByteBuffer.wrap(buffer, 0, got));
        bytes.add(got);
      }
    }
  }

  private static void write(Path path, FileChannel channel, ByteBuffer from) {
    try {
      while (from.hasRemaining()) {
        channel.write(from);
      }
    } catch (IOException cause) {
      throw Destination.unwritable(path, cause);
    }
  }

  private ProblemException damaged(String what) {
    return new Problem(
            Code.OBJECT_DAMAGED,
            where,
            what,
            "restore another backup, and find out what changed this object")
        .asException();
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
