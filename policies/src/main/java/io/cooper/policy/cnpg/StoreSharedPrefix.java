package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.ObjectId;
import io.cooper.manifest.Place;
import io.cooper.manifest.Value;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `cnpg/store-shared-prefix`
public final class StoreSharedPrefix implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "cnpg/store-shared-prefix",
        ERROR,
        "Every Cluster writes into a folder of its own.",
        """
        Base backups and WAL of a Cluster lie below `destinationPath` in a folder named after the server: the plugin's
        parameter `serverName`, or the Cluster's name where there is none. One ObjectStore may serve many Clusters, and two
        ObjectStores may have one address, as long as the server names differ.

        Two Clusters with one folder write segments of the same name with different content. The later one replaces the
        earlier one: neither archive can be restored any more. The check for an empty archive stops the second Cluster
        only if it starts after the first one has archived something, and not if it is told to skip the check.

        A folder that Clusters of several entries of this repository write to is a warning: whether they use one storage,
        only their operator knows. Endpoints that are Services of a Kubernetes cluster do not count.
        """,
        "Give one of them another serverName in the parameters of the plugin, or another destinationPath.");
  }

  /// A Cluster and an archive that it writes to.
  private record Writer(String entry, Manifest cluster, Value at, Archive archive) {
    Place place() {
      return cluster.placeOf(at);
    }

    ObjectId id() {
      return cluster.id();
    }
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var findings = new ArrayList<Finding>();
    var everywhere = new LinkedHashMap<Archive, Map<String, Writer>>();
    repository
        .trees()
        .forEach(tree ->
            byArchive(tree)
                .forEach((archive, writers) -> {
                  if (writers.size() > 1) {
                    findings.add(shared(archive, writers));
                  } else if (archive.isGlobal()) {
                    everywhere
                        .computeIfAbsent(archive, _ -> new LinkedHashMap<>())
                        .putIfAbsent(tree.entry(), writers.getFirst());
                  }
                }));
    everywhere.forEach((archive, writers) -> {
      if (writers.size() > 1) {
        findings.add(acrossEntries(archive, List.copyOf(writers.values())));
      }
    });
    return findings.stream();
  }

  /// Who writes where in one cluster; every Cluster once for each archive.
  private static Map<Archive, List<Writer>> byArchive(RenderedTree tree) {
    var databases = Databases.of(tree);
    var found = new LinkedHashMap<Archive, Map<ObjectId, Writer>>();
    databases.clusters().stream()
        .flatMap(cluster -> writers(tree.entry(), databases, cluster))
        .forEach(writer ->
            found
                .computeIfAbsent(writer.archive(), _ -> new LinkedHashMap<>())
                .putIfAbsent(writer.id(), writer));
    var sorted = new LinkedHashMap<Archive, List<Writer>>();
    found.forEach((archive, writers) ->
        sorted.put(
            archive,
            writers.values().stream().sorted(Comparator.comparing(Writer::place)).toList()));
    return sorted;
  }

  /// The operator hands segments to every plugin that is enabled, archiver or not (facts/cnpg-i.md
  /// 4.2).
  private static Stream<Writer> writers(String entry, Databases databases, Manifest cluster) {
    var plugins =
        Databases.pluginsOf(cluster)
            .filter(Databases.Plugin::enabled)
            .filter(Databases.Plugin::isBarman)
            .flatMap(plugin ->
                databases.archiveOf(plugin).stream()
                    .map(archive -> new Writer(entry, cluster, plugin.at(), archive)));
    var builtIn =
        cluster.root().mapping("spec", "backup", "barmanObjectStore").stream()
            .map(store ->
                new Writer(
                    entry,
                    cluster,
                    store.get("serverName").or(() -> store.get("destinationPath")).orElse(store),
                    Archive.in(store, store.text("serverName").orElse(cluster.name()))));
    return Stream.concat(plugins, builtIn);
  }

  private static Finding shared(Archive archive, List<Writer> writers) {
    var first = writers.getFirst();
    return Finding.at(
            first.place(),
            "%s writes to %s, and so does %s"
                .formatted(
                    first.id(),
                    archive,
                    writers.stream()
                        .skip(1)
                        .map(other -> "%s (%s)".formatted(other.id(), other.place().file()))
                        .collect(Collectors.joining(" and "))))
        .of(first.cluster());
  }

  private static Finding acrossEntries(Archive archive, List<Writer> writers) {
    var first = writers.stream().min(Comparator.comparing(Writer::place)).orElseThrow();
    return Finding.at(
            first.place(),
            "%s writes to %s in each of %s"
                .formatted(
                    first.id(),
                    archive,
                    writers.stream()
                        .map(Writer::entry)
                        .sorted()
                        .collect(Collectors.joining(" and "))))
        .of(first.cluster())
        .withSeverity(WARNING)
        .withRemedy(
            "Put the name of the cluster into the destinationPath or the serverName, for example"
                + " with a variable of postBuild.substitute.");
  }
}
