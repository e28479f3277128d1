package io.cooper.impact;

import io.cooper.manifest.Manifest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Workloads whose Pods are replaced: a Pod template is never changed in place.
final class Workloads {
  private Workloads() {}

  static Stream<Effect> effects(List<ObjectChange> changes) {
    return changes.stream()
        .filter(ObjectChange.Changed.class::isInstance)
        .map(ObjectChange.Changed.class::cast)
        .flatMap(changed -> Stream.concat(rollout(changed).stream(), release(changed).stream()));
  }

  private static Optional<Effect> rollout(ObjectChange.Changed changed) {
    var object = changed.after();
    if (!object.group().equals("apps") || !changed.touches("spec.template")) {
      return changed.touches("spec.replicas") && object.group().equals("apps")
          ? scaled(changed)
          : Optional.empty();
    }
    var because = because(changed);
    return switch (object.kind()) {
      case "Deployment" -> Optional.of(deployment(object, because));
      case "StatefulSet", "DaemonSet" ->
          Optional.of(
              object.text("spec", "updateStrategy", "type").filter("OnDelete"::equals).isPresent()
                  ? effect(
                      Effect.Weight.NOTE,
                      object,
                      "keeps its Pods until they are deleted by hand (OnDelete): " + because)
                  : effect(
                      Effect.Weight.RESTART, object, "replaces its Pods one by one: " + because));
      default -> Optional.empty();
    };
  }

  private static Effect deployment(Manifest object, String because) {
    boolean recreate =
        object.text("spec", "strategy", "type").filter("Recreate"::equals).isPresent();
    return recreate
        ? effect(
            Effect.Weight.DOWNTIME,
            object,
            "stops all its Pods before it starts new ones (Recreate): " + because)
        : effect(Effect.Weight.RESTART, object, "rolls its Pods: " + because);
  }

  private static Optional<Effect> scaled(ObjectChange.Changed changed) {
    var replicas = changed.after().text("spec", "replicas").orElse("1");
    return replicas.equals("0")
        ? Optional.of(effect(Effect.Weight.DOWNTIME, changed.after(), "stops: it has no replicas"))
        : Optional.empty();
  }

  /// The first few fields say enough.
  private static String because(ObjectChange.Changed changed) {
    var fields =
        changed.fields().stream()
            .filter(field -> field.isWithin("spec.template"))
            .map(field -> field.path().substring("spec.template.".length()))
            .map(path -> path.startsWith("spec.") ? path.substring("spec.".length()) : path)
            .toList();
    return fields.size() <= 2
        ? String.join(" and ", fields)
        : "%s and %d more".formatted(fields.getFirst(), fields.size() - 1);
  }

  /// What a chart makes of it is not known here.
  private static Optional<Effect> release(ObjectChange.Changed changed) {
    return changed.after().is("helm.toolkit.fluxcd.io", "HelmRelease") && changed.touches("spec")
        ? Optional.of(
            effect(
                Effect.Weight.NOTE,
                changed.after(),
                "Helm upgrades the release; its chart decides which Pods are replaced"))
        : Optional.empty();
  }

  private static Effect effect(Effect.Weight weight, Manifest object, String text) {
    return new Effect(weight, object.id(), text);
  }
}
