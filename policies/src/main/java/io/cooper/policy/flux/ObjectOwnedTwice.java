package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.Component;
import io.cooper.flux.graph.Components;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Node;
import io.cooper.flux.render.RenderProblem;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.ObjectId;
import io.cooper.manifest.Place;
import io.cooper.manifest.YamlReader;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds objects that two Kustomizations apply, and components that come by chart and by manifests.
public final class ObjectOwnedTwice implements RepositoryPolicy {
  /// Kinds of the API server that have no namespace, whatever a manifest says.
  private static final Set<String> CLUSTER_WIDE =
      Set.of(
          "Namespace",
          "CustomResourceDefinition",
          "ClusterRole",
          "ClusterRoleBinding",
          "StorageClass",
          "PriorityClass",
          "PersistentVolume",
          "IngressClass",
          "ValidatingWebhookConfiguration",
          "MutatingWebhookConfiguration",
          "APIService");

  @Override
  public About about() {
    return new About(
        "flux/object-owned-twice",
        ERROR,
        "Every object has one Kustomization, and every component one way of installation.",
        """
        Two Kustomizations that apply one object take it from each other at every interval: each
        writes its own owner labels and its own version of the fields. When one of them is deleted
        or stops rendering the object, it prunes it if it was the last to write. The same goes for
        a component that a HelmRelease installs beside its plain manifests: two sets of owners, and
        often two controllers.
        """,
        "Leave the object to one of them; the other one can depend on it.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream()
        .flatMap(graph -> Stream.concat(objects(graph), installs(graph)));
  }

  private record Owned(Node owner, Manifest object) {}

  /// One finding for every set of Kustomizations that share objects.
  private static Stream<Finding> objects(DependencyGraph graph) {
    var owners = new LinkedHashMap<ObjectId, Map<NamespacedName, Owned>>();
    for (var node : graph.nodes()) {
      for (var object : node.rendered().objects()) {
        if (isClaimed(object)) {
          owners
              .computeIfAbsent(identity(object.id()), _ -> new LinkedHashMap<>())
              .putIfAbsent(node.id(), new Owned(node, object));
        }
      }
    }
    var shared = new LinkedHashMap<Set<?>, List<Map<NamespacedName, Owned>>>();
    for (var each : owners.values()) {
      if (each.size() > 1) {
        shared
            .computeIfAbsent(isOneText(each) ? files(each) : each.keySet(), _ -> new ArrayList<>())
            .add(each);
      }
    }
    return shared.values().stream().map(ObjectOwnedTwice::finding);
  }

  private static Set<String> files(Map<NamespacedName, Owned> owners) {
    return owners.values().stream()
        .map(each -> each.object().place().file())
        .collect(Collectors.toSet());
  }

  /// Whether all owners apply the same file with the same outcome, as they do with a component.
  private static boolean isOneText(Map<NamespacedName, Owned> owners) {
    return files(owners).size() == 1
        && owners.values().stream().map(each -> each.object().root().plain()).distinct().count()
            == 1;
  }

  private static boolean isClaimed(Manifest object) {
    return !Set.of("merge", "ifnotpresent", "ignore").contains(Objects.flux(object, "ssa"))
        && !Objects.flux(object, "reconcile").equals("disabled");
  }

  private static ObjectId identity(ObjectId id) {
    return CLUSTER_WIDE.contains(id.kind())
        ? new ObjectId(id.group(), id.kind(), "", id.name())
        : id;
  }

  private static Finding finding(List<Map<NamespacedName, Owned>> objects) {
    var owned =
        objects.getFirst().values().stream()
            .sorted(Comparator.comparing(each -> each.object().place()))
            .toList();
    var first = owned.getFirst();
    var names =
        objects.stream()
            .map(each -> each.values().iterator().next().object().id().toString())
            .toList();
    boolean oneFile = files(objects.getFirst()).size() == 1;
    var finding =
        Finding.at(
                first.object().place(),
                "%s %s more than one owner: %s"
                    .formatted(
                        Words.list(names),
                        names.size() == 1 ? "has" : "have",
                        Words.list(
                            owned.stream()
                                .map(each ->
                                    oneFile
                                        ? each.owner().id().toString()
                                        : "%s (%s)"
                                            .formatted(
                                                each.owner().id(), each.object().place().file())))))
            .of(first.object())
            .in(first.owner().id());
    if (isOneText(objects.getFirst())) {
      return finding
          .withSeverity(WARNING)
          .withRemedy(
              "let one Kustomization per namespace apply the shared file: whoever is deleted takes"
                  + " the object from the others until their next interval");
    }
    boolean one = owned.stream().filter(each -> !each.owner().suspended()).count() < 2;
    return one ? finding.withSeverity(WARNING) : finding;
  }

  /// A component that has a release of its chart and, somewhere in the tree, its manifests too.
  private static Stream<Finding> installs(DependencyGraph graph) {
    var byManifests = new LinkedHashMap<Component, Manual>();
    for (var node : graph.nodes()) {
      graph
          .componentsByManifests(node.rendered())
          .forEach((component, workload) ->
              byManifests.putIfAbsent(
                  component,
                  new Manual(
                      node,
                      "%s/%s".formatted(workload.kind(), workload.name()),
                      workload.place())));
      node.rendered().problems().stream()
          .filter(it -> it.kind() == RenderProblem.Kind.REMOTE_RESOURCE)
          .forEach(it ->
              it.subject()
                  .flatMap(Components::at)
                  .filter(component -> !component.images().isEmpty())
                  .ifPresent(component ->
                      byManifests.putIfAbsent(
                          component, new Manual(node, it.subject().orElse(""), it.place()))));
    }
    return byManifests.entrySet().stream()
        .flatMap(each -> releases(each.getKey(), each.getValue(), graph));
  }

  /// A component that a Kustomization applies by manifests.
  private record Manual(Node node, String what, Place place) {}

  private static Stream<Finding> releases(
      Component component, Manual manual, DependencyGraph graph) {
    var rendered =
        graph.nodes().stream()
            .flatMap(node ->
                node.rendered().objects().stream()
                    .filter(object -> installs(component, object, graph))
                    .map(release -> finding(component, manual, release).in(node.id())))
            .toList();
    return rendered.isEmpty() ? beside(component, manual, graph).stream() : rendered.stream();
  }

  private static boolean installs(Component component, Manifest object, DependencyGraph graph) {
    if (!HelmRelease.isOne(object)) {
      return false;
    }
    var release = new HelmRelease(object);
    return release.chart().filter(chart -> chart.endsWith("-crds")).isEmpty()
        && graph.components(release).contains(component);
  }

  private static Finding finding(Component component, Manual manual, Manifest release) {
    return Finding.at(
            release.place(),
            "%s has two owners: HelmRelease %s here and %s in %s"
                .formatted(component, release.name(), manual.what(), manual.place().file()))
        .of(release)
        .withRemedy("keep one of the two ways to install it");
  }

  /// A HelmRelease that lies in the folder of the manifests and is not listed: the second method
  /// waits for whoever lists it.
  private static Optional<Finding> beside(
      Component component, Manual manual, DependencyGraph graph) {
    var artifact = graph.tree().artifact();
    var rendered = manual.node().rendered();
    if (rendered.filesRead().isEmpty()) {
      return Optional.empty();
    }
    return artifact.below(manual.node().kustomization().path()).stream()
        .filter(file -> file.endsWith(".yaml") || file.endsWith(".yml"))
        .filter(file -> !rendered.filesRead().contains(file))
        .flatMap(file -> YamlReader.ofSources().read(file, artifact.read(file)).manifests())
        .filter(object -> installs(component, object, graph))
        .findFirst()
        .map(release ->
            Finding.at(
                    release.place(),
                    "HelmRelease %s lies beside the manifests of %s (%s) and is not applied"
                        .formatted(release.name(), component, manual.what()))
                .of(release)
                .in(manual.node().id())
                .withSeverity(WARNING)
                .withRemedy(
                    "keep one of the two ways to install it, and delete the other's files"));
  }
}
