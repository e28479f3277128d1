package io.cooper.backup.wal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.SegmentSize;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.Intent;
import io.cooper.store.StoreException;
import io.cooper.store.UncheckedStoreException;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Whose archive it is: the system identifier of the cluster that writes into it. A cluster that
/// fails over, is restored or gets its disk back keeps its identifier and is let in, on whatever
/// timeline; one that was made anew has another and is kept out, whatever it is called.
///
/// The answer lies beside the archive, where barman never looks. If it is lost it is found again in
/// the newest backup, or else in the WAL itself; only an archive that has neither is free, and
/// belongs to the first who asks.
final class Ownership {
  private static final Pattern SYSTEM_ID = Pattern.compile("(?m)^system-identifier=(\\d{1,20})$");
  private static final int LARGEST = 4096;

  /// An archive whose first objects are all damaged is looked at no longer.
  private static final int SEGMENTS_LOOKED_AT = 16;

  private final Stored stored;
  private final Set<Long> proven = ConcurrentHashMap.newKeySet();

  Ownership(Stored stored) {
    this.stored = stored;
  }

  /// Lets a cluster in, or throws. Asks the store once for each cluster.
  ///
  /// @throws StoreException with [Code#FOREIGN_ARCHIVE] if the archive belongs to another one
  synchronized void prove(long systemId) throws StoreException {
    if (proven.contains(systemId)) {
      return;
    }
    var owner = known();
    if (owner.isEmpty()) {
      owner = Optional.of(recorded(found().orElse(systemId)));
    }
    if (owner.get() != systemId) {
      throw foreign(owner.get(), systemId);
    }
    proven.add(systemId);
  }

  /// The cluster that an archive belongs to; empty if it is free.
  Optional<Long> owner() throws StoreException {
    var known = known();
    return known.isPresent() ? known : found();
  }

  private String key() {
    return stored.folder().own() + "identity";
  }

  private Optional<Long> known() throws StoreException {
    try (var in = stored.store().open(key())) {
      var text = new String(in.readNBytes(LARGEST), UTF_8);
      var line = SYSTEM_ID.matcher(text);
      return line.find() ? Optional.of(Long.parseUnsignedLong(line.group(1))) : Optional.empty();
    } catch (StoreException cause) {
      if (cause.code() == Code.NO_SUCH_OBJECT) {
        return Optional.empty();
      }
      throw cause;
    } catch (IOException cause) {
      throw stored.failure(key(), cause);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// Writes the answer down, unless somebody else did meanwhile; then it is theirs that counts.
  private long recorded(long systemId) throws StoreException {
    var text =
        """
        # Which PostgreSQL cluster this archive belongs to. Found again from the archive if it is lost.
        system-identifier=%s
        """
            .formatted(Long.toUnsignedString(systemId))
            .getBytes(UTF_8);
    try (var object = stored.store().create(key(), new Intent(false, text.length, Map.of()))) {
      try (var out = object.bytes()) {
        out.write(text);
      }
      object.commit();
      return systemId;
    } catch (StoreException cause) {
      if (cause.code() == Code.OBJECT_EXISTS) {
        return known().orElseThrow(() -> unreadable(cause));
      }
      throw cause;
    } catch (IOException cause) {
      throw stored.failure(key(), cause);
    }
  }

  private StoreException unreadable(StoreException cause) {
    return new StoreException(
        new Problem(
            Code.OBJECT_DAMAGED,
            stored.place(key()),
            "does not say which cluster the archive belongs to",
            "delete this one object: it is made again from the archive"),
        cause);
  }

  private Optional<Long> found() throws StoreException {
    var backup = inNewestBackup();
    return backup.isPresent() ? backup : inWal();
  }

  private Optional<Long> inNewestBackup() throws StoreException {
    var ids =
        stored.store().folders(stored.folder().bases()).stream()
            .flatMap(name -> BackupId.find(name).stream())
            .sorted(Comparator.<BackupId>naturalOrder().reversed())
            .toList();
    for (var id : ids) {
      var systemId = inBackup(id);
      if (systemId.isPresent()) {
        return systemId;
      }
    }
    return Optional.empty();
  }

  private Optional<Long> inBackup(BackupId id) throws StoreException {
    var key = stored.folder().info(id);
    try (var in = stored.store().open(key)) {
      return BackupInfo.parse(stored.place(key), in.readNBytes(SourceFile.LARGEST_TEXT))
          .get(BackupInfo.SYSTEM_ID)
          .map(Long::parseUnsignedLong);
    } catch (ProblemException | NumberFormatException _) {
      return Optional.empty();
    } catch (StoreException cause) {
      if (cause.code() == Code.NO_SUCH_OBJECT) {
        return Optional.empty();
      }
      throw cause;
    } catch (IOException cause) {
      throw stored.failure(key, cause);
    }
  }

  private Optional<Long> inWal() throws StoreException {
    var segments = firstSegments();
    var header = header(segments);
    if (header.isPresent() || segments.isEmpty()) {
      return header.map(PageHeader::systemId);
    }
    throw stored.damaged(
        segments.getFirst().key(),
        "is no WAL segment, nor are the next: it cannot be told which cluster the archive"
            + " belongs to",
        new IllegalStateException("no readable segment"));
  }

  /// The size of the archive's segments, as one of the first says that can be read.
  Optional<SegmentSize> segmentSize() throws StoreException {
    return header(firstSegments()).map(PageHeader::size);
  }

  private List<Stored.Copy> firstSegments() throws StoreException {
    try (var objects = stored.store().list(stored.folder().wals(), "")) {
      return objects
          .flatMap(object -> stored.copy(object).stream())
          .filter(copy -> copy.name().holdsWal())
          .limit(SEGMENTS_LOOKED_AT)
          .toList();
    } catch (UncheckedStoreException cause) {
      throw cause.store();
    }
  }

  private Optional<PageHeader> header(List<Stored.Copy> segments) throws StoreException {
    for (var segment : segments) {
      var header = header(segment);
      if (header.isPresent()) {
        return header;
      }
    }
    return Optional.empty();
  }

  private Optional<PageHeader> header(Stored.Copy segment) throws StoreException {
    try {
      return PageHeader.find(stored.begin(segment, PageHeader.LENGTH));
    } catch (StoreException cause) {
      if (cause.code() == Code.OBJECT_DAMAGED || cause.code() == Code.NO_SUCH_OBJECT) {
        return Optional.empty();
      }
      throw cause;
    }
  }

  private StoreException foreign(long owner, long asking) {
    return new StoreException(
        new Problem(
            Code.FOREIGN_ARCHIVE,
            stored.place(stored.folder().name()),
            "the archive belongs to cluster %s, and cluster %s wants to write into it"
                .formatted(Long.toUnsignedString(owner), Long.toUnsignedString(asking)),
            "give the new cluster a server name or a store of its own; to go on with the old one,"
                + " restore it from this archive"));
  }
}
