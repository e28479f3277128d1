package io.cooper.policy.security;

import io.cooper.manifest.Manifest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The kinds that run Pods, and words about them.
final class Workloads {
  private static final Set<String> GROUPS = Set.of("", "apps", "batch");

  private Workloads() {}

  /// The Pod that an object runs, if it is of a kind of Kubernetes that runs one.
  static Optional<PodSpec> pod(Manifest object) {
    return GROUPS.contains(object.group())
        ? PodSpec.of(object.kind(), object.root())
        : Optional.empty();
  }

  /// All violations, in a sentence.
  static String list(List<PodSecurity.Violation> violations) {
    return violations.stream()
        .map(PodSecurity.Violation::what)
        .distinct()
        .collect(Collectors.joining(", "));
  }
}
