package io.cooper.policy.user;

import io.cooper.manifest.Manifest;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which objects a rule is about. What is left out matches everything; `*` in a text stands for any
/// characters.
///
/// @param apiVersion such as `apps/v1` or `apps/*`
/// @param kind such as `Deployment`
/// @param namespace such as `prod-*`
/// @param name such as `web-*`
/// @param labels all of which the object has
record Match(
    Optional<Pattern> apiVersion,
    Optional<Pattern> kind,
    Optional<Pattern> namespace,
    Optional<Pattern> name,
    Map<String, Pattern> labels) {
  Match {
    labels = Map.copyOf(labels);
  }

  static Pattern glob(String text) {
    return Pattern.compile(
        Pattern.compile("\\*")
                .splitAsStream(text)
                .map(Pattern::quote)
                .reduce((a, b) -> a + ".*" + b)
                .orElse("")
            + (text.endsWith("*") ? ".*" : ""),
        Pattern.DOTALL);
  }

  boolean matches(Manifest object) {
    return fits(apiVersion, object.apiVersion())
        && fits(kind, object.kind())
        && fits(namespace, object.namespace())
        && fits(name, object.name())
        && labels.entrySet().stream()
            .allMatch(label ->
                object
                    .text("metadata", "labels", label.getKey())
                    .filter(value -> label.getValue().matcher(value).matches())
                    .isPresent());
  }

  private static boolean fits(Optional<Pattern> wanted, String text) {
    return wanted.isEmpty() || wanted.get().matcher(text).matches();
  }
}
