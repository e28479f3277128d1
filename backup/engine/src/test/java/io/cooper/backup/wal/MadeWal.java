package io.cooper.backup.wal;

import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.WalName.Segment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/// WAL of our own making that PostgreSQL 18 could have written: pages, records that cross them,
/// true checksums, and transactions that end at known times.
public final class MadeWal {
  /// The smallest that there are.
  public static final SegmentSize SIZE = new SegmentSize(1 << 20);

  private static final int PAGE = 8192;
  private static final int XACT = 1;
  private static final int HEAP = 10;
  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  private final int timeline;
  private final long systemId;
  private final Random random;
  private final TreeMap<Long, byte[]> segments = new TreeMap<>();
  private final List<End> ends = new ArrayList<>();
  private final List<Lsn> records = new ArrayList<>();
  private final List<Lsn> nexts = new ArrayList<>();
  private Lsn at;
  private Lsn previous = new Lsn(0);
  private Instant clock;

  /// A transaction that ended.
  ///
  /// @param record where its record begins
  /// @param next where the next record may begin
  public record End(Instant time, Lsn record, Lsn next) {}

  private MadeWal(int timeline, long systemId, long seed, Lsn at, Instant clock) {
    this.timeline = timeline;
    this.systemId = systemId;
    this.random = new Random(seed);
    this.at = at;
    this.clock = clock;
  }

  /// Begins with the first byte of a segment.
  public static MadeWal from(long number, long systemId, long seed, Instant clock) {
    return new MadeWal(1, systemId, seed, SIZE.beginOf(number), clock);
  }

  /// Leaves this timeline where it is now, for another one, whose first segment begins as the last
  /// of this one does.
  public MadeWal branch(int child, long seed) {
    var other = new MadeWal(child, systemId, seed, at, clock);
    var number = SIZE.numberOf(at);
    var shared = segment(number).clone();
    Arrays.fill(shared, offset(), shared.length, (byte) 0);
    other.segments.put(number, shared);
    other.previous = previous;
    return other;
  }

  private int offset() {
    return (int) (at.bytes() % SIZE.bytes());
  }

  /// Writes until a segment is full and the next one begun.
  public MadeWal fillTo(long number) {
    while (SIZE.numberOf(at) < number) {
      if (random.nextInt(8) == 0) {
        end();
      } else {
        change();
      }
    }
    return this;
  }

  private void change() {
    var content =
        ByteBuffer.allocate(5 + 100 + random.nextInt(20_000)).order(ByteOrder.LITTLE_ENDIAN);
    content.put((byte) 254).putInt(content.capacity() - 5);
    // What compresses well, so that tests are quick.
    Arrays.fill(content.array(), 5, content.capacity(), (byte) random.nextInt(256));
    record(HEAP, 0, content.array());
  }

  private void end() {
    clock = clock.plus(Duration.ofSeconds(1 + random.nextInt(60)));
    var micros = Duration.between(EPOCH, clock).toNanos() / 1000;
    var isNamed = random.nextBoolean();
    var content = ByteBuffer.allocate(isNamed ? 18 : 10).order(ByteOrder.LITTLE_ENDIAN);
    if (isNamed) {
      content.put((byte) 253).putShort((short) 1).put((byte) 252).putInt(700);
    }
    content.put((byte) 255).put((byte) 8).putLong(micros);
    var operations = List.of(0x00, 0x20, 0x30, 0x80);
    var begin = recordBegin();
    record(XACT, operations.get(random.nextInt(operations.size())), content.array());
    ends.add(new End(clock, begin, at));
  }

  /// Ends the segment early, as pg_switch_wal() does; the rest is zeros.
  public MadeWal switchSegment() {
    record(0, 0x40, new byte[0]);
    segment(SIZE.numberOf(at.plus(-1)));
    at = SIZE.beginOf(SIZE.numberOf(at.plus(-1)) + 1);
    return this;
  }

  private Lsn recordBegin() {
    var inPage = at.bytes() % PAGE;
    return inPage == 0 ? at.plus(offset() == 0 ? 40 : 24) : at;
  }

  private void record(int manager, int info, byte[] content) {
    var record =
        ByteBuffer.allocate(24 + content.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(24 + content.length)
            .putInt(700)
            .putLong(previous.bytes())
            .put((byte) info)
            .put((byte) manager)
            .putShort((short) 0)
            .putInt(0)
            .put(content)
            .array();
    var crc = new CRC32C();
    crc.update(record, 24, content.length);
    crc.update(record, 0, 20);
    ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).putInt(20, (int) crc.getValue());
    previous = recordBegin();
    records.add(previous);
    for (var written = 0; written < record.length; ) {
      header(record.length - written, written > 0);
      var room = PAGE - (int) (at.bytes() % PAGE);
      var count = Math.min(room, record.length - written);
      System.arraycopy(record, written, segment(SIZE.numberOf(at)), offset(), count);
      written += count;
      at = at.plus(count);
    }
    at = new Lsn((at.bytes() + 7) & ~7L);
    nexts.add(at);
  }

  private void header(int left, boolean isContinued) {
    if (at.bytes() % PAGE != 0) {
      return;
    }
    var isFirst = offset() == 0;
    var page = ByteBuffer.wrap(segment(SIZE.numberOf(at))).order(ByteOrder.LITTLE_ENDIAN);
    page.position(offset());
    page.putShort((short) 0xD118)
        .putShort((short) ((isFirst ? 2 : 0) | (isContinued ? 1 : 0)))
        .putInt(timeline)
        .putLong(at.bytes())
        .putInt(isContinued ? left : 0)
        .putInt(0);
    if (isFirst) {
      page.putLong(systemId).putInt(SIZE.bytes()).putInt(PAGE);
    }
    at = at.plus(isFirst ? 40 : 24);
  }

  private byte[] segment(long number) {
    return segments.computeIfAbsent(number, _ -> new byte[SIZE.bytes()]);
  }

  /// The content of a segment.
  public byte[] content(long number) {
    return Objects.requireNonNull(segments.get(number)).clone();
  }

  /// Its name.
  public Segment name(long number) {
    return Segment.numbered(timeline, number, SIZE);
  }

  /// All transactions that ended on this timeline, in order.
  public List<End> ends() {
    return List.copyOf(ends);
  }

  /// Where the last record of this timeline begins that ends before a place.
  public Optional<Lsn> lastRecordBefore(Lsn end) {
    Optional<Lsn> last = Optional.empty();
    for (var at = 0; at < records.size(); at++) {
      var next = nexts.get(at);
      if (next.compareTo(end) <= 0) {
        last = Optional.of(records.get(at));
      }
    }
    return last;
  }

  /// Where it is now.
  public Lsn at() {
    return at;
  }

  /// What time it is now.
  public Instant clock() {
    return clock;
  }

  /// The offset in its segment of the middle of a record that lies wholly in it.
  public int insideARecord(long number, Random choice) {
    var inside =
        records.stream()
            .filter(record -> SIZE.numberOf(record) == number)
            .filter(record -> record.bytes() % PAGE < PAGE - 200)
            .filter(record -> record.bytes() % SIZE.bytes() < SIZE.bytes() - 40_000)
            .toList();
    var record = inside.get(choice.nextInt(inside.size()));
    return (int) (record.bytes() % SIZE.bytes()) + choice.nextInt(24);
  }
}
