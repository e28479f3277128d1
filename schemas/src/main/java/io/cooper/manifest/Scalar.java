package io.cooper.manifest;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A single value.
public final class Scalar implements Value {
  // A rendered repository holds a million of these: the place is unpacked, and made when asked for.
  private final String file;
  private final int line;
  private final int column;
  private final String source;
  private final @Nullable Object content;

  /// @param place where it begins
  /// @param source the characters after unquoting and folding, before they are resolved to a type
  /// @param content what they resolve to: `String`, `Boolean`, `Long`, `BigInteger`, `Double` or
  ///   null
  public Scalar(Place place, String source, @Nullable Object content) {
    this(place.file(), place.line(), place.column(), source, content);
  }

  Scalar(String file, int line, int column, String source, @Nullable Object content) {
    this.file = file;
    this.line = line;
    this.column = column;
    this.source = source;
    this.content = source.equals(content) ? source : content;
  }

  /// The same characters at the same place as a string, such as JSON wants it for a key.
  Scalar named(String name) {
    return name.equals(content) ? this : new Scalar(file, line, column, source, name);
  }

  @Override
  public Place place() {
    return new Place(file, line, column);
  }

  /// The characters as they stand in the file, unquoted: `0777` stays `0777` though its value is
  /// 511.
  public String source() {
    return source;
  }

  /// Whether it resolves to a string, and not to a number, a boolean or null.
  public boolean isString() {
    return content instanceof String;
  }

  /// Whether it is null: `~`, `null`, or nothing at all.
  public boolean isNull() {
    return content == null;
  }

  @Override
  public Optional<String> text() {
    return Optional.ofNullable(content).map(_ -> content instanceof String text ? text : source);
  }

  @Override
  public @Nullable Object plain() {
    return content;
  }

  @Override
  public String toString() {
    return String.valueOf(content);
  }
}
