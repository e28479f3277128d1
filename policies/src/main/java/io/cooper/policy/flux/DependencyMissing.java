package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Node;
import io.cooper.flux.graph.Unresolved;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.List;
import java.util.stream.Stream;

/// Finds entries of `dependsOn` that name nothing.
public final class DependencyMissing implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "flux/dependency-missing",
        ERROR,
        "Every entry of `dependsOn` names an object of the same kind in the same cluster.",
        """
        Flux asks for the dependency every 30 seconds and never gives up: a name that nothing has
        leaves the dependent at `DependencyNotReady` for ever. A Kustomization can only depend on
        Kustomizations and a HelmRelease only on HelmReleases; an entry without a namespace means
        the dependent's own.
        """,
        "Correct the name or the namespace, or take the entry out.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream()
        .flatMap(
            graph -> graph.unresolved().stream().map(each -> finding(each, graph, repository)));
  }

  private static Finding finding(Unresolved it, DependencyGraph graph, Repository repository) {
    var kind = it.dependent().kind();
    var wanted = it.dependency().id();
    var from = new NamespacedName(it.dependent().namespace(), it.dependent().name());
    var finding = Finding.at(it.dependency().place(), "").of(it.dependent()).in(it.owner());
    var start = "%s %s depends on %s".formatted(kind, from, wanted);
    if (!it.elsewhere().isEmpty()) {
      var named =
          said(
              finding,
              "%s, which exists only as %s"
                  .formatted(
                      start,
                      Words.list(it.elsewhere().stream().map(ns -> ns + "/" + wanted.name()))),
              "write `namespace: %s` beside the name".formatted(it.elsewhere().getFirst()));
      return it.elsewhere().size() == 1
          ? written(named, it, "namespace", it.elsewhere().getFirst())
          : named.byHand("there are several of that name");
    }
    if (it.otherKind().isPresent()) {
      var other = it.otherKind().get();
      return said(
          finding,
          "%s, which is a %s; a %s can only wait for a %s"
              .formatted(start, other.kind(), kind, kind),
          kind.equals("Kustomization")
              ? "depend on the Kustomization that applies HelmRelease %s, and let that one wait for"
                      .formatted(other.name())
                  + " its health (`wait: true` or `healthChecks`)"
              : "let the Kustomization that applies this HelmRelease depend on %s"
                  .formatted(other.name()));
    }
    var clusters = clustersWith(wanted, kind, graph, repository);
    if (!clusters.isEmpty()) {
      return said(
          finding,
          "%s, which exists only in the cluster of %s".formatted(start, Words.list(clusters)),
          "add it to %s too, or take the entry out".formatted(graph.tree().entry()));
    }
    if (it.nearest().isPresent()) {
      return said(
              finding,
              "%s, which does not exist".formatted(start),
              "did you mean %s?".formatted(Words.name(it.nearest().get(), from)))
          .byHand("whether %s is meant is a guess".formatted(Words.name(it.nearest().get(), from)));
    }
    var unknown = graph.nodes().stream().filter(n -> n.failed() || n.external()).toList();
    if (!unknown.isEmpty()) {
      return said(
              finding,
              "%s, which is not among what could be rendered; %s could not be looked into"
                  .formatted(start, Words.names(unknown.stream().map(Node::id).toList(), from)),
              "correct the name, unless one of those brings it")
          .withSeverity(WARNING);
    }
    return said(
        finding, "%s, which does not exist".formatted(start), "correct or remove the entry");
  }

  private static Finding written(Finding finding, Unresolved it, String field, String text) {
    var entries = it.dependent().root().mappings("spec", "dependsOn").toList();
    for (int i = 0; i < entries.size(); i++) {
      if (it.dependent().placeOf(entries.get(i)).equals(it.dependency().place())) {
        var path = List.of("spec", "dependsOn", Integer.toString(i));
        return finding.repairedBy(
            "Write %s: %s".formatted(field, text),
            it.dependent(),
            entries.get(i).get(field).isPresent()
                ? new YamlChange.Replace(
                    Stream.concat(path.stream(), Stream.of(field)).toList(), text)
                : new YamlChange.Put(path, field, text));
      }
    }
    return finding;
  }

  private static Finding said(Finding finding, String message, String remedy) {
    return new Finding(
            finding.place(),
            message,
            finding.remedy(),
            finding.severity(),
            finding.object(),
            finding.kustomization(),
            finding.repair())
        .withRemedy(remedy);
  }

  private static List<String> clustersWith(
      NamespacedName wanted, String kind, DependencyGraph here, Repository repository) {
    return repository.graphs().stream()
        .filter(graph -> graph != here)
        .filter(graph ->
            graph
                .tree()
                .objects()
                .anyMatch(object ->
                    object.kind().equals(kind)
                        && object.group().endsWith(".toolkit.fluxcd.io")
                        && object.namespace().equals(wanted.namespace())
                        && object.name().equals(wanted.name())))
        .map(graph -> graph.tree().entry())
        .toList();
  }
}
