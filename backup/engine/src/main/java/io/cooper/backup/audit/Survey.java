package io.cooper.backup.audit;

import io.cooper.backup.audit.Finding.Kind;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.ServerFolder.StoredName;
import io.cooper.backup.format.WalName;
import io.cooper.backup.format.WalName.Segment;
import io.cooper.backup.map.WalMap;
import io.cooper.store.StoredObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a listing alone tells of each object.
final class Survey implements WalMap.Beside {
  private static final long LARGEST_TEXT = 1 << 20;

  private final SegmentSize size;
  private final Findings findings;
  private final Map<Segment, Integer> copies = new HashMap<>();
  private final Map<Segment, Integer> useless = new HashMap<>();
  private final Set<String> known = new HashSet<>();
  private Optional<StoredObject> before = Optional.empty();
  private Optional<WalName> nameBefore = Optional.empty();
  private long objects;
  private long bytes;

  Survey(SegmentSize size, Findings findings) {
    this.size = size;
    this.findings = findings;
  }

  @Override
  public void see(StoredObject object, Optional<StoredName> stored) {
    objects++;
    bytes += object.size();
    if (stored.isEmpty()) {
      findings.add(
          Kind.NO_WAL, object.key(), "is no WAL file, or lies where none of its name lies");
      return;
    }
    var name = stored.get().name();
    if (nameBefore.equals(Optional.of(name))) {
      if (name instanceof Segment segment) {
        copies.merge(segment, 2, (count, _) -> count + 1);
      }
      findings.add(
          Kind.DUPLICATE,
          object.key(),
          "the same file is there as " + before.map(StoredObject::key).orElse(""));
    }
    before = Optional.of(object);
    nameBefore = Optional.of(name);
    strangeness(object, name, stored.get().codec())
        .ifPresent(what -> damaged(Kind.WRONG_SIZE, object, name, what));
  }

  private Optional<String> strangeness(StoredObject object, WalName name, Codec codec) {
    if (object.size() == 0) {
      return Optional.of("is empty");
    }
    if (!name.holdsWal()) {
      return object.size() > LARGEST_TEXT
          ? Optional.of("has %d bytes, and is a text".formatted(object.size()))
          : Optional.empty();
    }
    if (!fits(name)) {
      return Optional.of("cannot be a segment of %d bytes".formatted(size.bytes()));
    }
    if (codec == Codec.NONE && object.size() != size.bytes()) {
      return Optional.of("has %d of %d bytes".formatted(object.size(), size.bytes()));
    }
    // No compression makes more of what cannot be compressed.
    return object.size() > size.bytes() + (size.bytes() >> 6) + (64 << 10)
        ? Optional.of("has %d bytes, and segments have %d".formatted(object.size(), size.bytes()))
        : Optional.empty();
  }

  private boolean fits(WalName name) {
    return switch (name) {
      case Segment segment -> segment.fits(size);
      case WalName.Partial(var segment) -> segment.fits(size);
      case WalName.Label _, WalName.History _ -> true;
    };
  }

  /// Notes that an object is of no use.
  void damaged(Kind kind, StoredObject object, WalName name, String what) {
    findings.add(kind, object.key(), what);
    known.add(object.key());
    if (name instanceof Segment segment) {
      useless.merge(segment, 1, Integer::sum);
    }
  }

  /// Whether an object is known to be of no use.
  boolean isKnown(StoredObject object) {
    return known.contains(object.key());
  }

  /// The segments of which no copy is of use.
  Set<Segment> useless() {
    var all = new HashSet<Segment>();
    useless.forEach((segment, count) -> {
      if (count >= copies.getOrDefault(segment, 1)) {
        all.add(segment);
      }
    });
    return all;
  }

  long objects() {
    return objects;
  }

  long bytes() {
    return bytes;
  }
}
