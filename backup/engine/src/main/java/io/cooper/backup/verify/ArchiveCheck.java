package io.cooper.backup.verify;

import io.cooper.backup.base.Pages;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.restore.ArchiveReading;
import io.cooper.backup.restore.StoredArchives.StoredArchive;
import io.cooper.backup.verify.Contents.DamagedFile;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/// Reads one archive to its end, and writes nothing.
final class ArchiveCheck {
  /// PostgreSQL's usual page, and how many of them a file of a relation has.
  static final int BLOCK = 8 << 10;

  static final int BLOCKS_PER_FILE = (1 << 30) / BLOCK;

  /// A whole number of pages.
  private static final int BUFFER = 32 * BLOCK;

  /// More than any of the small files that are looked into.
  private static final int LARGEST_KEPT = 1 << 20;

  /// Whoever has more than that has lost the archive.
  private static final int MOST_FILES = 1000;

  private final StoredArchive archive;
  private final ArchiveReading reading;
  private final Contents contents;
  private final Optional<Pages> pages;
  private final LongAdder bytes;
  private final byte[] buffer = new byte[BUFFER];
  private final Map<String, byte[]> kept = new HashMap<>();
  private final List<DamagedFile> damage = new ArrayList<>();

  /// @param start pages that were changed after it are restored from WAL; empty if pages have no
  ///   checksums
  /// @param bytes counts those of files
  ArchiveCheck(
      ObjectStore store,
      StoredArchive archive,
      Contents contents,
      Optional<Lsn> start,
      LongAdder bytes) {
    this.archive = archive;
    this.reading = new ArchiveReading(store, archive);
    this.contents = contents;
    this.pages = start.map(lsn -> new Pages(BLOCK, BLOCKS_PER_FILE, lsn));
    this.bytes = bytes;
  }

  /// What is wrong with it as an archive; empty if it could be read to its end. Only then what it
  /// holds is judged: it would be the same damage once more.
  ///
  /// @throws StoreException if the store fails
  Optional<Problem> fault() throws StoreException {
    try {
      reading.read(this::member);
      kept.forEach(contents::keep);
      damage.forEach(contents::damaged);
      return Optional.empty();
    } catch (ProblemException found) {
      return Optional.of(located(found.problem()));
    } catch (StoreException found) {
      if (found.code() == Code.OBJECT_DAMAGED || found.code() == Code.NO_SUCH_OBJECT) {
        return Optional.of(located(found.problem()));
      }
      throw found;
    }
  }

  /// The same, with the first page where the damage shows.
  private Problem located(Problem problem) {
    return damage.isEmpty()
        ? problem
        : new Problem(
            problem.code(),
            problem.where(),
            "%s; it shows in block %d of %s"
                .formatted(problem.what(), damage.getFirst().first(), damage.getFirst().name()),
            problem.remedy());
  }

  private void member(TarArchiveEntry entry, String name, InputStream content) throws IOException {
    var global = Contents.global(archive.tablespace(), name);
    if (entry.isDirectory()) {
      contents.folder(global);
    } else if (entry.isSymbolicLink()) {
      requireInside(name, entry.getLinkName());
    } else if (entry.isLink()) {
      contents.file(global, 0);
    } else if (entry.isFile() && !entry.isCharacterDevice() && !entry.isBlockDevice()) {
      contents.file(global, entry.getSize());
      file(global, name, content);
    } else if (!entry.isFIFO()) {
      throw reading.damaged(
          "the entry '%s' is neither a file nor a folder nor a link".formatted(name));
    }
  }

  /// A link out of the data directory is refused by a restore; that of WAL becomes a folder.
  private void requireInside(String name, String to) {
    var folder = Optional.ofNullable(Path.of(name).getParent()).orElse(Path.of(""));
    var target = Path.of(to);
    if (!name.equals("pg_wal")
        && (target.isAbsolute() || folder.resolve(target).normalize().startsWith(".."))) {
      throw new Problem(
              Code.BAD_INPUT,
              reading.where(),
              "has a link '%s' that leads out of the data directory, to '%s'".formatted(name, to),
              "a restore refuses it: let the server do without such links")
          .asException();
    }
  }

  private void file(String global, String name, InputStream content) throws IOException {
    if (archive.tablespace().isEmpty() && Contents.isKept(global)) {
      var whole = content.readNBytes(LARGEST_KEPT);
      bytes.add(whole.length);
      kept.put(global, whole);
      return;
    }
    var firstBlock = pages.flatMap(each -> each.firstBlock(name));
    if (firstBlock.isPresent()) {
      pages(pages.get(), global, firstBlock.get(), content);
      return;
    }
    for (int got = content.read(buffer); got >= 0; got = content.read(buffer)) {
      bytes.add(got);
    }
  }

  private void pages(Pages known, String global, long firstBlock, InputStream content)
      throws IOException {
    var view = ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder());
    long block = 0;
    long wrong = 0;
    long first = 0;
    for (int got = content.readNBytes(buffer, 0, BUFFER);
        got > 0;
        got = content.readNBytes(buffer, 0, BUFFER)) {
      for (int at = 0; at + BLOCK <= got; at += BLOCK) {
        if (!known.isSound(view, at, firstBlock + block)) {
          first = wrong == 0 ? block : first;
          wrong++;
        }
        block++;
      }
      bytes.add(got);
    }
    contents.pages(block);
    if (wrong > 0 && damage.size() < MOST_FILES) {
      damage.add(new DamagedFile(reading.where(), global, wrong, first));
    }
  }
}
