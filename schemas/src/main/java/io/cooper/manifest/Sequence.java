package io.cooper.manifest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A list of values.
public final class Sequence implements Value {
  private final String file;
  private final int line;
  private final int column;
  private final List<Value> items;

  /// @param place where it begins
  /// @param items in document order
  public Sequence(Place place, List<Value> items) {
    this(place.file(), place.line(), place.column(), items);
  }

  Sequence(String file, int line, int column, List<Value> items) {
    this.file = file;
    this.line = line;
    this.column = column;
    this.items = List.copyOf(items);
  }

  @Override
  public Place place() {
    return new Place(file, line, column);
  }

  /// The items in document order.
  public List<Value> items() {
    return items;
  }

  /// Those items that are mappings.
  public Stream<Mapping> mappings() {
    return items.stream().filter(Mapping.class::isInstance).map(Mapping.class::cast);
  }

  Optional<Value> get(String index) {
    try {
      return Optional.of(items.get(Integer.parseInt(index)));
    } catch (NumberFormatException | IndexOutOfBoundsException _) {
      return Optional.empty();
    }
  }

  @Override
  public List<Object> plain() {
    var plain = new ArrayList<>(items.size());
    for (var item : items) {
      plain.add(item.plain());
    }
    return plain;
  }

  @Override
  public String toString() {
    return items.toString();
  }
}
