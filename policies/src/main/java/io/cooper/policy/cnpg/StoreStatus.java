package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.manifest.Mapping;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.Optional;
import java.util.stream.Stream;

/// `cnpg/store-status`
public final class StoreStatus implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "cnpg/store-status",
        ERROR,
        "No health check waits for a condition of an ObjectStore.",
        """
        The status of an ObjectStore is a table of recovery windows, `status.serverRecoveryWindow`, and nothing else: no
        conditions, no `Ready`, no result of a connection. A `healthCheckExprs` entry that asks for a condition is
        never fulfilled, and its Kustomization fails after the timeout, with all that depend on it.

        Without an expression Flux takes an ObjectStore for healthy as soon as it exists. Whether backups reach it shows
        in the Cluster's conditions `ContinuousArchiving` and `LastBackupSucceeded`.
        """,
        "Ask for a condition of the Cluster instead, or drop the expression.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream().flatMap(StoreStatus::check);
  }

  private static Stream<Finding> check(DependencyGraph graph) {
    return Installs.of(graph).plugins().isEmpty()
        ? Stream.empty()
        : graph.nodes().stream()
            .flatMap(node -> waiting(node.kustomization()).map(each -> each.in(node.id())));
  }

  private static Stream<Finding> waiting(Kustomization kustomization) {
    return kustomization.healthCheckExprs().stream()
        .filter(entry -> entry.text("kind").filter("ObjectStore"::equals).isPresent())
        .filter(entry ->
            entry
                .text("apiVersion")
                .filter(version -> version.startsWith(Databases.STORE_GROUP + "/"))
                .isPresent())
        .flatMap(entry -> condition(kustomization, entry).stream());
  }

  private static Optional<Finding> condition(Kustomization kustomization, Mapping entry) {
    return entry
        .text("current")
        .filter(expression -> expression.contains("conditions"))
        .map(_ ->
            Finding.at(
                    kustomization.manifest().placeOf(entry.get("current").orElse(entry)),
                    "Kustomization %s waits for a condition of an ObjectStore, which has none"
                        .formatted(kustomization.id()))
                .of(kustomization.manifest()));
  }
}
