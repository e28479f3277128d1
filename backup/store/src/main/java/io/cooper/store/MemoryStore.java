package io.cooper.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// A store in memory, for tests and for trying things out. It keeps every object, of course.
public final class MemoryStore implements ObjectStore {
  private final String name;
  private final Clock clock;
  private final ConcurrentSkipListMap<String, Entry> objects =
      new ConcurrentSkipListMap<>(Keys.ORDER);
  private final Map<Long, Upload> uploads = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Entry(byte[] bytes, StoredObject object, Map<String, String> tags) {}

  /// An empty store.
  public MemoryStore() {
    this("memory:", Clock.systemUTC());
  }

  /// An empty store with a name and a clock of one's own.
  public MemoryStore(String name, Clock clock) {
    this.name = name;
    this.clock = clock;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public NewObject create(String key, Intent intent) throws StoreException {
    return new Upload(check(key), intent);
  }

  @Override
  public StoredBytes open(String key, long from, long length) throws StoreException {
    var entry = objects.get(check(key));
    if (entry == null) {
      throw Problems.noSuchObject(name, key);
    }
    int count = (int) StoredBytes.expected(entry.bytes.length, from, length);
    int start = (int) Math.min(from, entry.bytes.length);
    return StoredBytes.of(
        name, entry.object, new ByteArrayInputStream(entry.bytes, start, count), from, length);
  }

  @Override
  public Optional<StoredObject> find(String key) throws StoreException {
    return Optional.ofNullable(objects.get(check(key))).map(Entry::object);
  }

  /// The tags of an object; none if it is not there.
  public Map<String, String> tags(String key) {
    var entry = objects.get(key);
    return entry == null ? Map.of() : entry.tags;
  }

  @Override
  public Stream<StoredObject> list(String prefix, String after) throws StoreException {
    requireOpen();
    boolean resumes = Keys.ORDER.compare(after, prefix) > 0;
    return objects.tailMap(resumes ? after : prefix, !resumes).values().stream()
        .takeWhile(entry -> entry.object.key().startsWith(prefix))
        .map(Entry::object);
  }

  @Override
  public List<String> folders(String folder) throws StoreException {
    requireOpen();
    return objects.tailMap(folder).keySet().stream()
        .takeWhile(key -> key.startsWith(folder))
        .map(key -> Keys.childFolder(folder, key))
        .filter(child -> !child.isEmpty())
        .distinct()
        .toList();
  }

  @Override
  public void delete(Collection<String> keys) throws StoreException {
    requireOpen();
    Keys.check(name, keys).forEach(objects::remove);
  }

  @Override
  public List<Abandoned> abandoned(String prefix) throws StoreException {
    requireOpen();
    return uploads.values().stream()
        .filter(upload -> upload.key.startsWith(prefix))
        .<Abandoned>map(upload -> upload)
        .toList();
  }

  @Override
  public void close() {
    closed.set(true);
  }

  private String check(String key) throws StoreException {
    requireOpen();
    return Keys.check(name, key);
  }

  private void requireOpen() throws StoreException {
    if (closed.get()) {
      throw Problems.closed(name, "the store");
    }
  }

  private final class Upload implements NewObject, Abandoned {
    private final String key;
    private final Intent intent;
    private final long number = numbers.incrementAndGet();
    private final Instant begun = clock.instant();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Upload(String key, Intent intent) {
      this.key = key;
      this.intent = intent;
      uploads.put(number, this);
    }

    @Override
    public OutputStream bytes() {
      return new FilterOutputStream(bytes) {
        @Override
        public void write(int one) throws IOException {
          write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
          requireUnfinished();
          bytes.write(from, offset, length);
        }
      };
    }

    @Override
    public boolean take(Source source) throws StoreException {
      requireUnfinished();
      try (var in = source.open(0)) {
        for (long left = source.size(); left > 0; ) {
          var some = in.readNBytes((int) Math.min(left, 64 << 10));
          if (some.length == 0) {
            throw new EOFException("%d bytes are missing".formatted(left));
          }
          bytes.write(some);
          left -= some.length;
        }
        return true;
      } catch (IOException cause) {
        throw Problems.unreadable(source, cause);
      }
    }

    @Override
    public StoredObject commit() throws StoreException {
      requireUnfinished();
      var content = bytes.toByteArray();
      var object = new StoredObject(key, content.length, clock.instant(), etag());
      var entry = new Entry(content, object, intent.tags());
      if (intent.replace()) {
        objects.put(key, entry);
      } else if (objects.putIfAbsent(key, entry) != null) {
        uploads.remove(number);
        throw Problems.exists(name, key);
      }
      uploads.remove(number);
      return object;
    }

    private String etag() {
      return HexFormat.of().toHexDigits(number);
    }

    private void requireUnfinished() throws StoreException {
      requireOpen();
      if (!uploads.containsKey(number)) {
        throw Problems.closed(name + "/" + key, "the new object");
      }
    }

    @Override
    public void close() {
      uploads.remove(number);
    }

    @Override
    public String key() {
      return key;
    }

    @Override
    public Instant begun() {
      return begun;
    }

    @Override
    public void remove() {
      uploads.remove(number);
    }
  }
}
