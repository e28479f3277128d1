package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Value;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Proposal;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.problem.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// `cnpg/unknown-plugin`
public final class UnknownPlugin implements RepositoryPolicy {
  /// Plugins that announce themselves under these names in their own documentation.
  private static final List<String> PUBLISHED =
      List.of(
          Databases.BARMAN_PLUGIN,
          "pgbackrest.dalibo.com",
          "pgbackrest.cnpg.opera.com",
          "cnpg-plugin-wal-g.yandex.cloud",
          "klio.enterprisedb.io",
          "cnpg-i-hello-world.cloudnative-pg.io",
          "postgresql-operator-edb-storage.enterprisedb.io");

  @Override
  public About about() {
    return new About(
        "cnpg/unknown-plugin",
        ERROR,
        "A plugin is called by the name under which it registers with the operator.",
        """
        The operator finds a plugin by the label `cnpg.io/pluginName` of its Service. Any other name – often the name of
        the ObjectStore – leads to `requested plugin is not available` at run time; nothing checks it before.

        A schedule that names a plugin its Cluster does not enable fails in the same way.
        """,
        "Use the plugin's registered name, %s for Barman Cloud; the store belongs into parameters.barmanObjectName."
            .formatted(Databases.BARMAN_PLUGIN));
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Databases.in(repository)
        .flatMap(databases -> {
          var known = known(databases);
          return Stream.concat(clusters(databases, known), backups(databases, known));
        });
  }

  private static Stream<Finding> clusters(Databases databases, Set<String> known) {
    return databases.clusters().stream()
        .flatMap(cluster ->
            Stream.concat(Databases.pluginsOf(cluster), Databases.externalPluginsOf(cluster))
                .filter(plugin -> !plugin.name().isEmpty() && !known.contains(plugin.name()))
                .map(plugin ->
                    repaired(
                        databases,
                        cluster,
                        plugin.name(),
                        plugin.path("name"),
                        known,
                        unknown(
                            databases,
                            known,
                            cluster,
                            plugin.name(),
                            plugin.values().get("name").orElse(plugin.values())))));
  }

  private static Stream<Finding> backups(Databases databases, Set<String> known) {
    return databases.backups().stream().flatMap(backup -> backup(databases, known, backup));
  }

  private static Stream<Finding> backup(Databases databases, Set<String> known, Manifest backup) {
    var value = backup.find("spec", "pluginConfiguration", "name");
    boolean plugin = backup.text("spec", "method").filter("plugin"::equals).isPresent();
    if (value.isEmpty()) {
      return plugin
          ? Stream.of(
              Finding.about(
                  backup,
                  "%s says method: plugin but names no plugin".formatted(backup.id()),
                  "spec",
                  "pluginConfiguration"))
          : Stream.empty();
    }
    var name = value.get().text().orElse("");
    if (!known.contains(name)) {
      return Stream.of(
          repaired(
              databases,
              backup,
              name,
              List.of("spec", "pluginConfiguration", "name"),
              known,
              unknown(databases, known, backup, name, value.get())));
    }
    return databases
        .clusterOf(backup)
        .filter(cluster ->
            Databases.pluginsOf(cluster)
                .noneMatch(each -> each.enabled() && each.name().equals(name)))
        .map(cluster ->
            Finding.at(
                    backup.placeOf(value.get()),
                    "%s uses plugin %s, which Cluster %s does not enable"
                        .formatted(backup.id(), name, cluster.name()))
                .withRemedy("Add the plugin to spec.plugins of the Cluster.")
                .of(backup))
        .stream();
  }

  /// The name of a store stands for the plugin that uses stores; a misspelt name for the only one
  /// like it. A plugin that got the store's name as its own may lack the parameter that holds it.
  private static Finding repaired(
      Databases databases,
      Manifest owner,
      String name,
      List<String> path,
      Set<String> known,
      Finding finding) {
    boolean store = Databases.named(databases.stores(), owner.namespace(), name).isPresent();
    var meant = store ? Optional.of(Databases.BARMAN_PLUGIN) : Nearest.only(name, known);
    if (meant.isEmpty()) {
      return finding.byHand("which plugin is meant is not clear");
    }
    if (path.contains("plugins")
        && Databases.pluginsOf(owner).anyMatch(each -> each.name().equals(meant.get()))) {
      return finding.byHand("%s has %s already".formatted(owner.name(), meant.get()));
    }
    var changes = new ArrayList<Proposal.Change>();
    changes.add(new Proposal.Change(owner, new YamlChange.Replace(path, meant.get())));
    var entry = path.subList(0, path.size() - 1);
    boolean cluster = owner.is(Databases.CNPG, "Cluster");
    if (store && cluster && owner.text(parameter(entry)).isEmpty()) {
      var parameters = Stream.concat(entry.stream(), Stream.of("parameters")).toList();
      changes.add(
          new Proposal.Change(owner, new YamlChange.Put(parameters, "barmanObjectName", name)));
    }
    return finding.withRepair(new Proposal("Name the plugin " + meant.get(), changes));
  }

  private static String[] parameter(List<String> entry) {
    return Stream.concat(entry.stream(), Stream.of("parameters", "barmanObjectName"))
        .toArray(String[]::new);
  }

  private static Finding unknown(
      Databases databases, Set<String> known, Manifest owner, String name, Value at) {
    boolean store = databases.stores().stream().anyMatch(each -> each.name().equals(name));
    var finding =
        Finding.at(
                owner.placeOf(at),
                store
                    ? "%s names plugin %s, but that is an ObjectStore, not a plugin"
                        .formatted(owner.id(), name)
                    : "%s names plugin %s, which no Service of this repository announces%s"
                        .formatted(owner.id(), name, Nearest.hint(name, known)))
            .of(owner);
    boolean plausible = name.contains(".") && Nearest.to(name, known).isEmpty();
    return plausible && !store ? finding.withSeverity(WARNING) : finding;
  }

  private static Set<String> known(Databases databases) {
    var names = new TreeSet<>(PUBLISHED);
    databases
        .services()
        .forEach(service ->
            service.text("metadata", "labels", "cnpg.io/pluginName").ifPresent(names::add));
    return names;
  }
}
