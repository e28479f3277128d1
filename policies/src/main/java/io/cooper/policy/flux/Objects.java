package io.cooper.policy.flux;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.Kustomization;
import io.cooper.flux.graph.Node;
import io.cooper.manifest.Manifest;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Questions about objects that several policies ask.
final class Objects {
  private static final Set<String> WORKLOADS =
      Set.of("Deployment", "StatefulSet", "DaemonSet", "Job", "ReplicaSet", "Pod");

  private Objects() {}

  /// The objects that are not what they should be as soon as they are applied, and that Flux can
  /// tell so about: workloads, HelmReleases, Kustomizations.
  static List<Manifest> withHealth(Node node) {
    return node.rendered().objects().stream().filter(Objects::hasHealth).toList();
  }

  static boolean hasHealth(Manifest object) {
    return HelmRelease.isOne(object) || Kustomization.isOne(object) || isWorkload(object);
  }

  static boolean isWorkload(Manifest object) {
    return WORKLOADS.contains(object.kind())
        && Set.of("", "apps", "batch").contains(object.group());
  }

  /// The value of a switch of Flux's, `kustomize.toolkit.fluxcd.io/<name>`, in lower case; empty if
  /// it is not set.
  static String flux(Manifest object, String name) {
    return object.mark("kustomize.toolkit.fluxcd.io/" + name).orElse("").toLowerCase(Locale.ROOT);
  }

  /// Where a Kustomization says, or should say, what its readiness is worth.
  static String[] gateOf(Node node) {
    for (var field : List.of("wait", "healthChecks", "healthCheckExprs")) {
      if (node.kustomization().manifest().find("spec", field).isPresent()) {
        return new String[] {"spec", field};
      }
    }
    return new String[] {"spec"};
  }
}
