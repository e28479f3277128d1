package io.cooper.policy.cnpg;

import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import io.cooper.policy.Question;
import io.cooper.policy.Repository;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What one cluster gets of CloudNativePG: databases, stores and schedules, with the references
/// between them.
///
/// @param clusters `postgresql.cnpg.io` Clusters
/// @param stores `barmancloud.cnpg.io` ObjectStores
/// @param backups Backups and ScheduledBackups
/// @param services Services that announce a CNPG-I plugin
/// @param complete whether every Kustomization could be rendered, so that what is not here is
///   nowhere
record Databases(
    List<Manifest> clusters,
    List<Manifest> stores,
    List<Manifest> backups,
    List<Manifest> services,
    boolean complete) {
  static final String CNPG = "postgresql.cnpg.io";
  static final String STORE_GROUP = "barmancloud.cnpg.io";
  static final String BARMAN_PLUGIN = "barman-cloud.cloudnative-pg.io";

  /// One entry of `spec.plugins` of a Cluster, or of `externalClusters[].plugin`.
  ///
  /// @param owner the Cluster
  /// @param values of the entry
  record Plugin(Manifest owner, Mapping values) {
    String name() {
      return values.text("name").orElse("");
    }

    /// Where the entry stands in its Cluster.
    List<String> path() {
      for (var list : List.of("plugins", "externalClusters")) {
        var entries = owner.root().items("spec", list).toList();
        for (int i = 0; i < entries.size(); i++) {
          if (entries.get(i) == values) {
            return List.of("spec", list, Integer.toString(i));
          }
          if (entries.get(i).find("plugin").filter(each -> each == values).isPresent()) {
            return List.of("spec", list, Integer.toString(i), "plugin");
          }
        }
      }
      throw new IllegalStateException("an entry of another object");
    }

    /// Where a value of the entry stands, or would, in its Cluster.
    List<String> path(String... below) {
      return Stream.concat(path().stream(), Stream.of(below)).toList();
    }

    /// An entry is on unless it says otherwise.
    boolean enabled() {
      return values.flag("enabled").orElse(true);
    }

    boolean archivesWal() {
      return enabled() && values.flag("isWALArchiver").orElse(false);
    }

    boolean isBarman() {
      return name().equals(BARMAN_PLUGIN);
    }

    Optional<String> store() {
      return values.text("parameters", "barmanObjectName");
    }

    /// What the entry says about the folder of the archive in the store.
    Optional<String> statedServerName() {
      return values.text("parameters", "serverName").filter(name -> !name.isEmpty());
    }

    /// The folder of the archive in the store: the name of the Cluster that has the entry, unless
    /// the entry says otherwise, also where it reads another cluster's archive (facts/cnpg-i.md
    /// 9.4).
    String serverName() {
      return statedServerName().orElse(owner.name());
    }

    /// What decides about the archive: the server name, else the store's name, else the entry.
    Value at() {
      return values
          .find("parameters", "serverName")
          .or(() -> values.find("parameters", "barmanObjectName"))
          .orElse(values);
    }
  }

  /// One entry of `spec.externalClusters` of a Cluster.
  ///
  /// @param owner the Cluster
  /// @param values of the entry
  record External(Manifest owner, Mapping values) {
    String name() {
      return values.text("name").orElse("");
    }

    Optional<Plugin> plugin() {
      return values.mapping("plugin").map(plugin -> new Plugin(owner, plugin));
    }

    boolean canStream() {
      return values.mapping("connectionParameters").isPresent();
    }
  }

  private static final Question<List<Databases>> ALL =
      new Question<>(repository -> repository.trees().stream().map(Databases::of).toList());

  static Stream<Databases> in(Repository repository) {
    return repository.answer(ALL).stream();
  }

  static Databases of(RenderedTree tree) {
    return new Databases(
        select(tree, CNPG, "Cluster"),
        select(tree, STORE_GROUP, "ObjectStore"),
        tree.objects(CNPG).filter(Databases::isBackup).toList(),
        select(tree, "", "Service"),
        tree.kustomizations().stream()
            .allMatch(each -> each.state() == RenderedKustomization.State.RENDERED));
  }

  static boolean isBackup(Manifest manifest) {
    return manifest.is(CNPG, "ScheduledBackup") || manifest.is(CNPG, "Backup");
  }

  private static List<Manifest> select(RenderedTree tree, String group, String kind) {
    return tree.objects(group, kind).toList();
  }

  /// The plugins of a Cluster, those that are off included.
  static Stream<Plugin> pluginsOf(Manifest cluster) {
    return cluster.root().mappings("spec", "plugins").map(values -> new Plugin(cluster, values));
  }

  /// The plugins through which a Cluster reads other clusters' archives.
  static Stream<Plugin> externalPluginsOf(Manifest cluster) {
    return externalsOf(cluster).flatMap(external -> external.plugin().stream());
  }

  /// The other clusters that a Cluster knows.
  static Stream<External> externalsOf(Manifest cluster) {
    return cluster
        .root()
        .mappings("spec", "externalClusters")
        .map(values -> new External(cluster, values));
  }

  /// The entry that the Cluster was or will be restored from: `bootstrap.recovery.source`.
  static Optional<External> recoverySourceOf(Manifest cluster) {
    return cluster
        .text("spec", "bootstrap", "recovery", "source")
        .flatMap(name -> externalOf(cluster, name));
  }

  /// The entry that a replica cluster follows: `replica.source`.
  static Optional<External> replicaSourceOf(Manifest cluster) {
    return cluster.text("spec", "replica", "source").flatMap(name -> externalOf(cluster, name));
  }

  private static Optional<External> externalOf(Manifest cluster, String name) {
    return externalsOf(cluster).filter(each -> each.name().equals(name)).findFirst();
  }

  /// The archive that an entry for the Barman Cloud plugin reads or writes; empty if it names no
  /// store. A store that is not here is known by its name alone.
  Optional<Archive> archiveOf(Plugin plugin) {
    var namespace = plugin.owner().namespace();
    return plugin
        .store()
        .map(store ->
            named(stores, namespace, store)
                .flatMap(found -> found.root().mapping("spec", "configuration"))
                .map(configuration -> Archive.in(configuration, plugin.serverName()))
                .orElseGet(() -> Archive.unknown(namespace, store, plugin.serverName())));
  }

  /// The object of a name in a namespace.
  static Optional<Manifest> named(List<Manifest> among, String namespace, String name) {
    return among.stream()
        .filter(each -> each.namespace().equals(namespace) && each.name().equals(name))
        .findFirst();
  }

  /// Names of objects in a namespace.
  static List<String> namesIn(List<Manifest> among, String namespace) {
    return among.stream()
        .filter(each -> each.namespace().equals(namespace))
        .map(Manifest::name)
        .toList();
  }

  /// The Cluster that a Backup or ScheduledBackup is for, if it is among the rendered ones.
  Optional<Manifest> clusterOf(Manifest backup) {
    return backup
        .text("spec", "cluster", "name")
        .flatMap(name -> named(clusters, backup.namespace(), name));
  }
}
