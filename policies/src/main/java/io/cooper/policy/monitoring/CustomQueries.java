package io.cooper.policy.monitoring;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What CloudNativePG exports beyond its own series, because somebody has written queries for it.
///
/// @param series that the queries of this repository make
/// @param unseen who uses queries that are not in this repository; nothing can be said about names
///   while there is one
record CustomQueries(Set<String> series, List<String> unseen) {
  private static final String CNPG = "postgresql.cnpg.io";

  /// The operator puts its default queries there itself.
  private static final Set<String> DEFAULTS =
      Set.of("cnpg-default-monitoring", "postgresql-operator-default-monitoring");

  CustomQueries {
    series = Set.copyOf(series);
    unseen = List.copyOf(unseen);
  }

  static CustomQueries of(RenderedTree tree) {
    var series = new HashSet<String>();
    var unseen = new ArrayList<String>();
    tree.objects(CNPG, "Cluster")
        .forEach(cluster -> {
          references(cluster, "customQueriesConfigMap")
              .forEach(ref -> read(tree, cluster, "ConfigMap", ref, series, unseen));
          references(cluster, "customQueriesSecret")
              .forEach(ref -> read(tree, cluster, "Secret", ref, series, unseen));
        });
    tree.objects(HelmRelease.GROUP, HelmRelease.KIND)
        .map(HelmRelease::new)
        .filter(CustomQueries::hasQueries)
        .forEach(release -> unseen.add("HelmRelease " + release));
    return new CustomQueries(series, unseen);
  }

  private static Stream<Mapping> references(Manifest cluster, String field) {
    return cluster.root().mappings("spec", "monitoring", field);
  }

  /// The chart of a database takes queries as values; that of the operator replaces the default
  /// ones.
  private static boolean hasQueries(HelmRelease release) {
    return release.value("cluster.monitoring.customQueries").isPresent()
        || release.value("monitoringQueriesConfigMap.queries").isPresent()
        || release.value("config.data.MONITORING_QUERIES_CONFIGMAP").isPresent();
  }

  private static void read(
      RenderedTree tree,
      Manifest cluster,
      String kind,
      Mapping reference,
      Set<String> series,
      List<String> unseen) {
    var name = reference.text("name").orElse("");
    if (DEFAULTS.contains(name)) {
      return;
    }
    var queries =
        tree.objects("", kind)
            .filter(
                each -> each.name().equals(name) && each.namespace().equals(cluster.namespace()))
            .findFirst()
            .flatMap(holder -> text(holder, reference.text("key").orElse("queries")))
            .flatMap(CustomQueries::parse);
    if (queries.isEmpty()) {
      unseen.add("%s, which reads %s %s".formatted(cluster.id(), kind, name));
      return;
    }
    queries.get().entries().forEach(entry -> series.addAll(series(entry)));
  }

  private static Optional<String> text(Manifest holder, String key) {
    return holder
        .text("stringData", key)
        .or(() ->
            holder
                .text("data", key)
                .flatMap(
                    value -> holder.kind().equals("Secret") ? decoded(value) : Optional.of(value)));
  }

  private static Optional<String> decoded(String base64) {
    try {
      return Optional.of(
          new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<Mapping> parse(String yaml) {
    var file = YamlReader.ofRendered().read("queries", yaml);
    return file.faults().isEmpty() && file.documents().size() == 1
        ? Optional.of(file.documents().getFirst())
            .filter(Mapping.class::isInstance)
            .map(Mapping.class::cast)
        : Optional.empty();
  }

  /// The series of one query: its name, or the one it gives itself, with each column.
  private static List<String> series(Mapping.Entry entry) {
    if (!(entry.value() instanceof Mapping query)) {
      return List.of();
    }
    var prefix = "cnpg_" + query.text("name").orElse(entry.name()) + "_";
    return query
        .mappings("metrics")
        .flatMap(Mapping::entries)
        .flatMap(column -> column(prefix, column))
        .toList();
  }

  private static Stream<String> column(String prefix, Mapping.Entry column) {
    Value settings = column.value();
    var usage = settings.find("usage").flatMap(Value::text).orElse("").toUpperCase(Locale.ROOT);
    var name = prefix + settings.find("name").flatMap(Value::text).orElse(column.name());
    return switch (usage) {
      case "LABEL", "DISCARD" -> Stream.empty();
      case "DURATION" -> Stream.of(name + "_milliseconds");
      case "HISTOGRAM" -> Stream.of(name, name + "_bucket", name + "_sum", name + "_count");
      default -> Stream.of(name);
    };
  }
}
