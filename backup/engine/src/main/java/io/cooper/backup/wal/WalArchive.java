package io.cooper.backup.wal;

import io.cooper.backup.format.Codec;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.format.TimelineHistory;
import io.cooper.backup.format.WalName;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/// The WAL of one server in a store, in barman-cloud's layout. One call is one file; whoever wants
/// several at once calls from several threads. Memory does not depend on the size of a file.
///
/// What is stored is never replaced. The same content again is success, whatever its compression;
/// other content under the same name is [Code#WAL_CONFLICT]. Nothing is written before it is proved
/// that the archive belongs to the cluster that the file is of.
///
/// Everything that goes wrong is a [ProblemException] whose code tells *there is none*
/// ([Code#NO_SUCH_OBJECT], only after the store listed it) from *the store did not answer*.
public final class WalArchive {
  private static final int BUFFER = 64 << 10;
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private final Stored stored;
  private final Settings settings;
  private final Ownership ownership;
  private final Set<Integer> timelinesProven = ConcurrentHashMap.newKeySet();

  /// How many files are being compressed.
  private final AtomicInteger compressed = new AtomicInteger();

  /// The compression that the last file was found in: the next one is asked for in it first.
  private volatile Codec usual = Codec.NONE;

  /// The archive of a server.
  public WalArchive(ObjectStore store, ServerFolder folder, Settings settings) {
    this.stored = new Stored(store, folder);
    this.settings = settings;
    this.ownership = new Ownership(stored);
  }

  /// How files are written.
  ///
  /// @param tags of every object
  /// @param historyTags of history files, in place of the others
  public record Settings(
      Codec codec, Codec.Level level, Map<String, String> tags, Map<String, String> historyTags) {
    public Settings {
      tags = Map.copyOf(tags);
      historyTags = Map.copyOf(historyTags);
    }

    /// A compression at its usual level, without tags.
    public static Settings with(Codec codec) {
      return new Settings(codec, Codec.Level.Named.USUAL, Map.of(), Map.of());
    }
  }

  /// A file that is in the archive now.
  ///
  /// @param already whether it was there before, with the same content
  /// @param size of the file, in bytes
  /// @param stored bytes in the store, in its compression
  public record Archived(WalName name, boolean already, long size, long stored) {}

  /// A file that came out of the archive.
  ///
  /// @param name what was delivered: the partial segment, if there is no whole one
  /// @param size in bytes
  public record Fetched(WalName name, long size) {}

  /// Which store and server, for messages and for keeping things of different archives apart.
  public String place() {
    return stored.place(stored.folder().name());
  }

  /// Stores a file, which lies in its cluster's `pg_wal`.
  ///
  /// When this returns, the file is in the archive. When it throws, it may be.
  public Archived put(Path path) {
    var file = SourceFile.of(path);
    return Stored.asking(() -> {
      ownership.prove(file.systemId());
      proveTimeline(file);
      return send(file);
    });
  }

  /// The cluster that the archive belongs to, as an unsigned number; empty if nobody has written
  /// yet.
  public Optional<Long> owner() {
    return Stored.asking(ownership::owner);
  }

  /// The size of its segments, as one of the first of them says; empty if there is none, or none
  /// can be read.
  public Optional<SegmentSize> segmentSize() {
    return Stored.asking(ownership::segmentSize);
  }

  /// On a timeline that branched off, the history file says where. If the archive has another one,
  /// somebody else of the same descent was here first; if it has none, it gets ours before the
  /// first segment, for nobody could follow the timeline otherwise.
  private void proveTimeline(SourceFile file) throws StoreException {
    var timeline = file.name().timeline();
    if (timeline == 1
        || file.name() instanceof WalName.History
        || timelinesProven.contains(timeline)) {
      return;
    }
    var history =
        Objects.requireNonNull(file.path().getParent())
            .resolve(new WalName.History(timeline).text());
    if (Files.isRegularFile(history)) {
      send(SourceFile.of(history));
    }
    timelinesProven.add(timeline);
  }

  private Archived send(SourceFile file) throws StoreException {
    var key = stored.folder().wal(file.name(), settings.codec());
    // What is there already, also in another compression, is looked for while the file is sent.
    var looking = new FutureTask<>(() -> stored.copies(file.name()));
    Thread.startVirtualThread(looking);
    try (var object = stored.store().create(key, intent(file))) {
      var isTaken = settings.codec() == Codec.NONE && object.take(file.bytes());
      if (!isTaken) {
        pump(file, object.bytes());
      }
      var copies = found(looking);
      if (!copies.isEmpty()) {
        return accept(file, copies);
      }
      var size = object.commit().size();
      return new Archived(file.name(), false, file.size(), size);
    } catch (StoreException cause) {
      if (cause.code() == Code.OBJECT_EXISTS) {
        return accept(file, stored.copies(file.name()));
      }
      throw cause;
    }
  }

  private Intent intent(SourceFile file) {
    var tags =
        file.name() instanceof WalName.History && !settings.historyTags().isEmpty()
            ? settings.historyTags()
            : settings.tags();
    // No compression makes more of what cannot be compressed than this.
    return new Intent(false, file.size() + (file.size() >> 6) + BUFFER, tags);
  }

  private void pump(SourceFile file, OutputStream object) throws StoreException {
    try (var in = Files.newInputStream(file.path())) {
      // One file alone gets all processors, several share them.
      send(file, in, object, Math.max(1, PROCESSORS / compressed.incrementAndGet()));
    } catch (IOException cause) {
      throw Stored.storeFailure(cause).orElseThrow(() -> SourceFile.unreadable(file.path(), cause));
    } finally {
      compressed.decrementAndGet();
    }
  }

  private void send(SourceFile file, InputStream in, OutputStream object, int threads)
      throws IOException {
    var buffer = new byte[BUFFER];
    var left = file.size();
    try (var out = settings.codec().encodeWal(object, file.size(), settings.level(), threads)) {
      while (left > 0) {
        var count = in.readNBytes(buffer, 0, (int) Math.min(BUFFER, left));
        if (count == 0) {
          throw new IOException("it became %d bytes shorter while it was read".formatted(left));
        }
        out.write(buffer, 0, count);
        left -= count;
      }
    }
  }

  private List<Stored.Copy> found(FutureTask<List<Stored.Copy>> looking) throws StoreException {
    try {
      return looking.get();
    } catch (ExecutionException cause) {
      if (cause.getCause() instanceof StoreException known) {
        throw known;
      }
      throw new IllegalStateException(cause.getCause());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw interrupted(place());
    }
  }

  /// Waiting was ended from outside.
  static ProblemException interrupted(String where) {
    return new Problem(
            Code.STORE_BUSY,
            where,
            "was interrupted before the store answered",
            "try again: nothing is lost, and what did arrive is recognised")
        .asException();
  }

  private Archived accept(SourceFile file, List<Stored.Copy> copies) throws StoreException {
    for (var copy : copies) {
      if (stored.covers(copy, file)) {
        return new Archived(file.name(), true, file.size(), copy.object().size());
      }
    }
    throw new StoreException(
        new Problem(
            Code.WAL_CONFLICT,
            stored.place(copies.isEmpty() ? file.name().text() : copies.getFirst().key()),
            "the archive has other content under this name than %s".formatted(file.path()),
            "two servers of one descent write here: find the one that should not, and give it a"
                + " server name of its own; neither copy was touched"));
  }

  /// Whether a file is there, whole, in any compression.
  public boolean has(WalName name) {
    return Stored.asking(() -> !stored.copies(name).isEmpty());
  }

  /// The history of a timeline; empty if the archive has none, as for the first one.
  public Optional<TimelineHistory> history(int timeline) {
    var name = new WalName.History(timeline);
    return Stored.asking(() -> stored.text(name))
        .map(text -> TimelineHistory.parse(place() + "/" + name, name, text));
  }

  /// The bytes of a history file; empty if there is none.
  Optional<byte[]> historyText(int timeline) {
    return Stored.asking(() -> stored.text(new WalName.History(timeline)));
  }

  /// Fetches a file: a segment whole if there is a whole one, else its partial one. It appears
  /// under the destination's name only when all of it was checked: that it has a segment's size,
  /// and that its header fits its name.
  ///
  /// @throws ProblemException with [Code#NO_SUCH_OBJECT] if it is not there, with
  ///   [Code#OBJECT_DAMAGED] if no copy of it can be used
  public Fetched get(WalName name, Path destination) {
    return Stored.asking(() -> fetch(name, destination, true, false));
  }

  /// Fetches a whole segment, and forces it to the disk.
  Fetched getWhole(WalName.Segment name, Path destination) {
    return Stored.asking(() -> fetch(name, destination, false, true));
  }

  private Fetched fetch(WalName name, Path destination, boolean partialToo, boolean force)
      throws StoreException {
    var hasty = hasty(name, destination, force);
    if (hasty.isPresent()) {
      return hasty.get();
    }
    var copies = partialToo ? stored.copiesOrPartial(name) : stored.copies(name);
    if (copies.isEmpty()) {
      throw new StoreException(
          new Problem(
              Code.NO_SUCH_OBJECT,
              stored.place(stored.folder().anyWal(name)),
              "the archive does not have it",
              "if a recovery asks for it, this is the end of the archived WAL; if it should be"
                  + " there, look at the archiver of the server that wrote it"));
    }
    return firstSound(copies, destination, force);
  }

  /// Files follow each other in one compression: mostly the key is known without a listing.
  private Optional<Fetched> hasty(WalName name, Path destination, boolean force)
      throws StoreException {
    var key = stored.folder().wal(name, usual);
    try {
      return Optional.of(fetch(key, name, usual, destination, force));
    } catch (StoreException cause) {
      if (cause.code() == Code.NO_SUCH_OBJECT || cause.code() == Code.OBJECT_DAMAGED) {
        return Optional.empty();
      }
      throw cause;
    }
  }

  /// Another copy may be sound where one is not; but a partial one never stands for a whole one.
  private Fetched firstSound(List<Stored.Copy> copies, Path destination, boolean force)
      throws StoreException {
    Optional<StoreException> damage = Optional.empty();
    for (var copy : copies) {
      if (damage.isPresent() && !copy.name().equals(copies.getFirst().name())) {
        break;
      }
      try {
        var fetched = fetch(copy.key(), copy.name(), copy.codec(), destination, force);
        usual = copy.codec();
        return fetched;
      } catch (StoreException cause) {
        if (cause.code() != Code.OBJECT_DAMAGED) {
          throw cause;
        }
        damage = damage.or(() -> Optional.of(cause));
      }
    }
    throw damage.orElseThrow();
  }

  private Fetched fetch(String key, WalName name, Codec codec, Path destination, boolean force)
      throws StoreException {
    try (var in = stored.open(key, codec)) {
      return receive(key, name, in, destination, force);
    } catch (IOException cause) {
      throw stored.failure(key, cause);
    }
  }

  private Fetched receive(String key, WalName name, InputStream in, Path destination, boolean force)
      throws IOException {
    var begin = in.readNBytes(PageHeader.LENGTH);
    var limit =
        name.holdsWal() ? header(key, name, begin).size().bytes() : (long) SourceFile.LARGEST_TEXT;
    var half =
        destination.resolveSibling(
            ".%s.%x.tmp"
                .formatted(destination.getFileName(), ThreadLocalRandom.current().nextInt()));
    try (var out = new LocalFile(half)) {
      out.write(begin, begin.length);
      var buffer = new byte[BUFFER];
      for (int count; (count = in.read(buffer)) >= 0; ) {
        if (out.size() + count > limit) {
          throw stored.damaged(
              key, "has more than the %d bytes that it can have".formatted(limit), endless());
        }
        out.write(buffer, count);
      }
      if (name.holdsWal() && out.size() < limit) {
        throw stored.damaged(
            key,
            "ends after %d of %d bytes".formatted(out.size(), limit),
            new java.io.EOFException("short segment"));
      }
      out.appearAs(destination, force);
      return new Fetched(name, out.size());
    }
  }

  private static IOException endless() {
    return new IOException("too long");
  }

  private PageHeader header(String key, WalName name, byte[] begin) throws StoreException {
    var header =
        PageHeader.find(begin)
            .orElseThrow(() ->
                stored.damaged(
                    key,
                    "does not begin as a WAL segment does",
                    new IOException("no page header")));
    var strangeness = header.strangenessAs(SourceFile.segmentOf(name));
    if (strangeness.isPresent()) {
      throw stored.damaged(key, strangeness.get(), new IOException("wrong page header"));
    }
    return header;
  }

  /// The size of segments, as a fetched one has shown it.
  static SegmentSize sizeOf(Fetched segment) {
    return new SegmentSize((int) segment.size());
  }

  /// A file that has another name until it is whole; what is not finished is deleted.
  private static final class LocalFile implements AutoCloseable {
    private final Path half;
    private final FileChannel channel;
    private final OutputStream out;
    private long size;

    LocalFile(Path half) {
      this.half = half;
      try {
        this.channel =
            FileChannel.open(half, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        this.out = java.nio.channels.Channels.newOutputStream(channel);
      } catch (IOException cause) {
        throw Stored.disk(half, cause);
      }
    }

    long size() {
      return size;
    }

    void write(byte[] bytes, int count) {
      try {
        out.write(bytes, 0, count);
        size += count;
      } catch (IOException cause) {
        throw Stored.disk(half, cause);
      }
    }

    void appearAs(Path destination, boolean force) {
      try {
        if (force) {
          channel.force(true);
        }
        channel.close();
        Files.move(
            half, destination, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException cause) {
        throw Stored.disk(destination, cause);
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
        Files.deleteIfExists(half);
      } catch (IOException _) {
        // What is left over has a name that nobody asks for.
      }
    }
  }
}
