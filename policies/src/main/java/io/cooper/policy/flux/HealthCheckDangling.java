package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.Kustomization.HealthCheck;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Node;
import io.cooper.flux.render.RenderProblem;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.ObjectId;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.problem.Nearest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds health checks of objects that nothing brings.
///
/// A check may name an object of any Kustomization, and one that a chart or an operator makes. What
/// charts make is not known here, so a Kustomization with a HelmRelease for the namespace of the
/// check is believed, and so is one with resources on the network.
public final class HealthCheckDangling implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "flux/health-check-dangling",
        ERROR,
        "Every entry of `healthChecks` names an object that is there.",
        """
        Flux waits for an object that does not exist until the timeout, and then calls the
        Kustomization unhealthy, with everything that depends on it. Nothing says that the name is
        wrong. An entry without `apiVersion` means `apps/v1`, one without `namespace` the
        Kustomization's own.
        """,
        "Correct the entry, or take it out.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream()
        .flatMap(graph -> graph.nodes().stream().flatMap(node -> check(node, graph)));
  }

  /// The dangling checks of one Kustomization.
  static Stream<Finding> check(Node node, DependencyGraph graph) {
    if (node.failed() || node.external() || node.kustomization().waits()) {
      return Stream.empty();
    }
    var manifest = node.kustomization().manifest();
    var entries = manifest.root().mappings("spec", "healthChecks").toList();
    var checks = node.kustomization().healthChecks();
    return Stream.iterate(0, i -> i < checks.size(), i -> i + 1)
        .flatMap(i -> check(node, checks.get(i), entries.get(i), graph).stream());
  }

  private static Optional<Finding> check(
      Node node, HealthCheck check, Mapping entry, DependencyGraph graph) {
    if (check.kind().isEmpty()
        || graph.tree().objects().anyMatch(object -> isMeant(check, object))) {
      return Optional.empty();
    }
    var sameKind =
        node.rendered().objects().stream()
            .filter(object -> object.kind().equals(check.kind()))
            .toList();
    var wanted = "%s %s".formatted(check.kind(), check.id());
    var otherGroup =
        find(
            sameKind,
            object -> object.name().equals(check.id().name()) && namespaceFits(check, object));
    if (otherGroup.isPresent()) {
      return Optional.of(
          finding(
              node,
              entry,
              "apiVersion",
              "%s checks %s of %s, and renders one of %s"
                  .formatted(node, wanted, check.apiVersion(), otherGroup.get().apiVersion()),
              "write `apiVersion: %s`; without it Flux takes `apps/v1`"
                  .formatted(otherGroup.get().apiVersion()),
              Optional.of(otherGroup.get().apiVersion())));
    }
    if (mayComeFromAChart(node, check) || mayComeFromTheNetwork(node)) {
      return Optional.empty();
    }
    var otherNamespace = find(sameKind, object -> object.name().equals(check.id().name()));
    if (otherNamespace.isPresent()) {
      return Optional.of(
          finding(
              node,
              entry,
              "namespace",
              "%s checks %s, and renders it in namespace %s"
                  .formatted(node, wanted, otherNamespace.get().namespace()),
              "write `namespace: %s`".formatted(otherNamespace.get().namespace()),
              Optional.of(otherNamespace.get().namespace()).filter(it -> !it.isEmpty())));
    }
    var names = sameKind.stream().map(Manifest::name).distinct().toList();
    var near = Nearest.to(check.id().name(), names);
    var finding =
        finding(
            node,
            entry,
            "name",
            "%s checks %s, which nothing renders".formatted(node, wanted),
            near.map("did you mean %s?"::formatted).orElse("correct the entry, or take it out"),
            Nearest.only(check.id().name(), names));
    return Optional.of(
        near.isEmpty() && mayBeMadeInTheCluster(node) ? finding.withSeverity(WARNING) : finding);
  }

  private static Finding finding(
      Node node,
      Mapping entry,
      String field,
      String message,
      String remedy,
      Optional<String> meant) {
    var manifest = node.kustomization().manifest();
    var value = entry.get(field);
    var finding =
        Finding.at(manifest.placeOf(value.isPresent() ? value.get() : entry), message)
            .of(manifest)
            .in(node.id())
            .withRemedy(remedy);
    return meant
        .map(text ->
            finding.repairedBy(
                "Write %s: %s".formatted(field, text),
                manifest,
                change(manifest, entry, field, text)))
        .orElse(finding.byHand("which object is meant is not clear"));
  }

  private static YamlChange change(Manifest manifest, Mapping entry, String field, String text) {
    var index = manifest.root().items("spec", "healthChecks").toList().indexOf(entry);
    var path = List.of("spec", "healthChecks", Integer.toString(index));
    return entry.get(field).isPresent()
        ? new YamlChange.Replace(Stream.concat(path.stream(), Stream.of(field)).toList(), text)
        : new YamlChange.Put(path, field, text);
  }

  private static Optional<Manifest> find(
      List<Manifest> objects, java.util.function.Predicate<Manifest> what) {
    return objects.stream().filter(what).findFirst();
  }

  private static boolean isMeant(HealthCheck check, Manifest object) {
    return object.kind().equals(check.kind())
        && object.name().equals(check.id().name())
        && object.group().equals(ObjectId.groupOf(check.apiVersion()))
        && namespaceFits(check, object);
  }

  /// Objects without a namespace are those of the whole cluster.
  private static boolean namespaceFits(HealthCheck check, Manifest object) {
    return object.namespace().isEmpty() || object.namespace().equals(check.id().namespace());
  }

  private static boolean mayComeFromAChart(Node node, HealthCheck check) {
    boolean flux = ObjectId.groupOf(check.apiVersion()).endsWith(".toolkit.fluxcd.io");
    return !flux
        && node.rendered().objects().stream()
            .filter(HelmRelease::isOne)
            .map(HelmRelease::new)
            .anyMatch(release -> release.targetNamespace().equals(check.id().namespace()));
  }

  private static boolean mayComeFromTheNetwork(Node node) {
    return node.rendered().problems().stream()
        .anyMatch(it -> it.kind() == RenderProblem.Kind.REMOTE_RESOURCE);
  }

  /// Custom resources make objects.
  private static boolean mayBeMadeInTheCluster(Node node) {
    return node.rendered().objects().stream().anyMatch(object -> object.group().contains("."));
  }
}
