package io.cooper.flux.render.helm;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.flux.render.kustomize.SourceFiles;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// A repository of charts without Flux objects: `…/apps/NAME/Chart.yaml` beside
/// `…/clusters/CLUSTER/apps/NAME/values.yaml`. Whoever applies it runs `helm template …/apps/NAME
/// -f …/clusters/CLUSTER/apps/NAME/values.yaml` for each.
public final class ChartLayout {
  private static final Pattern VALUES =
      Pattern.compile("((?:.*/)?clusters/[^/]+)/(?:.*/)?([^/]+)/(values[^/]*\\.ya?ml)");

  /// A chart with the values of one cluster.
  ///
  /// @param path of the chart
  /// @param values file of the cluster
  public record Chart(String path, String values) {
    String name() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /// One cluster.
  ///
  /// @param folder such as `kubernetes/clusters/do-nyc3-prod`
  /// @param charts in the order of their values
  public record Cluster(String folder, List<Chart> charts) {
    public Cluster {
      charts = List.copyOf(charts);
    }

    ChartRequest request(Chart chart, SourceFiles sources) {
      return new ChartRequest(
          new NamespacedName(NAMESPACE, chart.name()),
          Optional.empty(),
          Optional.empty(),
          "chart %s with %s".formatted(chart.path(), chart.values()),
          chart.name(),
          NAMESPACE,
          chart.path(),
          Place.startOf(chart.values()),
          List.of(),
          false,
          values(chart, sources),
          true,
          true);
    }
  }

  /// What `helm template` takes where nobody names another one.
  private static final String NAMESPACE = "default";

  private ChartLayout() {}

  /// The clusters of a repository of this shape; none if it has another one.
  public static List<Cluster> of(Artifact artifact) {
    var charts = charts(artifact);
    if (charts.isEmpty()) {
      return List.of();
    }
    Map<String, List<Chart>> clusters = new TreeMap<>();
    for (var file : artifact.files()) {
      var match = VALUES.matcher(file);
      if (match.matches()) {
        var found = chart(charts, match.group(2), file);
        found.ifPresent(path ->
            clusters
                .computeIfAbsent(match.group(1), _ -> new ArrayList<>())
                .add(new Chart(path, file)));
      }
    }
    return clusters.entrySet().stream()
        .map(cluster -> new Cluster(cluster.getKey(), cluster.getValue()))
        .toList();
  }

  /// Of the charts of that name the one whose path shares most with that of the values: `apps/web`
  /// for `clusters/one/apps/web/values.yaml`, although there is a `libs/web` too.
  private static Optional<String> chart(List<String> charts, String name, String file) {
    return charts.stream()
        .filter(path -> path.equals(name) || path.endsWith("/" + name))
        .filter(path -> !file.startsWith(path + "/"))
        .max(
            Comparator.comparingInt((String path) -> shared(path, parent(file)))
                .thenComparing(Comparator.reverseOrder()));
  }

  /// How many folders at the end two paths have in common.
  private static int shared(String one, String other) {
    var left = one.split("/", -1);
    var right = other.split("/", -1);
    int count = 0;
    while (count < Math.min(left.length, right.length)
        && left[left.length - 1 - count].equals(right[right.length - 1 - count])) {
      count++;
    }
    return count;
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  /// Folders of charts that are not part of another chart.
  private static List<String> charts(Artifact artifact) {
    var folders = new TreeSet<String>();
    for (var file : artifact.files()) {
      if (file.endsWith("/" + LocalChart.METADATA)) {
        folders.add(parent(file));
      }
    }
    return folders.stream()
        .filter(
            folder -> folders.stream().noneMatch(other -> folder.startsWith(other + "/charts/")))
        .toList();
  }

  private static ReleaseValues values(Chart chart, SourceFiles sources) {
    var parsed = sources.manifests(chart.values());
    var problems = new ArrayList<RenderProblem>();
    parsed.faults().stream()
        .map(fault ->
            new RenderProblem(
                Kind.CHART,
                fault.place(),
                fault.problem().what(),
                fault.problem().remedy(),
                Optional.empty()))
        .forEach(problems::add);
    var first = parsed.documents().stream().findFirst();
    if (first.filter(document -> !(document instanceof Mapping)).isPresent()) {
      problems.add(
          new RenderProblem(
              Kind.CHART,
              Place.startOf(chart.values()),
              "the values of the chart %s are no map".formatted(chart.path()),
              "write keys with values",
              Optional.empty()));
    }
    var values =
        first.filter(Mapping.class::isInstance).map(Mapping.class::cast).map(ReleaseValues::of);
    return new ReleaseValues(
        values.map(ReleaseValues::values).orElseGet(LinkedHashMap::new),
        problems,
        false,
        values.map(ReleaseValues::layers).orElse(List.of()));
  }
}
