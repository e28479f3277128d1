package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.cnpg.Databases.External;
import io.cooper.problem.Nearest;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// `cnpg/external-cluster`
public final class ExternalCluster implements RepositoryPolicy {
  /// Where a Cluster names another one.
  private static final List<List<String>> REFERENCES =
      List.of(
          List.of("spec", "bootstrap", "recovery", "source"),
          List.of("spec", "bootstrap", "pg_basebackup", "source"),
          List.of("spec", "replica", "source"),
          List.of("spec", "replica", "self"),
          List.of("spec", "replica", "primary"));

  @Override
  public About about() {
    return new About(
        "cnpg/external-cluster",
        ERROR,
        "What a Cluster is restored from, or follows, is among its externalClusters.",
        """
        `bootstrap.recovery.source`, `bootstrap.pg_basebackup.source` and `replica.source`, `self` and `primary` are names
        of entries of `spec.externalClusters`. The operator's webhook refuses a Cluster that names an entry that is not
        there, one whose entry says no way to reach it, a `replica` section without `source`, and a replica that
        does not say how it was bootstrapped. Flux then reports a failed dry run and applies nothing of that Kustomization.

        A Backup that the plugin took cannot be named in `bootstrap.recovery.backup`: that way works for built-in backups
        alone. Through the plugin, name the source and, for one certain backup, `recoveryTarget.backupID`.
        """,
        "Add the entry to spec.externalClusters, or correct the name.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Databases.in(repository)
        .flatMap(databases ->
            databases.clusters().stream()
                .flatMap(cluster ->
                    Stream.of(
                            references(cluster),
                            entries(cluster),
                            replica(cluster),
                            backup(databases, cluster))
                        .flatMap(each -> each)));
  }

  private static Stream<Finding> references(Manifest cluster) {
    var names = Databases.externalsOf(cluster).map(External::name).toList();
    return REFERENCES.stream()
        .map(path -> path.toArray(String[]::new))
        .flatMap(path ->
            cluster.text(path).filter(name -> !names.contains(name)).stream()
                .map(name ->
                    Finding.about(
                        cluster,
                        "Cluster %s names external cluster %s in %s, which it does not list%s"
                            .formatted(
                                cluster.name(),
                                name,
                                String.join(".", List.of(path).subList(1, path.length)),
                                Nearest.hint(name, names)),
                        path)));
  }

  private static Stream<Finding> entries(Manifest cluster) {
    var seen = new HashSet<String>();
    return Databases.externalsOf(cluster)
        .flatMap(external -> {
          if (!seen.add(external.name())) {
            return Stream.of(
                at(
                    cluster,
                    external.values(),
                    "Cluster %s lists external cluster %s twice"
                        .formatted(cluster.name(), external.name())));
          }
          boolean reachable =
              Stream.of("connectionParameters", "plugin", "barmanObjectStore")
                  .anyMatch(way -> external.values().get(way).isPresent());
          return reachable
              ? Stream.empty()
              : Stream.of(
                  at(
                          cluster,
                          external.values(),
                          "Cluster %s does not say how to reach external cluster %s"
                              .formatted(cluster.name(), external.name()))
                      .withRemedy("Add connectionParameters or plugin to the entry."));
        });
  }

  private static Finding at(Manifest cluster, Mapping values, String message) {
    return Finding.at(cluster.placeOf(values), message).of(cluster);
  }

  private static Stream<Finding> replica(Manifest cluster) {
    var replica = cluster.root().mapping("spec", "replica");
    if (replica.isEmpty()) {
      return Stream.empty();
    }
    var findings = Stream.<Finding>builder();
    var primary = replica.get().text("primary");
    var enabled = replica.get().flag("enabled");
    if (replica.get().text("source").isEmpty()) {
      findings.add(
          Finding.about(
                  cluster,
                  "Cluster %s has a replica section without a source".formatted(cluster.name()),
                  "spec",
                  "replica")
              .withRemedy("Set spec.replica.source to the entry that the Cluster follows."));
    }
    if (primary.isPresent() && enabled.isPresent()) {
      findings.add(
          Finding.about(
                  cluster,
                  "Cluster %s sets both replica.enabled and replica.primary"
                      .formatted(cluster.name()),
                  "spec",
                  "replica",
                  "enabled")
              .withRemedy("Remove replica.enabled: self and primary decide."));
    }
    boolean follows =
        enabled.orElseGet(
            () -> !replica.get().text("self").orElse(cluster.name()).equals(primary.orElse("")));
    if (follows && cluster.find("spec", "bootstrap").isEmpty()) {
      findings.add(
          Finding.about(
                  cluster,
                  "Cluster %s is a replica and does not say how it is bootstrapped"
                      .formatted(cluster.name()),
                  "spec",
                  "replica")
              .withRemedy("Add spec.bootstrap.recovery or pg_basebackup with the same source."));
    }
    return findings.build();
  }

  /// A Backup of the plugin's that is named as if the operator had taken it.
  private static Stream<Finding> backup(Databases databases, Manifest cluster) {
    return cluster
        .text("spec", "bootstrap", "recovery", "backup", "name")
        .flatMap(name -> ofPlugin(databases, cluster, name))
        .map(origin ->
            Finding.about(
                    cluster,
                    "Cluster %s is restored from a Backup of %s, which the plugin takes; only built-in backups can be named"
                        .formatted(cluster.name(), origin.id()),
                    "spec",
                    "bootstrap",
                    "recovery",
                    "backup",
                    "name")
                .withRemedy("Name a source with the plugin, and its recoveryTarget.backupID."))
        .stream();
  }

  /// The Backup of a name, or the ScheduledBackup that makes Backups of such names: its own name
  /// and a time of fourteen digits.
  private static Optional<Manifest> ofPlugin(Databases databases, Manifest cluster, String name) {
    return databases.backups().stream()
        .filter(each -> each.namespace().equals(cluster.namespace()))
        .filter(each -> each.text("spec", "method").filter("plugin"::equals).isPresent())
        .filter(each ->
            each.kind().equals("Backup")
                ? each.name().equals(name)
                : name.matches(java.util.regex.Pattern.quote(each.name()) + "-[0-9]{14}"))
        .findFirst();
  }
}
