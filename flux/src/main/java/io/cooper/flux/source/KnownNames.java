package io.cooper.flux.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/// The catalogue of names that infrastructure manifests have. It tells whether an ignore pattern
/// can reach manifests before one is lost.
///
/// @param names file names, or paths below any folder of manifests
public record KnownNames(Set<String> names) {
  private static final KnownNames SHIPPED = new KnownNames(shippedNames());

  public KnownNames {
    names = Collections.unmodifiableSet(new LinkedHashSet<>(names));
  }

  /// The names that come with Cooper.
  public static KnownNames shipped() {
    return SHIPPED;
  }

  /// The same names and more.
  public KnownNames and(Collection<String> more) {
    var all = new LinkedHashSet<>(names);
    all.addAll(more);
    return new KnownNames(all);
  }

  private static Set<String> shippedNames() {
    try (var in = Objects.requireNonNull(KnownNames.class.getResourceAsStream("known-names.txt"))) {
      return new LinkedHashSet<>(lines(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(String text) {
    Stream<String> lines = text.lines().map(String::strip);
    return lines.filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
  }
}
