package io.cooper.backup.wal;

import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/// Reads segments out of an archive to their ends, as recovery would, and keeps nothing: that they
/// are there, can be decompressed, have their size, are of their cluster, timeline and place, and
/// that every page and every record in them is right.
///
/// Segments are asked for in their order: a record that goes on in the next one is followed there.
/// Holds one page. For one thread at a time.
public final class WalReading {
  private final Stored stored;
  private final SegmentSize size;
  private final Optional<Long> systemId;
  private final Records records = new Records();
  private Optional<WalName.Segment> last = Optional.empty();
  private long bytes;
  private int segments;

  /// Reads segments of one size.
  ///
  /// @param systemId of the cluster that they must be of; of any if empty
  public WalReading(
      ObjectStore store, ServerFolder folder, SegmentSize size, Optional<Long> systemId) {
    this.stored = new Stored(store, folder);
    this.size = size;
    this.systemId = systemId;
  }

  /// How many bytes were read, decompressed.
  public long bytes() {
    return bytes;
  }

  /// How many segments were sound.
  public int segments() {
    return segments;
  }

  /// Reads a segment; says what is wrong with it, if anything is.
  ///
  /// @throws StoreException if the store fails
  public Optional<Problem> read(WalName.Segment segment) throws StoreException {
    var copies = stored.copies(segment);
    if (copies.isEmpty()) {
      last = Optional.empty();
      return Optional.of(missing(segment));
    }
    return read(segment, copies);
  }

  private Optional<Problem> read(WalName.Segment segment, List<Stored.Copy> copies)
      throws StoreException {
    var fault = Optional.<Problem>empty();
    for (var copy : copies) {
      var found = fault(segment, copy);
      if (found.isEmpty()) {
        segments++;
        last = Optional.of(segment);
        return Optional.empty();
      }
      fault = fault.or(() -> found);
      last = Optional.empty();
    }
    return fault;
  }

  private Problem missing(WalName.Segment segment) {
    return new Problem(
        Code.NO_SUCH_OBJECT,
        stored.place(stored.folder().anyWal(segment)),
        "the archive does not have this segment, which the backup needs",
        "look for a copy: the server's pg_wal, another site; archive it, or restore another backup");
  }

  private Optional<Problem> fault(WalName.Segment segment, Stored.Copy copy) throws StoreException {
    try (var in = stored.open(copy.key(), copy.codec())) {
      return content(segment, in).map(what -> damaged(copy, what));
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException cause) {
      var ofStore = Stored.storeFailure(cause);
      if (ofStore.isPresent()) {
        if (ofStore.get().code() == Code.NO_SUCH_OBJECT) {
          return Optional.of(missing(segment));
        }
        if (ofStore.get().code() == Code.OBJECT_DAMAGED) {
          return Optional.of(ofStore.get().problem());
        }
        throw ofStore.get();
      }
      return Optional.of(damaged(copy, "cannot be decompressed: " + cause.getMessage()));
    }
  }

  private Problem damaged(Stored.Copy copy, String what) {
    return stored.damaged(copy.key(), what, new IOException(what)).problem();
  }

  private Optional<String> content(WalName.Segment segment, InputStream in) throws IOException {
    var begin = in.readNBytes(PageHeader.LENGTH);
    var header = PageHeader.find(begin);
    if (header.isEmpty()) {
      return Optional.of("does not begin as a WAL segment does");
    }
    var strange = strangeness(segment, header.get());
    if (strange.isPresent()) {
      return strange;
    }
    records.segment(last.filter(before -> before.next(size).equals(segment)).isPresent());
    var read = SegmentPages.read(begin, header.get(), in, records::page);
    bytes += read.bytes();
    return read.fault();
  }

  private Optional<String> strangeness(WalName.Segment segment, PageHeader header) {
    if (!header.size().equals(size)) {
      return Optional.of(
          "says that segments have %d bytes, the backup says %d"
              .formatted(header.size().bytes(), size.bytes()));
    }
    var foreign = systemId.filter(expected -> expected != header.systemId());
    if (foreign.isPresent()) {
      return Optional.of(
          "was written by cluster %s, and the backup is of cluster %s"
              .formatted(
                  Long.toUnsignedString(header.systemId()), Long.toUnsignedString(foreign.get())));
    }
    return header.strangenessAs(segment);
  }
}
