package io.cooper.policy.flux;

import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Node;
import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Finds objects whose removal takes along what is not Flux's to delete.
public final class PruneHazard implements RepositoryPolicy {
  /// More Kustomizations than this doing the same is a habit, and one finding.
  private static final int HABIT = 3;

  /// More objects than this are counted instead of named.
  private static final int NAMED = 6;

  /// Kinds whose deletion deletes data. A StatefulSet is none: its volumes stay.
  private static final Map<String, Set<String>> DATA =
      Map.of(
          "postgresql.cnpg.io", Set.of("Cluster"),
          "k8s.mariadb.com", Set.of("MariaDB"),
          "acid.zalan.do", Set.of("postgresql"),
          "postgres-operator.crunchydata.com", Set.of("PostgresCluster"),
          "mongodbcommunity.mongodb.com", Set.of("MongoDBCommunity"),
          "kafka.strimzi.io", Set.of("Kafka", "KafkaNodePool"),
          "minio.min.io", Set.of("Tenant"),
          "ceph.rook.io",
              Set.of("CephCluster", "CephBlockPool", "CephFilesystem", "CephObjectStore"),
          "elasticsearch.k8s.elastic.co", Set.of("Elasticsearch"));

  @Override
  public About about() {
    return new About(
        "flux/prune-hazard",
        WARNING,
        "What holds data, or what others live in, is not pruned.",
        """
        With `prune: true` Flux deletes an object as soon as it is no longer rendered: its file was
        removed or renamed, its folder moved to another Kustomization, an ignore rule hid it, or
        the Kustomization itself was deleted. For most objects that is the point of pruning. A
        Namespace takes everything in it along, whoever applied it; a CustomResourceDefinition
        takes all objects of its kind along, in all namespaces; a database takes its volumes along.
        Reverting the commit brings the manifest back and not the data.

        Namespaces whose objects all come from children of the same Kustomization are not reported:
        they go with it in any case.
        """,
        "Give the object the annotation `kustomize.toolkit.fluxcd.io/prune: disabled`, and let it be"
            + " applied once before anything is moved.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream()
        .flatMap(graph ->
            Stream.concat(
                graph.nodes().stream()
                    .filter(PruneHazard::deletes)
                    .flatMap(
                        node -> Stream.concat(namespaces(node, graph), definitions(node, graph))),
                data(graph)));
  }

  private static boolean deletes(Node node) {
    var policy = node.kustomization().manifest().text("spec", "deletionPolicy").orElse("");
    return node.kustomization().prunes()
        || policy.equals("Delete")
        || policy.equals("WaitForTermination");
  }

  private static boolean isPruned(Manifest object) {
    return !Objects.flux(object, "prune").equals("disabled")
        && !Objects.flux(object, "reconcile").equals("disabled")
        && !Objects.flux(object, "ssa").equals("ignore");
  }

  private static Stream<Finding> namespaces(Node node, DependencyGraph graph) {
    return node.rendered().objects().stream()
        .filter(object -> object.is("", "Namespace") && isPruned(object))
        .flatMap(namespace -> {
          var others = inhabitants(namespace.name(), node, graph);
          return others.isEmpty()
              ? Stream.empty()
              : Stream.of(
                  finding(
                      namespace,
                      node,
                      "removing it from %s deletes namespace %s, which also holds: %s"
                          .formatted(node, namespace.name(), said(others))));
        });
  }

  /// What other Kustomizations have in a namespace.
  private static Map<NamespacedName, List<Manifest>> inhabitants(
      String namespace, Node owner, DependencyGraph graph) {
    return others(
        owner,
        graph,
        object ->
            object.namespace().equals(namespace)
                || (HelmRelease.isOne(object)
                    && new HelmRelease(object).targetNamespace().equals(namespace)));
  }

  private static Map<NamespacedName, List<Manifest>> others(
      Node owner, DependencyGraph graph, java.util.function.Predicate<Manifest> which) {
    var found = new LinkedHashMap<NamespacedName, List<Manifest>>();
    for (var other : graph.nodes()) {
      if (!other.id().equals(owner.id()) && !graph.isAncestor(owner.id(), other.id())) {
        var objects = other.rendered().objects().stream().filter(which).toList();
        if (!objects.isEmpty()) {
          found.put(other.id(), objects);
        }
      }
    }
    return found;
  }

  /// The objects by name as long as they are few, else how many they are.
  private static String said(Map<NamespacedName, List<Manifest>> others) {
    int all = others.values().stream().mapToInt(List::size).sum();
    if (all > NAMED) {
      return "%d objects of %s".formatted(all, Words.list(others.keySet()));
    }
    return Words.list(
        others.entrySet().stream()
            .map(each ->
                "%s of %s"
                    .formatted(
                        Words.list(each.getValue().stream().map(it -> it.kind() + "/" + it.name())),
                        each.getKey())));
  }

  private static Stream<Finding> definitions(Node node, DependencyGraph graph) {
    var hazards = new ArrayList<String>();
    var owned = new ArrayList<Manifest>();
    for (var definition : node.rendered().objects()) {
      if (definition.is("apiextensions.k8s.io", "CustomResourceDefinition")
          && isPruned(definition)) {
        var group = definition.text("spec", "group").orElse("");
        var kind = definition.text("spec", "names", "kind").orElse("");
        var instances = others(node, graph, object -> object.is(group, kind));
        if (!instances.isEmpty()) {
          owned.add(definition);
          hazards.add("%s (%s)".formatted(kind, said(instances)));
        }
      }
    }
    return owned.stream()
        .limit(1)
        .map(definition ->
            finding(
                definition,
                node,
                "removing %s deletes definitions and with them every object of their kinds: %s"
                    .formatted(node, Words.list(hazards))));
  }

  private record Held(Node node, Manifest object) {}

  /// One finding for every file, since a component that many use is one cause; and only one for all
  /// volumes, or all databases, where their pruning is the repository's habit.
  private static Stream<Finding> data(DependencyGraph graph) {
    var volumes = new ArrayList<Held>();
    var databases = new ArrayList<Held>();
    for (var node : graph.nodes()) {
      if (deletes(node)) {
        for (var object : node.rendered().objects()) {
          if (holdsData(object) && isPruned(object)) {
            (isVolume(object) ? volumes : databases).add(new Held(node, object));
          }
        }
      }
    }
    return Stream.of(databases, volumes)
        .flatMap(all ->
            all.stream().map(Held::node).distinct().count() > HABIT
                ? Stream.of(List.copyOf(all))
                : byFile(all))
        .map(PruneHazard::data);
  }

  private static Stream<List<Held>> byFile(List<Held> held) {
    var files = new LinkedHashMap<String, List<Held>>();
    held.forEach(each ->
        files.computeIfAbsent(each.object().place().file(), _ -> new ArrayList<>()).add(each));
    return files.values().stream();
  }

  private static Finding data(List<Held> held) {
    return finding(
        held.getFirst().object(),
        held.getFirst().node(),
        held.size() == 1
            ? "removing %s from %s deletes the data"
                .formatted(held.getFirst().object(), held.getFirst().node())
            : "removing one of these %d objects deletes the data: %s"
                .formatted(
                    held.size(),
                    Words.list(
                        held.stream().map(it -> "%s (%s)".formatted(it.object(), it.node())))));
  }

  private static boolean holdsData(Manifest object) {
    return DATA.getOrDefault(object.group(), Set.of()).contains(object.kind())
        || (isVolume(object) && holdsItsOwnVolume(object));
  }

  private static boolean isVolume(Manifest object) {
    return object.is("", "PersistentVolumeClaim");
  }

  /// Not a claim that takes a volume made by hand, which stays, nor one that is filled from a
  /// backup whenever it is made.
  private static boolean holdsItsOwnVolume(Manifest claim) {
    return claim.text("spec", "volumeName").isEmpty()
        && claim.find("spec", "dataSourceRef").isEmpty()
        && claim.text("spec", "storageClassName").filter(String::isEmpty).isEmpty();
  }

  private static Finding finding(Manifest object, Node node, String message) {
    return Finding.at(object.place(), message).of(object).in(node.id());
  }
}
