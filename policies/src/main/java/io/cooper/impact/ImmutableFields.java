package io.cooper.impact;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Value;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Changes that the API server refuses, because a field can only be set once. Flux dry-runs all
/// objects before it writes one, so nothing else of that Kustomization is applied either; with
/// `force` the object is deleted and made anew.
final class ImmutableFields {
  /// Fields that cannot change, as the validation of the API server has them.
  private static final Map<String, List<String>> FIXED =
      Map.ofEntries(
          Map.entry("batch/Job", List.of("spec.template", "spec.selector", "spec.completionMode")),
          Map.entry("apps/Deployment", List.of("spec.selector")),
          Map.entry("apps/DaemonSet", List.of("spec.selector")),
          Map.entry("apps/ReplicaSet", List.of("spec.selector")),
          Map.entry(
              "storage.k8s.io/StorageClass",
              List.of("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode")),
          Map.entry("rbac.authorization.k8s.io/RoleBinding", List.of("roleRef")),
          Map.entry("rbac.authorization.k8s.io/ClusterRoleBinding", List.of("roleRef")),
          Map.entry("scheduling.k8s.io/PriorityClass", List.of("value")),
          Map.entry("networking.k8s.io/IngressClass", List.of("spec.controller")),
          Map.entry("node.k8s.io/RuntimeClass", List.of("handler")),
          Map.entry("/Secret", List.of("type")),
          Map.entry(
              "apiextensions.k8s.io/CustomResourceDefinition",
              List.of("spec.group", "spec.scope", "spec.names.plural", "spec.names.kind")));

  /// Everything else in `spec` is fixed.
  private static final Map<String, List<String>> FREE =
      Map.of(
          "apps/StatefulSet",
          List.of(
              "spec.replicas",
              "spec.ordinals",
              "spec.template",
              "spec.updateStrategy",
              "spec.revisionHistoryLimit",
              "spec.persistentVolumeClaimRetentionPolicy",
              "spec.minReadySeconds"),
          "/PersistentVolumeClaim",
          List.of("spec.resources", "spec.volumeAttributesClassName"));

  private final RenderedTree after;

  ImmutableFields(RenderedTree after) {
    this.after = after;
  }

  Stream<Effect> effects(List<ObjectChange> changes) {
    return changes.stream()
        .filter(ObjectChange.Changed.class::isInstance)
        .map(ObjectChange.Changed.class::cast)
        .flatMap(this::effects);
  }

  private Stream<Effect> effects(ObjectChange.Changed changed) {
    var fields = fields(changed);
    if (fields.isEmpty()) {
      return Stream.of();
    }
    var which = fields.stream().distinct().collect(Collectors.joining(", "));
    boolean one = fields.stream().distinct().count() == 1;
    return Stream.of(
        isForced(changed)
            ? new Effect(
                Removals.holdsData(changed.id()) ? Effect.Weight.LOSS : Effect.Weight.DOWNTIME,
                changed.id(),
                "is deleted and made anew, because %s cannot change and force is set"
                    .formatted(which))
            : new Effect(
                Effect.Weight.REFUSED,
                changed.id(),
                "the API refuses the change of %s, which %s immutable; nothing else of %s is applied"
                    .formatted(which, one ? "is" : "are", changed.owner())));
  }

  private static List<String> fields(ObjectChange.Changed changed) {
    var id = changed.id();
    var kind = id.group() + "/" + id.kind();
    var fixed =
        changed.fields().stream()
            .flatMap(field ->
                Stream.concat(
                    FIXED.getOrDefault(kind, List.of()).stream().filter(field::isWithin),
                    FREE.containsKey(kind)
                            && field.isWithin("spec")
                            && FREE.get(kind).stream().noneMatch(field::isWithin)
                        ? Stream.of(top(field.path()))
                        : Stream.of()));
    return Stream.of(fixed, clusterIp(changed), content(changed), subject(changed))
        .flatMap(each -> each)
        .toList();
  }

  private static String top(String path) {
    var steps = path.split("[.\\[]", 3);
    return steps.length < 2 ? path : steps[0] + "." + steps[1];
  }

  /// An address that was assigned may be left out later, and never be another one.
  private static Stream<String> clusterIp(ObjectChange.Changed changed) {
    if (!changed.after().is("", "Service")) {
      return Stream.of();
    }
    var fresh = changed.after().text("spec", "clusterIP");
    var old = changed.before().text("spec", "clusterIP");
    boolean external =
        Stream.of(changed.before(), changed.after())
            .anyMatch(each -> each.text("spec", "type").filter("ExternalName"::equals).isPresent());
    return !external && fresh.isPresent() && !fresh.equals(old)
        ? Stream.of("spec.clusterIP")
        : Stream.of();
  }

  private static Stream<String> content(ObjectChange.Changed changed) {
    boolean holder = changed.after().is("", "ConfigMap") || changed.after().is("", "Secret");
    return holder
            && changed.before().root().flag("immutable").orElse(false)
            && changed.touches("data", "stringData", "binaryData", "immutable")
        ? Stream.of("data")
        : Stream.of();
  }

  /// The version of an object's API is not a field of it; its kind's own are.
  private static Stream<String> subject(ObjectChange.Changed changed) {
    return changed.after().is("", "PersistentVolumeClaim")
            && Quantities.isLess(storage(changed.after()), storage(changed.before()))
        ? Stream.of("spec.resources.requests.storage (smaller than before)")
        : Stream.of();
  }

  private static String storage(Manifest claim) {
    return claim.text("spec", "resources", "requests", "storage").orElse("");
  }

  private boolean isForced(ObjectChange.Changed changed) {
    return changed
            .after()
            .mark(Kustomization.GROUP + "/force")
            .filter(value -> value.toLowerCase(Locale.ROOT).equals("enabled"))
            .isPresent()
        || after
            .find(changed.owner())
            .flatMap(owner -> owner.kustomization().manifest().find("spec", "force"))
            .map(Value::plain)
            .filter(Boolean.TRUE::equals)
            .isPresent();
  }
}
