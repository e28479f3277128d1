package io.cooper.flux.render.helm;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How helm-controller lays values over each other (`chartutil.ChartValuesFromReferences`), down to
/// which maps are shared: a `targetPath` wins over the inline values only where its map is theirs.
final class ValueMerge {
  private final Map<String, @Nullable Object> inline;
  private Map<String, @Nullable Object> result = new LinkedHashMap<>();

  /// @param inline `spec.values`, which may be changed
  ValueMerge(Map<String, @Nullable Object> inline) {
    this.inline = inline;
  }

  /// Lays a whole file of values over what is there.
  void file(Map<String, @Nullable Object> values) {
    result = merged(result, values);
  }

  /// Puts one value at a path as `helm --set` does; in quotes it is always a text.
  void path(String path, String value) throws SetLine.Refused {
    result = merged(result, inline);
    boolean quoted =
        (value.startsWith("'") && value.endsWith("'"))
            || (value.startsWith("\"") && value.endsWith("\""));
    SetLine.into(
        result, path + "=" + (quoted ? value.replaceAll("^['\"]+|['\"]+$", "") : value), quoted);
  }

  /// Puts one value at a path as it is, whatever characters it has.
  void literal(String path, String value) throws SetLine.Refused {
    result = merged(result, inline);
    SetLine.into(result, path + "=" + value.replaceAll("[\\\\,\\[\\]{}]", "\\\\$0"), true);
  }

  /// All of it, with the inline values on top.
  Map<String, @Nullable Object> values() {
    return merged(result, inline);
  }

  /// Maps are merged, everything else is replaced. What only one side has is shared with the
  /// result.
  @SuppressWarnings("unchecked")
  static Map<String, @Nullable Object> merged(
      Map<String, @Nullable Object> under, Map<String, @Nullable Object> over) {
    var merged = new LinkedHashMap<String, @Nullable Object>(under);
    over.forEach((key, value) -> {
      if (value instanceof Map<?, ?> map && merged.get(key) instanceof Map<?, ?> there) {
        merged.put(
            key,
            merged((Map<String, @Nullable Object>) there, (Map<String, @Nullable Object>) map));
      } else {
        merged.put(key, value);
      }
    });
    return merged;
  }
}
