package io.cooper.policy.security;

import io.cooper.manifest.Mapping;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The Pod in an object, whichever kind wraps it.
///
/// @param path from the root of the object to the spec
/// @param values of the spec
record PodSpec(List<String> path, Mapping values) {
  private static final Map<String, List<String>> PATHS =
      Map.of(
          "Pod", List.of("spec"),
          "Deployment", List.of("spec", "template", "spec"),
          "StatefulSet", List.of("spec", "template", "spec"),
          "DaemonSet", List.of("spec", "template", "spec"),
          "ReplicaSet", List.of("spec", "template", "spec"),
          "Job", List.of("spec", "template", "spec"),
          "CronJob", List.of("spec", "jobTemplate", "spec", "template", "spec"));

  /// A container of any sort.
  ///
  /// @param path from the root of the object
  record Container(List<String> path, Mapping values) {
    String name() {
      return values.text("name").orElse("");
    }
  }

  PodSpec {
    path = List.copyOf(path);
  }

  /// The Pod of a kind that has one.
  static Optional<PodSpec> of(String kind, Mapping root) {
    return Optional.ofNullable(PATHS.get(kind))
        .flatMap(path ->
            root.mapping(path.toArray(String[]::new)).map(values -> new PodSpec(path, values)));
  }

  /// All containers: init, ephemeral and the rest.
  Stream<Container> containers() {
    return Stream.of("initContainers", "containers", "ephemeralContainers")
        .flatMap(field -> {
          var items = values.mappings(field).toList();
          return java.util.stream.IntStream.range(0, items.size())
              .mapToObj(i -> new Container(below(field, Integer.toString(i)), items.get(i)));
        });
  }

  /// The path of something in the spec.
  List<String> below(String... steps) {
    return Stream.concat(path.stream(), Arrays.stream(steps)).toList();
  }
}
