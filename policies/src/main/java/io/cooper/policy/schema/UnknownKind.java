package io.cooper.policy.schema;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.graph.Components;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Need;
import io.cooper.flux.render.RenderProblem;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.ObjectId;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.problem.Nearest;
import io.cooper.schemas.Catalogue;
import io.cooper.schemas.KindSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds kinds that nobody defines: neither a release in use nor a CRD of the repository.
public final class UnknownKind implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "schema/unknown-kind",
        WARNING,
        "Every kind is defined by a release in use or by a CRD.",
        """
        An object of a kind that the cluster does not know is refused, and with it everything in its
        Kustomization. A misspelt kind of a known API group is an error. For other groups there is one
        finding for each group if all that the cluster gets is known here, and one notice for all of
        them where a Helm chart, a remote resource or another source may bring the definitions: these
        objects are then judged by no schema.

        Kinds that a well-known component brings are left out: whether somebody installs it is a
        matter of `flux/dependency-undeclared`.
        """,
        "Add the CRD, or import it from the cluster with cooper schemas import.");
  }

  private record Kind(String apiVersion, String kind) {
    String group() {
      return ObjectId.groupOf(apiVersion);
    }
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream().flatMap(graph -> check(graph, repository.catalogue()));
  }

  private static Stream<Finding> check(DependencyGraph graph, Catalogue catalogue) {
    var first = new LinkedHashMap<Kind, Manifest>();
    graph
        .tree()
        .objects()
        .forEach(object -> first.putIfAbsent(new Kind(object.apiVersion(), object.kind()), object));
    first
        .keySet()
        .removeIf(kind ->
            catalogue.find(kind.apiVersion(), kind.kind()).isPresent()
                || catalogue.retirement(kind.apiVersion(), kind.kind()).isPresent());
    if (first.isEmpty()) {
      return Stream.empty();
    }
    var versions = versions(catalogue);
    var misspelt = new ArrayList<Finding>();
    var foreign = new TreeMap<String, List<Kind>>();
    first.forEach((kind, object) -> {
      var siblings = versions.get(kind.group());
      if (siblings != null) {
        misspelt.add(misspelt(object, kind, siblings));
      } else {
        foreign.computeIfAbsent(kind.group(), _ -> new ArrayList<>()).add(kind);
      }
    });
    return Stream.concat(misspelt.stream(), foreign(graph, foreign, first));
  }

  /// By API group, what the catalogue has of it.
  private static Map<String, List<KindSchema>> versions(Catalogue catalogue) {
    return catalogue
        .kinds()
        .collect(Collectors.groupingBy(kind -> ObjectId.groupOf(kind.apiVersion())));
  }

  private static Finding misspelt(Manifest object, Kind kind, List<KindSchema> siblings) {
    var sameVersion =
        siblings.stream()
            .filter(each -> each.apiVersion().equals(kind.apiVersion()))
            .map(KindSchema::kind)
            .collect(Collectors.toCollection(TreeSet::new));
    var sameKind =
        siblings.stream()
            .filter(each -> each.kind().equals(kind.kind()))
            .map(KindSchema::apiVersion)
            .collect(Collectors.toCollection(TreeSet::new));
    var source =
        siblings.getFirst().from().map(Object::toString).orElse("the CRDs of the repository");
    if (!sameKind.isEmpty()) {
      return Finding.about(
              object,
              "%s has no %s %s; it has %s"
                  .formatted(source, kind.apiVersion(), kind.kind(), String.join(", ", sameKind)),
              "apiVersion")
          .withSeverity(sameVersion.isEmpty() ? WARNING : ERROR)
          .withRemedy("write apiVersion: " + sameKind.last());
    }
    var nearest = Nearest.to(kind.kind(), sameVersion);
    return Finding.about(
            object,
            "%s has no kind %s in %s%s"
                .formatted(
                    source,
                    kind.kind(),
                    kind.apiVersion(),
                    nearest.map(" – did you mean %s?"::formatted).orElse("")),
            "kind")
        .withSeverity(nearest.isPresent() ? ERROR : WARNING)
        .withRemedy(
            nearest
                .map("write kind: %s"::formatted)
                .orElse("correct the kind or its version, or add its CRD"));
  }

  private static Stream<Finding> foreign(
      DependencyGraph graph, Map<String, List<Kind>> groups, Map<Kind, Manifest> first) {
    // What a component of the table brings is there, or missed by flux/dependency-undeclared.
    groups.keySet().removeIf(group -> Components.bringing(group).findAny().isPresent());
    groups.keySet().removeIf(group -> isProvided(graph, group));
    if (groups.isEmpty()) {
      return Stream.empty();
    }
    if (mayComeFromElsewhere(graph)) {
      return Stream.of(all(graph, groups, first));
    }
    return groups.entrySet().stream()
        .map(group ->
            Finding.about(
                object(group.getValue().getFirst(), first),
                "nothing in %s defines %s of %s"
                    .formatted(graph.tree().entry(), names(group.getValue()), group.getKey()),
                "apiVersion"));
  }

  private static Finding all(
      DependencyGraph graph, Map<String, List<Kind>> groups, Map<Kind, Manifest> first) {
    var said =
        groups.entrySet().stream()
            .map(group -> "%s (%s)".formatted(group.getKey(), names(group.getValue())))
            .collect(Collectors.joining("; "));
    int kinds = groups.values().stream().mapToInt(Collection::size).sum();
    var any = groups.values().iterator().next().getFirst();
    return Finding.about(
            object(any, first),
            "%d kind%s of %s judged by no schema: %s"
                .formatted(
                    kinds,
                    kinds == 1 ? "" : "s",
                    graph.tree().entry() + (kinds == 1 ? " is" : " are"),
                    said),
            "apiVersion")
        .withSeverity(NOTICE)
        .withRemedy(
            "import their CRDs to have them judged: kubectl get crd -o yaml >crds.yaml, then cooper schemas import crds.yaml");
  }

  private static Manifest object(Kind kind, Map<Kind, Manifest> first) {
    return Optional.ofNullable(first.get(kind)).orElseThrow();
  }

  private static String names(List<Kind> kinds) {
    return kinds.stream().map(Kind::kind).distinct().sorted().collect(Collectors.joining(", "));
  }

  private static boolean isProvided(DependencyGraph graph, String group) {
    return graph.requirements().stream()
        .anyMatch(each ->
            each.need() instanceof Need.Api api
                && api.group().equals(group)
                && !each.providers().isEmpty());
  }

  private static boolean mayComeFromElsewhere(DependencyGraph graph) {
    return graph
            .tree()
            .objects(HelmRelease.GROUP, HelmRelease.KIND)
            .map(HelmRelease::new)
            .anyMatch(release -> isOpen(graph, release))
        || graph.tree().releases().stream().anyMatch(each -> each.objects().isEmpty())
        || graph.nodes().stream()
            .anyMatch(node ->
                node.failed()
                    || node.external()
                    || node.rendered().problems().stream()
                        .anyMatch(it -> it.kind() == RenderProblem.Kind.REMOTE_RESOURCE));
  }

  /// Whether nobody knows what a release installs.
  private static boolean isOpen(DependencyGraph graph, HelmRelease release) {
    return graph.tree().release(release.id()).filter(each -> !each.objects().isEmpty()).isEmpty();
  }
}
