package io.cooper.schemas.validate;

import java.util.List;
import java.util.regex.Pattern;

/// The path of a field as kubectl and the API server write it: `spec.containers[0].image`,
/// `metadata.labels[app.kubernetes.io/name]`.
public final class FieldPath {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$-]*");

  private FieldPath() {}

  /// The path in words; `the object` for the root.
  public static String of(List<String> steps) {
    var text = new StringBuilder();
    for (var step : steps) {
      if (NAME.matcher(step).matches()) {
        text.append(text.isEmpty() ? "" : ".").append(step);
      } else {
        text.append('[').append(step).append(']');
      }
    }
    return text.isEmpty() ? "the object" : text.toString();
  }
}
