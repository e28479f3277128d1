package io.cooper.backup.base;

import io.cooper.backup.base.Inventory.DamagedPage;
import io.cooper.backup.format.Codec;
import io.cooper.store.Intent;
import io.cooper.store.NewObject;
import io.cooper.store.ObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// An archive that is being written: a tar in pax format, compressed in one frame, into a new
/// object. Holds one buffer, whatever the size of its files.
///
/// For one thread at a time. Closing it without [#finish] leaves nothing behind.
final class DataArchive implements AutoCloseable {
  /// A whole number of pages of any size PostgreSQL can have.
  private static final int BUFFER = 256 << 10;

  /// What barman-cloud's tars are a multiple of.
  private static final int TAR_BLOCK = 10_240;

  private static final int TAR_RECORD = 512;

  /// A tar ends with two records of zeros.
  private static final int TAR_END = 2 * TAR_RECORD;

  private static final byte[] ZEROS = new byte[TAR_BLOCK];

  private static final int LABEL_MODE = 0644;

  /// What each user and group is called on this machine.
  private static final Map<Integer, String> USERS = new ConcurrentHashMap<>();

  private static final Map<Integer, String> GROUPS = new ConcurrentHashMap<>();

  private final String key;
  private final int part;
  private final NewObject object;
  private final Digest stored;
  private final OutputStream encoded;
  private final Optional<Pages> pages;
  private final Tally tally;
  private final byte[] buffer = new byte[BUFFER];
  private final ByteBuffer view = ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder());

  /// How long the tar is so far.
  private long position;

  private DataArchive(
      String key,
      int part,
      NewObject object,
      Digest stored,
      OutputStream encoded,
      Optional<Pages> pages,
      Tally tally) {
    this.key = key;
    this.part = part;
    this.object = object;
    this.stored = stored;
    this.encoded = encoded;
    this.pages = pages;
    this.tally = tally;
  }

  /// Begins an archive.
  ///
  /// @param part its number, counted from 0
  /// @param compressors threads that compress beside the caller's, where the codec has that
  /// @param pages checks them, if the cluster has checksums
  static DataArchive begin(
      ObjectStore store,
      String key,
      int part,
      Intent intent,
      Codec codec,
      int compressors,
      Optional<Pages> pages,
      Tally tally)
      throws IOException {
    var object = store.create(key, intent);
    try {
      var stored = new Digest(object.bytes());
      return new DataArchive(
          key, part, object, stored, codec.encodeData(stored, compressors), pages, tally);
    } catch (IOException | RuntimeException failed) {
      object.close();
      throw failed;
    }
  }

  int part() {
    return part;
  }

  /// How many bytes it has so far, as they are stored.
  long size() {
    return stored.size;
  }

  /// Adds a folder or a link.
  void add(FoundFile found, String name) throws IOException {
    var folder = found.kind() == FoundFile.Kind.FOLDER;
    var entry =
        new TarArchiveEntry(
            folder ? name + "/" : name, folder ? TarConstants.LF_DIR : TarConstants.LF_SYMLINK);
    describe(entry, found);
    if (!folder) {
      try {
        entry.setLinkName(Files.readSymbolicLink(found.path()).toString());
      } catch (NoSuchFileException _) {
        tally.vanished();
        return;
      }
    }
    begin(entry);
  }

  /// Adds a file, exactly as long as it was when it was opened: what it has more is cut, what it
  /// has less is filled with zeros. PostgreSQL replays both from WAL. A file that is gone is passed
  /// over.
  void addFile(FoundFile found, String name) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(found.path(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException _) {
      tally.vanished();
      return;
    } catch (IOException cause) {
      throw Walk.unreadable(found.path().toString(), cause);
    }
    try (channel) {
      var size = channel.size();
      var entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL);
      describe(entry, found);
      entry.setSize(size);
      begin(entry);
      copy(channel, size, found.name());
      fill(TAR_RECORD);
      tally.copiedFile();
    }
  }

  private void copy(FileChannel channel, long size, String name) throws IOException {
    var firstBlock = pages.flatMap(each -> each.firstBlock(name));
    for (long at = 0; at < size; ) {
      int wanted = (int) Math.min(BUFFER, size - at);
      int got = read(channel, at, wanted);
      if (got > 0 && pages.isPresent() && firstBlock.isPresent()) {
        check(pages.get(), channel, at, got, name, firstBlock.get());
      }
      write(buffer, got);
      tally.copied(got);
      at += got;
      if (got < wanted) {
        zeros(size - at);
        return;
      }
    }
  }

  private int read(FileChannel channel, long at, int wanted) throws IOException {
    var into = ByteBuffer.wrap(buffer, 0, wanted);
    try {
      while (into.hasRemaining() && channel.read(into, at + into.position()) >= 0) {
        // Until there is enough, or no more.
      }
    } catch (IOException cause) {
      throw Walk.unreadable(key, cause);
    }
    return into.position();
  }

  /// Writes the header of an entry, with the one of pax before it where that is needed. The bytes
  /// of files do not go through the library's writer, which passes them on in pieces of 512.
  @SuppressWarnings("resource") // holds nothing
  private void begin(TarArchiveEntry entry) throws IOException {
    var header = new ByteArrayOutputStream(2 * TAR_RECORD);
    var tar = new TarArchiveOutputStream(header, TAR_BLOCK, StandardCharsets.UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    tar.putArchiveEntry(entry);
    write(header.toByteArray(), header.size());
  }

  private void write(byte[] from, int length) throws IOException {
    encoded.write(from, 0, length);
    position += length;
  }

  private void zeros(long count) throws IOException {
    for (long left = count; left > 0; left -= ZEROS.length) {
      write(ZEROS, (int) Math.min(left, ZEROS.length));
    }
  }

  /// Fills up with zeros to a multiple.
  private void fill(int unit) throws IOException {
    zeros(Math.ceilDiv(position, unit) * unit - position);
  }

  /// A page that PostgreSQL was writing while it was read looks damaged: what counts is the second
  /// look, and that is also what is archived.
  private void check(
      Pages pages, FileChannel channel, long at, int got, String name, long firstBlock)
      throws IOException {
    int blockSize = pages.blockSize();
    for (int offset = 0; offset + blockSize <= got; offset += blockSize) {
      long block = (at + offset) / blockSize;
      if (!pages.isSound(view, offset, firstBlock + block)) {
        var again = ByteBuffer.wrap(buffer, offset, blockSize);
        while (again.hasRemaining() && channel.read(again, at + again.position()) >= 0) {
          // Until the page is whole, or the file is shorter now.
        }
        if (!again.hasRemaining() && !pages.isSound(view, offset, firstBlock + block)) {
          tally.damaged(new DamagedPage(name, block));
        }
      }
    }
  }

  /// Adds a small file whose bytes are known.
  void addBytes(FoundFile as, String name, byte[] bytes) throws IOException {
    var entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL);
    describe(entry, as);
    addBytes(entry, bytes);
  }

  /// Adds `backup_label` as barman-cloud does: of no user, in the data directory's group, from the
  /// beginning of time.
  void addLabel(FoundFile root, String text) throws IOException {
    var entry = new TarArchiveEntry("backup_label", TarConstants.LF_NORMAL);
    entry.setMode(LABEL_MODE);
    entry.setModTime(FileTime.fromMillis(0));
    entry.setUserId(0);
    entry.setGroupId(root.gid());
    addBytes(entry, text.getBytes(StandardCharsets.UTF_8));
  }

  private void addBytes(TarArchiveEntry entry, byte[] bytes) throws IOException {
    entry.setSize(bytes.length);
    begin(entry);
    write(bytes, bytes.length);
    fill(TAR_RECORD);
    tally.copied(bytes.length);
    tally.copiedFile();
  }

  private static void describe(TarArchiveEntry entry, FoundFile found) throws IOException {
    entry.setMode(found.mode());
    entry.setLastModifiedTime(found.modified());
    entry.setUserId(found.uid());
    entry.setGroupId(found.gid());
    entry.setUserName(nameOf(USERS, found.uid(), "unix:owner", found));
    entry.setGroupName(nameOf(GROUPS, found.gid(), "unix:group", found));
  }

  private static String nameOf(
      Map<Integer, String> known, int number, String attribute, FoundFile found) {
    var name = known.get(number);
    if (name == null) {
      name = readName(attribute, number, found);
      known.put(number, name);
    }
    return name;
  }

  /// Users that have no name have their number for one, which tar would take for a name.
  private static String readName(String attribute, int number, FoundFile found) {
    try {
      var principal = Files.getAttribute(found.path(), attribute, LinkOption.NOFOLLOW_LINKS);
      var name = String.valueOf(principal);
      return name.equals(Integer.toString(number)) ? "" : name;
    } catch (IOException _) {
      return "";
    }
  }

  /// Ends the tar and the frame, and makes the object visible.
  Inventory.Archive finish() throws IOException {
    zeros(TAR_END);
    fill(TAR_BLOCK);
    encoded.close();
    var object = this.object.commit();
    if (object.size() != stored.size) {
      throw new EOFException(
          "%s: %d bytes were written and %d are stored".formatted(key, stored.size, object.size()));
    }
    return new Inventory.Archive(key, stored.size, stored.sum());
  }

  @Override
  public void close() {
    object.close();
    try {
      // Frees what the compressor holds outside the heap. The object takes no more bytes.
      encoded.close();
    } catch (IOException | RuntimeException _) {
      // It was given up.
    }
  }

  /// Counts and sums what passes. Closing it closes nothing: the object is committed by itself.
  private static final class Digest extends DigestOutputStream {
    private long size;

    Digest(OutputStream next) {
      super(next, sha256());
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException everyJdkHasIt) {
        throw new IllegalStateException(everyJdkHasIt);
      }
    }

    @Override
    public void write(int one) throws IOException {
      super.write(one);
      size++;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      super.write(from, offset, length);
      size += length;
    }

    @Override
    public void close() throws IOException {
      flush();
    }

    String sum() {
      return HexFormat.of().formatHex(digest.digest());
    }
  }
}
