package io.cooper.backup.wal;

import io.cooper.backup.format.Codec;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Looks into stored WAL: at its first bytes, or at all of it. Writes nothing anywhere.
public final class WalInspection {
  /// About as many stored bytes as are read for a header.
  public static final long HEADER_COST = 16 << 10;

  /// As much as most compressions need to give the first bytes.
  private static final long SOME = HEADER_COST;

  private static final int MORE = 8;
  private static final long ENOUGH = 4L << 20;

  private final Stored stored;
  private final AtomicLong read = new AtomicLong();
  private final Map<Codec, Long> enough = new ConcurrentHashMap<>();

  /// The WAL of a server.
  public WalInspection(ObjectStore store, ServerFolder server) {
    this.stored = new Stored(store, server);
  }

  /// What was found in an object.
  ///
  /// @param systemId of the cluster that wrote it, unsigned, if it tells
  /// @param size of segments, if it tells
  /// @param damage what is wrong with it, in words; empty if what was looked at is sound
  /// @param lastRecord where the last record begins that ends in it, if all of it was read
  /// @param newest the newest time at which one of its transactions ended, if all of it was read
  ///   and any did
  public record Inspected(
      Optional<Long> systemId,
      Optional<SegmentSize> size,
      Optional<String> damage,
      Optional<Lsn> lastRecord,
      Optional<Instant> newest) {
    private static Inspected damaged(String what) {
      return new Inspected(
          Optional.empty(),
          Optional.empty(),
          Optional.of(what),
          Optional.empty(),
          Optional.empty());
    }
  }

  /// Stored bytes that were asked for so far.
  public long bytesRead() {
    return read.get();
  }

  /// Looks at the first bytes of a segment or partial segment: whose it is, and whether it is the
  /// one that it is called.
  ///
  /// @param begun where its timeline left its parent, if that is known
  /// @throws StoreException if the store fails, with [Code#NO_SUCH_OBJECT] if it is gone meanwhile
  public Inspected header(StoredObject object, WalName name, Codec codec, Optional<Lsn> begun)
      throws StoreException {
    var begin = begin(object, codec);
    if (begin.isEmpty()) {
      return Inspected.damaged("cannot be decompressed");
    }
    return PageHeader.find(begin.get())
        .map(header -> of(header, strangeness(header, SourceFile.segmentOf(name), begun)))
        .orElseGet(() -> Inspected.damaged("does not begin as a WAL segment does"));
  }

  private static Optional<String> strangeness(
      PageHeader header, WalName.Segment name, Optional<Lsn> begun) {
    return header
        .strangenessAs(name)
        .or(() -> SegmentScan.strangeTimeline(header.timeline(), name, header.begin(), begun));
  }

  private static Inspected of(PageHeader header, Optional<String> damage) {
    return new Inspected(
        Optional.of(header.systemId()),
        Optional.of(header.size()),
        damage,
        Optional.empty(),
        Optional.empty());
  }

  /// The first bytes, from as little as will do; empty if all of it does not.
  private Optional<byte[]> begin(StoredObject object, Codec codec) throws StoreException {
    var length = codec == Codec.NONE ? PageHeader.LENGTH : enough.getOrDefault(codec, SOME);
    for (; ; length *= MORE) {
      var isAll = length >= object.size() || length >= ENOUGH;
      read.addAndGet(Math.min(isAll ? Long.MAX_VALUE : length, object.size()));
      try (var in =
          codec.decode(stored.store().open(object.key(), 0, isAll ? Long.MAX_VALUE : length))) {
        var begin = in.readNBytes(PageHeader.LENGTH);
        if (begin.length == PageHeader.LENGTH || isAll) {
          var needed = length;
          enough.merge(codec, needed, Math::max);
          return Optional.of(begin);
        }
      } catch (IOException cause) {
        requireDamage(cause);
        if (isAll) {
          return Optional.empty();
        }
      } catch (IllegalArgumentException | IndexOutOfBoundsException _) {
        // As above, said in another way.
        if (isAll) {
          return Optional.empty();
        }
      }
    }
  }

  /// Tells what the store could not do from what an object does not hold.
  private static void requireDamage(IOException cause) throws StoreException {
    var failure = Stored.storeFailure(cause);
    if (failure.isPresent() && failure.get().code() != Code.OBJECT_DAMAGED) {
      throw failure.get();
    }
  }

  /// Reads all of a file. Of a segment, every page and every record; of a partial segment, its
  /// header and its size; of a text, its size.
  ///
  /// @param begun where its timeline left its parent, if that is known
  /// @throws StoreException if the store fails, with [Code#NO_SUCH_OBJECT] if it is gone meanwhile
  public Inspected all(StoredObject object, WalName name, Codec codec, Optional<Lsn> begun)
      throws StoreException {
    read.addAndGet(object.size());
    try (var in = stored.open(object.key(), codec)) {
      return switch (name) {
        case WalName.Segment segment -> scanned(SegmentScan.of(segment, begun, in));
        case WalName.Partial(var segment) -> {
          var begin = in.readNBytes(PageHeader.LENGTH);
          var length = begin.length + in.transferTo(OutputStream.nullOutputStream());
          yield PageHeader.find(begin)
              .map(header -> of(header, strangeness(header, segment, length)))
              .orElseGet(() -> Inspected.damaged("does not begin as a WAL segment does"));
        }
        case WalName.Label _, WalName.History _ -> {
          var length = in.readNBytes(SourceFile.LARGEST_TEXT + 1).length;
          yield length == 0 || length > SourceFile.LARGEST_TEXT
              ? Inspected.damaged("has %d bytes, which no such file has".formatted(length))
              : new Inspected(
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.empty());
        }
      };
    } catch (IOException cause) {
      requireDamage(cause);
      return Inspected.damaged("cannot be decompressed: " + cause.getMessage());
    } catch (IllegalArgumentException | IndexOutOfBoundsException malformed) {
      // Libraries that decompress fail on what is malformed in more ways than one.
      return Inspected.damaged("cannot be decompressed: " + malformed.getMessage());
    }
  }

  private static Optional<String> strangeness(
      PageHeader header, WalName.Segment segment, long length) {
    return header
        .strangenessAs(segment)
        .or(() ->
            length == header.size().bytes()
                ? Optional.empty()
                : Optional.of(
                    "has %d bytes, and segments have %d".formatted(length, header.size().bytes())));
  }

  private static Inspected scanned(SegmentScan scanned) {
    return new Inspected(
        scanned.header().map(PageHeader::systemId),
        scanned.header().map(PageHeader::size),
        scanned.damage(),
        scanned.lastRecord(),
        scanned.newest());
  }

  /// Reads all of a segment, wherever it lies; empty if it is not there. Of several copies, the
  /// first that is sound.
  public Optional<Inspected> segment(WalName.Segment name) throws StoreException {
    Optional<Inspected> found = Optional.empty();
    for (var copy : stored.copies(name)) {
      if (found.isEmpty() || found.get().damage().isPresent()) {
        var inspected = all(copy.object(), copy.name(), copy.codec(), Optional.empty());
        found = inspected.damage().isEmpty() || found.isEmpty() ? Optional.of(inspected) : found;
      }
    }
    return found;
  }
}
