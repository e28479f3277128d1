package io.cooper.manifest;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A map from string keys to values, in document order. Keys that YAML reads as numbers or booleans
/// are the strings that Kubernetes makes of them, since JSON knows no others.
public final class Mapping implements Value {
  /// One entry; keys have places too, because a finding about a key stands on the key.
  ///
  /// @param key a string; its [Scalar#source] is what stands in the file: `0x10` for the key `16`
  public record Entry(Scalar key, Value value) {
    /// The key as [Mapping#get] knows it.
    public String name() {
      return String.valueOf(key.plain());
    }
  }

  /// Up to here looking through all keys is quicker than hashing one, and costs no memory.
  private static final int FEW = 8;

  private final String file;
  private final int line;
  private final int column;

  /// Keys at even indexes, their values behind them: half the memory of a hash map.
  private final Value[] entries;

  /// For maps with many keys: where in [#entries] a key is, by open addressing; -1 for nowhere.
  private final int @Nullable [] slots;

  /// @param place where it begins: its first key
  /// @param entries by key, in document order
  public Mapping(Place place, Map<String, Entry> entries) {
    this(place.file(), place.line(), place.column(), flat(entries));
  }

  /// @param entries key, value, key, value; every key a string, and no key twice
  Mapping(String file, int line, int column, Value[] entries) {
    this.file = file;
    this.line = line;
    this.column = column;
    this.entries = entries;
    this.slots = entries.length > 2 * FEW ? slots(entries) : null;
  }

  private static Value[] flat(Map<String, Entry> entries) {
    var flat = new Value[entries.size() * 2];
    int next = 0;
    for (var entry : entries.entrySet()) {
      flat[next++] = entry.getValue().key().named(entry.getKey());
      flat[next++] = entry.getValue().value();
    }
    return flat;
  }

  private static int[] slots(Value[] entries) {
    var slots = new int[Integer.highestOneBit(entries.length) * 2];
    Arrays.fill(slots, -1);
    for (int i = 0; i < entries.length; i += 2) {
      int slot = slot(name(entries, i), slots.length);
      while (slots[slot] >= 0) {
        slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = i;
    }
    return slots;
  }

  private static int slot(String name, int slots) {
    int hash = name.hashCode();
    return (hash ^ (hash >>> 16)) & (slots - 1);
  }

  private static String name(Value[] entries, int index) {
    return entries[index].plain() instanceof String name ? name : "";
  }

  /// Where in [#entries] a key stands; -1 if it is not there.
  private int index(String name) {
    if (slots == null) {
      for (int i = 0; i < entries.length; i += 2) {
        if (name(entries, i).equals(name)) {
          return i;
        }
      }
      return -1;
    }
    int slot = slot(name, slots.length);
    while (slots[slot] >= 0 && !name(entries, slots[slot]).equals(name)) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slots[slot];
  }

  @Override
  public Place place() {
    return new Place(file, line, column);
  }

  /// The entries in document order.
  public Stream<Entry> entries() {
    return indexes().mapToObj(i -> new Entry((Scalar) entries[i], entries[i + 1]));
  }

  /// The keys in document order.
  public Stream<String> keys() {
    return indexes().mapToObj(i -> name(entries, i));
  }

  private IntStream indexes() {
    return IntStream.range(0, size()).map(i -> i * 2);
  }

  /// The key of an entry, counted from 0 in document order; for loops over objects by the thousand.
  public String nameAt(int index) {
    return name(entries, index * 2);
  }

  /// The value of an entry, counted from 0 in document order.
  public Value valueAt(int index) {
    return entries[index * 2 + 1];
  }

  /// How many entries there are.
  public int size() {
    return entries.length / 2;
  }

  /// The value under a key, if the key is there; it may be a null scalar.
  public Optional<Value> get(String key) {
    int index = index(key);
    return index < 0 ? Optional.empty() : Optional.of(entries[index + 1]);
  }

  /// Where a key stands, if it is there.
  public Optional<Place> placeOfKey(String key) {
    int index = index(key);
    return index < 0 ? Optional.empty() : Optional.of(entries[index].place());
  }

  /// The mapping found by following keys; empty if there is none or something else stands there.
  public Optional<Mapping> mapping(String... path) {
    return find(path).filter(Mapping.class::isInstance).map(Mapping.class::cast);
  }

  /// The text of the scalar found by following keys; empty if there is none, or it is null or no
  /// scalar.
  public Optional<String> text(String... path) {
    return find(path).flatMap(Value::text);
  }

  /// The boolean found by following keys; empty if there is none or something else stands there.
  public Optional<Boolean> flag(String... path) {
    return find(path).map(Value::plain).filter(Boolean.class::isInstance).map(Boolean.class::cast);
  }

  /// The items of the sequence found by following keys; none if there is no sequence.
  public Stream<Value> items(String... path) {
    return find(path)
        .filter(Sequence.class::isInstance)
        .map(Sequence.class::cast)
        .map(Sequence::items)
        .stream()
        .flatMap(List::stream);
  }

  /// The mappings among the items of the sequence found by following keys.
  public Stream<Mapping> mappings(String... path) {
    return items(path).filter(Mapping.class::isInstance).map(Mapping.class::cast);
  }

  @Override
  public Mapping movedTo(Place place) {
    var moved = new Value[entries.length];
    for (int i = 0; i < entries.length; i++) {
      moved[i] = entries[i].movedTo(place);
    }
    return new Mapping(place.file(), place.line(), place.column(), moved);
  }

  @Override
  public Map<String, Object> plain() {
    var plain = new LinkedHashMap<String, Object>();
    for (int i = 0; i < entries.length; i += 2) {
      plain.put(name(entries, i), entries[i + 1].plain());
    }
    return plain;
  }

  @Override
  public String toString() {
    return plain().toString();
  }
}
