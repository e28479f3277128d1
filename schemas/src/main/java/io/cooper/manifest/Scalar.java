package io.cooper.manifest;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A single value.
public final class Scalar implements Value {
  private final Place place;
  private final String source;
  private final @Nullable Object content;

  /// @param place where it begins
  /// @param source the characters after unquoting and folding, before they are resolved to a type
  /// @param content what they resolve to: `String`, `Boolean`, `Long`, `BigInteger`, `Double` or
  ///   null
  public Scalar(Place place, String source, @Nullable Object content) {
    this.place = place;
    this.source = source;
    this.content = content;
  }

  @Override
  public Place place() {
    return place;
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
