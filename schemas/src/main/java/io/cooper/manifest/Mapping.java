package io.cooper.manifest;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// A map from string keys to values, in document order. Keys that YAML reads as numbers or booleans
/// are the strings that Kubernetes makes of them, since JSON knows no others.
public final class Mapping implements Value {
  /// One entry; keys have places too, because a finding about a key stands on the key.
  public record Entry(Scalar key, Value value) {}

  private final Place place;
  private final SequencedMap<String, Entry> entries;

  /// @param place where it begins: its first key
  /// @param entries by key, in document order
  public Mapping(Place place, Map<String, Entry> entries) {
    this.place = place;
    this.entries = new LinkedHashMap<>(entries);
  }

  @Override
  public Place place() {
    return place;
  }

  /// The entries in document order.
  public Stream<Entry> entries() {
    return entries.values().stream();
  }

  /// The keys in document order.
  public Stream<String> keys() {
    return entries.keySet().stream();
  }

  /// How many entries there are.
  public int size() {
    return entries.size();
  }

  /// The value under a key, if the key is there; it may be a null scalar.
  public Optional<Value> get(String key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::value);
  }

  /// Where a key stands, if it is there.
  public Optional<Place> placeOfKey(String key) {
    return Optional.ofNullable(entries.get(key)).map(entry -> entry.key().place());
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
        .flatMap(java.util.List::stream);
  }

  /// The mappings among the items of the sequence found by following keys.
  public Stream<Mapping> mappings(String... path) {
    return items(path).filter(Mapping.class::isInstance).map(Mapping.class::cast);
  }

  @Override
  public Map<String, Object> plain() {
    var plain = new LinkedHashMap<String, Object>();
    entries.forEach((key, entry) -> plain.put(key, entry.value().plain()));
    return plain;
  }

  @Override
  public String toString() {
    return plain().toString();
  }
}
