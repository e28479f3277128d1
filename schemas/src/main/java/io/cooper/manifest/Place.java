package io.cooper.manifest;

import java.util.Comparator;

/// A place in a text file.
///
/// @param file path relative to the root of the repository, separated by `/`
/// @param line counted from 1
/// @param column counted from 1, in Unicode code points
public record Place(String file, int line, int column) implements Comparable<Place> {
  private static final Comparator<Place> ORDER =
      Comparator.comparing(Place::file)
          .thenComparingInt(Place::line)
          .thenComparingInt(Place::column);

  public Place {
    if (line < 1 || column < 1) {
      throw new IllegalArgumentException(
          "line %d, column %d: both count from 1".formatted(line, column));
    }
  }

  /// The beginning of a file, for what concerns the file as a whole.
  public static Place startOf(String file) {
    return new Place(file, 1, 1);
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return "%s:%d:%d".formatted(file, line, column);
  }
}
