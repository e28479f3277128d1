package io.cooper.backup.restore;

import io.cooper.backup.restore.Destination.Looks;
import io.cooper.backup.restore.StoredArchives.StoredArchive;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/// Unpacks one archive into its folder, and never anywhere else.
final class Unpacking implements Callable<Void> {
  private static final int BUFFER = 256 << 10;

  private final ArchiveReading archive;
  private final Destination destination;
  private final boolean outsideLinks;
  private final LongAdder bytes;
  private final LongAdder files;
  private final Path root;

  /// @param bytes counts those of files
  /// @param files counts them
  Unpacking(
      ObjectStore store,
      StoredArchive archive,
      Destination destination,
      boolean outsideLinks,
      LongAdder bytes,
      LongAdder files) {
    this.archive = new ArchiveReading(store, archive);
    this.destination = destination;
    this.outsideLinks = outsideLinks;
    this.bytes = bytes;
    this.files = files;
    this.root = destination.root(archive.tablespace());
  }

  @Override
  public Void call() throws StoreException {
    archive.read(this::write);
    return null;
  }

  private void write(TarArchiveEntry entry, String name, InputStream content) throws IOException {
    var path = place(name);
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
      destination.copy(place(archive.inside(entry.getLinkName())), path);
      destination.describe(path, looks);
      files.increment();
    } else if (entry.isFile() && !entry.isCharacterDevice() && !entry.isBlockDevice()) {
      file(path, content);
      destination.describe(path, looks);
      files.increment();
    } else if (!entry.isFIFO()) {
      throw archive.damaged(
          "the entry '%s' is neither a file nor a folder nor a link".formatted(entry.getName()));
    }
  }

  private Path place(String name) {
    try {
      return name.isEmpty() ? root : root.resolve(name);
    } catch (InvalidPathException cause) {
      throw new ProblemException(
          new Problem(
              Code.BAD_USE,
              archive.where(),
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
              archive.where(),
              "has a link '%s' that leads out of the data directory, to '%s'"
                  .formatted(root.relativize(path), to),
              "if it is meant to be so on this machine, allow links that lead outside")
          .asException();
    }
    destination.link(path, target);
  }

  private void file(Path path, InputStream content) throws IOException {
    var buffer = new byte[BUFFER];
    try (var channel = destination.create(path)) {
      for (int got = content.read(buffer); got >= 0; got = content.read(buffer)) {
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
}
