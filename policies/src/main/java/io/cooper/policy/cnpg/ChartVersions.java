package io.cooper.policy.cnpg;

import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.YamlReader;
import io.cooper.policy.Finding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Where charts of the repository, which Cooper does not render, name the version of the plugin:
/// the value `barmanCloudPlugin.version`, images in templates, the released manifest beside them.
///
/// @param charts those with more than one such place
record ChartVersions(List<Chart> charts) {
  private static final String[] VALUE = {"barmanCloudPlugin", "version"};
  private static final Pattern IMAGE =
      Pattern.compile("plugin-barman-cloud(?:-sidecar)?:(v?[0-9]+\\.[0-9]+\\.[0-9]+)");
  private static final Pattern FILE =
      Pattern.compile("barman.*[-_.](v?[0-9]+\\.[0-9]+\\.[0-9]+)[^/]*\\.ya?ml$");

  /// A place that names a version.
  ///
  /// @param what in words
  private record Named(Place place, String version, String what) {
    boolean agrees(Named other) {
      return version.replaceFirst("^v", "").equals(other.version.replaceFirst("^v", ""));
    }
  }

  /// A chart with the value that carries the version.
  private record Chart(Named value, List<Named> others) {}

  static ChartVersions of(Artifact artifact) {
    var charts = new ArrayList<Chart>();
    for (var file : artifact.files()) {
      if (file.equals("Chart.yaml") || file.endsWith("/Chart.yaml")) {
        chart(artifact, file.substring(0, Math.max(0, file.lastIndexOf('/')))).forEach(charts::add);
      }
    }
    return new ChartVersions(charts);
  }

  private static Stream<Chart> chart(Artifact artifact, String folder) {
    var values = folder.isEmpty() ? "values.yaml" : folder + "/values.yaml";
    if (!artifact.contains(values)) {
      return Stream.empty();
    }
    return value(artifact, values).map(value -> new Chart(value, others(artifact, folder)));
  }

  private static Stream<Named> value(Artifact artifact, String file) {
    return YamlReader.ofSources().read(file, artifact.read(file)).documents().stream()
        .filter(Mapping.class::isInstance)
        .flatMap(document -> document.find(VALUE).stream())
        .flatMap(value ->
            value.text().stream()
                .map(text -> new Named(value.place(), text, "barmanCloudPlugin.version")));
  }

  private static List<Named> others(Artifact artifact, String folder) {
    var named = new ArrayList<Named>();
    for (var file : artifact.below(folder)) {
      if (!file.endsWith(".yaml") && !file.endsWith(".yml") && !file.endsWith(".tpl")) {
        continue;
      }
      var name = FILE.matcher(file);
      if (name.find()) {
        named.add(new Named(Place.startOf(file), name.group(1), "the name of the file"));
      }
      var lines = new String(artifact.read(file), StandardCharsets.UTF_8).lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        var image = IMAGE.matcher(lines.get(i));
        while (image.find()) {
          named.add(
              new Named(
                  new Place(file, i + 1, lines.get(i).codePointCount(0, image.start()) + 1),
                  image.group(1),
                  "image " + image.group()));
        }
      }
    }
    return named;
  }

  /// One finding for each place that names another version than the value.
  Stream<Finding> disagreements() {
    return charts.stream()
        .flatMap(chart ->
            chart.others().stream()
                .filter(other -> !other.agrees(chart.value()))
                .map(other ->
                    Finding.at(
                            other.place(),
                            "%s says %s, but %s in %s says %s"
                                .formatted(
                                    other.what(),
                                    other.version(),
                                    chart.value().what(),
                                    chart.value().place().file(),
                                    chart.value().version()))
                        .withRemedy(
                            "Take %s everywhere: value, templates, CRD and the copy of the released"
                                    .formatted(chart.value().version())
                                + " manifest.")));
  }
}
