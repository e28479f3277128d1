package io.cooper.policy.monitoring;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.Severity;
import io.cooper.promql.Expression.MetricName;
import io.cooper.schemas.Release;
import io.cooper.schemas.ReleasesInUse;
import io.cooper.schemas.metrics.Exporter;
import io.cooper.schemas.metrics.Metric;
import io.cooper.schemas.metrics.Metrics;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `monitoring/unknown-metric`
public final class UnknownMetric implements RepositoryPolicy {
  private static final String PLUGIN = "barman-cloud.cloudnative-pg.io";

  @Override
  public About about() {
    return new About(
        "monitoring/unknown-metric",
        ERROR,
        "Rules and dashboards read series that somebody exports.",
        """
        A name that nobody exports is no error to Prometheus: the expression gives nothing, and an alert on nothing
        never fires. Thirteen such names in ten alerts kept a repository's 'proven' monitoring silent for as long as it
        existed.

        Judged are names whose prefix belongs to one exporter alone and of which all are known: CloudNativePG with its
        default queries and those that the repository's Clusters name, the Barman Cloud plugin, cert-manager's
        certificates; and names that are gone since a release: of Flux, kube-state-metrics and the kubelet. Series that
        the repository's own rules record, or that it has kube-state-metrics make of custom resources, are known.

        With the plugin, CloudNativePG's `cnpg_collector_first_recoverability_point` and
        `cnpg_collector_last_available_backup_timestamp` stay at 0: they count in-tree backups only. The plugin exports
        its own since 0.6.
        """,
        "Use a series that is exported, or drop the rule: it cannot fire.");
  }

  /// What is needed to judge the names of one cluster.
  ///
  /// @param absent exporters that are not deployed
  /// @param made series that the repository makes itself
  private record World(
      Metrics metrics,
      Set<Exporter> absent,
      Set<String> made,
      CustomQueries queries,
      boolean pluginAlone,
      ReleasesInUse releases) {}

  /// What is wrong with a name.
  private record Verdict(Severity severity, String why, Optional<String> remedy) {}

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.trees().stream().flatMap(tree -> check(tree, repository));
  }

  private static Stream<Finding> check(RenderedTree tree, Repository repository) {
    var rules = Rules.of(tree);
    var dashboards = Dashboards.in(tree).toList();
    if (rules.all().isEmpty() && dashboards.isEmpty()) {
      return Stream.empty();
    }
    var world =
        new World(
            Metrics.all(),
            runsCooper(tree) ? Set.of() : Set.of(Exporter.COOPER),
            Stream.concat(rules.recorded().stream(), StateMetrics.of(tree).stream())
                .collect(Collectors.toSet()),
            CustomQueries.of(tree),
            backsUpWithThePluginAlone(tree),
            repository.releases());
    return Stream.concat(
        rules.all().stream().flatMap(rule -> ofRule(rule, world, repository)),
        dashboards.stream().flatMap(dashboard -> ofDashboard(dashboard, world, repository)));
  }

  private static Stream<Finding> ofRule(Rule rule, World world, Repository repository) {
    var names = rule.expression().map(it -> it.metrics().toList()).orElse(List.of());
    var read = names.stream().map(MetricName::name).collect(Collectors.toSet());
    var seen = new HashSet<String>();
    return names.stream()
        .filter(name -> seen.add(name.name()))
        .flatMap(name ->
            verdict(name.name(), read, world).stream()
                .map(verdict ->
                    finding(
                        rule.owner(),
                        TextPlace.of(
                            repository.artifact(),
                            rule.owner().placeOf(rule.expr()),
                            rule.text(),
                            name.at()),
                        "%s reads %s".formatted(rule, name.name()),
                        verdict)));
  }

  /// A panel without data is a smaller loss than an alert that never fires.
  private static Stream<Finding> ofDashboard(
      Dashboards.Dashboard dashboard, World world, Repository repository) {
    var read = Set.copyOf(dashboard.reads());
    return dashboard.reads().stream()
        .flatMap(name ->
            verdict(name, read, world).stream()
                .map(verdict ->
                    finding(
                        dashboard.owner(),
                        TextPlace.of(
                            repository.artifact(),
                            dashboard.owner().placeOf(dashboard.json()),
                            dashboard.text(),
                            Math.max(0, dashboard.text().indexOf(name))),
                        "the dashboard reads " + name,
                        new Verdict(
                            verdict.severity() == ERROR ? WARNING : NOTICE,
                            verdict.why(),
                            verdict.remedy()))));
  }

  private static Finding finding(Manifest owner, Place place, String what, Verdict verdict) {
    var finding =
        Finding.at(place, what + ", " + verdict.why()).of(owner).withSeverity(verdict.severity());
    return verdict.remedy().map(finding::withRemedy).orElse(finding);
  }

  private static Optional<Verdict> verdict(String name, Set<String> read, World world) {
    if (world.made().contains(name) || world.queries().series().contains(name)) {
      return Optional.empty();
    }
    var known = world.metrics().find(name, world.absent());
    return known.isPresent()
        ? known.flatMap(metric -> gone(metric, world).or(() -> frozen(metric, read, world)))
        : world.metrics().owner(name).map(owner -> unknown(name, owner, world));
  }

  private static Verdict unknown(String name, Exporter owner, World world) {
    var metrics = world.metrics();
    var instead = metrics.instead(name);
    var remedy =
        instead
            .map("%s has that figure."::formatted)
            .or(() ->
                metrics
                    .nearest(name, owner)
                    .map(nearest ->
                        metrics.isReplaced(name)
                            ? "No exporter has that figure; the nearest name is %s. Drop the rule, or use that."
                                .formatted(nearest)
                            : "Did you mean %s?".formatted(nearest)));
    if (owner == Exporter.CNPG
        && !world.queries().unseen().isEmpty()
        && !metrics.isReplaced(name)) {
      return new Verdict(
          NOTICE,
          "which CloudNativePG exports only if a query that is not in this repository makes it (%s)"
              .formatted(world.queries().unseen().getFirst()),
          remedy);
    }
    boolean certain = owner == Exporter.CNPG || owner == Exporter.BARMAN_PLUGIN;
    return new Verdict(
        certain ? ERROR : WARNING,
        "which no release of %s exports".formatted(owner.title()),
        remedy);
  }

  /// Not in the release that is deployed.
  private static Optional<Verdict> gone(Metric metric, World world) {
    var release =
        metric
            .exporter()
            .product()
            .flatMap(product -> world.releases().of(product))
            .map(ReleasesInUse.InUse::release);
    var remedy = world.metrics().instead(metric.name()).map("Use %s instead."::formatted);
    if (metric.until().isPresent()) {
      var last = metric.until().get();
      if (release.isEmpty()) {
        return Optional.of(
            new Verdict(
                WARNING,
                "which %s no longer exports after %s".formatted(metric.exporter().title(), last),
                remedy));
      }
      return release
          .filter(it -> it.compareTo(Release.of(it.product(), last)) > 0 && !isPatch(it, last))
          .map(it -> new Verdict(ERROR, "which %s does not export any more".formatted(it), remedy));
    }
    return metric
        .since()
        .flatMap(first -> release.filter(it -> !it.isAtLeast(first)))
        .map(it ->
            new Verdict(
                ERROR,
                "which %s does not export yet; %s does"
                    .formatted(it, metric.since().orElse("a later release")),
                Optional.of("Update %s, or do without.".formatted(metric.exporter().title()))));
  }

  /// `until` names a line of releases by its first one.
  private static boolean isPatch(Release release, String last) {
    var line = Release.of(release.product(), last).version();
    return release.version().getMajor() == line.getMajor()
        && release.version().getMinor() == line.getMinor();
  }

  /// Exported, and 0 for ever. Who reads the plugin's series beside it knows.
  private static Optional<Verdict> frozen(Metric metric, Set<String> read, World world) {
    if (metric.exporter() != Exporter.CNPG || !world.pluginAlone()) {
      return Optional.empty();
    }
    return world
        .metrics()
        .instead(metric.name())
        .filter(other -> !read.contains(other))
        .map(other ->
            new Verdict(
                ERROR,
                "which stays at 0: all Clusters of this repository that have backups make them with the plugin",
                Optional.of("Use %s, which the plugin exports since 0.6.".formatted(other))));
  }

  private static boolean backsUpWithThePluginAlone(RenderedTree tree) {
    var clusters = tree.objects("postgresql.cnpg.io", "Cluster").toList();
    return clusters.stream().anyMatch(UnknownMetric::usesPlugin)
        && clusters.stream()
            .noneMatch(each ->
                each.root().mapping("spec", "backup", "barmanObjectStore").isPresent()
                    || each.root().mapping("spec", "backup", "volumeSnapshot").isPresent());
  }

  private static boolean usesPlugin(Manifest cluster) {
    return cluster
        .root()
        .mappings("spec", "plugins")
        .anyMatch(plugin ->
            plugin.text("name").filter(PLUGIN::equals).isPresent()
                && plugin.flag("enabled").orElse(true));
  }

  /// Whether Cooper's own plugin is deployed: its image is called `cooper`, whoever hosts it.
  private static boolean runsCooper(RenderedTree tree) {
    return tree.objects("apps")
        .flatMap(each -> each.root().mappings("spec", "template", "spec", "containers"))
        .flatMap(container -> container.text("image").stream())
        .map(image -> image.substring(image.lastIndexOf('/') + 1).split("[:@]", 2)[0])
        .anyMatch(name -> name.equals("cooper") || name.startsWith("cooper-"));
  }
}
