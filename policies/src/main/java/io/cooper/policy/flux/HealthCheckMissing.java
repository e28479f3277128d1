package io.cooper.policy.flux;

import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.Kustomization.HealthCheck;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Need;
import io.cooper.flux.graph.Node;
import io.cooper.flux.graph.Requirement;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.ObjectId;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds Kustomizations whose health checks leave out what others rely on.
public final class HealthCheckMissing implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "flux/health-check-missing",
        WARNING,
        "What others rely on is among the health checks of its Kustomization.",
        """
        A Kustomization with `healthChecks` waits for the named objects and for no others. When the
        Deployment or HelmRelease that does the work is not among them, the Kustomization is Ready
        while the work is not done, and everything that depends on it begins too early.
        `healthCheckExprs` without `wait` or `healthChecks` are never evaluated at all.
        """,
        "Name the objects in `healthChecks`, or set `wait: true`.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream()
        .flatMap(graph ->
            graph.nodes().stream()
                .flatMap(node ->
                    switch (node.gate()) {
                      case WAIT -> Stream.<Finding>empty();
                      case CHECKS -> leftOut(node, graph).stream();
                      case INERT -> neverRun(node, graph).stream();
                      case NONE -> nothing(node, graph).stream();
                    }));
  }

  private static Optional<Finding> leftOut(Node node, DependencyGraph graph) {
    if (graph.dependents(node.id()).isEmpty() && users(node, graph).isEmpty()) {
      return Optional.empty();
    }
    var checks = node.kustomization().healthChecks();
    var working = Objects.withHealth(node);
    var unchecked =
        working.stream()
            .filter(object -> checks.stream().noneMatch(it -> means(it, object)))
            .toList();
    boolean checksTheWork = unchecked.size() < working.size() || checksWorkOfCharts(node, checks);
    var needed = unchecked.stream().filter(object -> isNeeded(object, node, graph)).toList();
    var missing = checksTheWork ? needed : unchecked;
    if (missing.isEmpty() || HealthCheckDangling.check(node, graph).findAny().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        Finding.about(
                node.kustomization().manifest(),
                "%s checks the health of %s, and not of %s, which others rely on"
                    .formatted(
                        node,
                        Words.list(checks.stream().map(it -> it.kind() + "/" + it.id().name())),
                        Words.list(missing)),
                "spec",
                "healthChecks")
            .in(node.id()));
  }

  private static boolean means(HealthCheck check, Manifest object) {
    return check.kind().equals(object.kind())
        && ObjectId.groupOf(check.apiVersion()).equals(object.group())
        && check.id().name().equals(object.name())
        && check.id().namespace().equals(object.namespace());
  }

  /// A check of what a chart brings stands for the release.
  private static boolean checksWorkOfCharts(Node node, List<HealthCheck> checks) {
    return node.rendered().objects().stream()
        .filter(HelmRelease::isOne)
        .map(HelmRelease::new)
        .anyMatch(release ->
            checks.stream().anyMatch(it -> it.id().namespace().equals(release.targetNamespace())));
  }

  /// Whether another Kustomization uses what this very object installs.
  private static boolean isNeeded(Manifest object, Node node, DependencyGraph graph) {
    if (Objects.isWorkload(object)) {
      return graph.componentsByManifests(node.rendered()).containsValue(object);
    }
    return users(node, graph).stream()
        .filter(each -> each.state() == Requirement.State.UNGATED)
        .flatMap(each -> each.providers().stream())
        .anyMatch(it ->
            it.release()
                .filter(id ->
                    id.name().equals(object.name()) && id.namespace().equals(object.namespace()))
                .isPresent());
  }

  private static List<Requirement> users(Node node, DependencyGraph graph) {
    return graph.requirements().stream()
        .filter(each -> !each.dependent().equals(node.id()))
        .filter(
            each -> each.providers().stream().anyMatch(it -> it.kustomization().equals(node.id())))
        .toList();
  }

  static Optional<Finding> neverRun(Node node, DependencyGraph graph) {
    if (!graph.dependents(node.id()).isEmpty()) {
      return Optional.empty();
    }
    var expressions = node.kustomization().healthCheckExprs();
    var meant =
        node.rendered().objects().stream()
            .filter(object -> expressions.stream().anyMatch(it -> means(it, object)))
            .toList();
    return Optional.of(
        Finding.about(
                node.kustomization().manifest(),
                "the `healthCheckExprs` of %s never run, because it has neither `wait` nor `healthChecks`%s"
                    .formatted(node, meant.isEmpty() ? "" : "; nobody checks " + Words.list(meant)),
                Objects.gateOf(node))
            .in(node.id())
            .withRemedy("set `wait: true`, or name the objects in `healthChecks` too"));
  }

  private static boolean means(Mapping expression, Manifest object) {
    return ObjectId.groupOf(expression.text("apiVersion").orElse("")).equals(object.group())
        && expression.text("kind").map(object.kind()::equals).orElse(true);
  }

  /// Nobody depends on it yet, but its charts install what others use: as soon as they do, the
  /// dependency would gate nothing.
  private static Optional<Finding> nothing(Node node, DependencyGraph graph) {
    if (!graph.dependents(node.id()).isEmpty()) {
      return Optional.empty();
    }
    var unmet =
        users(node, graph).stream()
            .filter(each -> each.state() == Requirement.State.UNDECLARED)
            .filter(each -> each.need() instanceof Need.Api)
            .filter(each ->
                each.providers().stream()
                    .anyMatch(
                        it -> it.kustomization().equals(node.id()) && it.release().isPresent()))
            .toList();
    if (unmet.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        Finding.about(
                node.kustomization().manifest(),
                "%s checks no health, although %s use%s what its charts install (%s)"
                    .formatted(
                        node,
                        Words.names(
                            unmet.stream().map(Requirement::dependent).distinct().toList(),
                            node.id()),
                        unmet.stream().map(Requirement::dependent).distinct().count() == 1
                            ? "s"
                            : "",
                        Words.list(unmet.stream().map(it -> it.need().toString()).distinct())),
                Objects.gateOf(node))
            .in(node.id()));
  }
}
