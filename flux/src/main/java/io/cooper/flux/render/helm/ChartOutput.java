package io.cooper.flux.render.helm;

import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.flux.render.kustomize.FluxBuild.Built;
import io.cooper.flux.render.kustomize.FluxBuild.Origin;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads what helm prints: documents behind lines `# Source: CHART/templates/NAME`.
final class ChartOutput {
  private static final String SOURCE = "# Source: ";
  private static final String SEPARATOR = "---";

  private final LocalChart chart;
  private final List<Built> objects = new ArrayList<>();
  private final List<RenderProblem> problems = new ArrayList<>();

  ChartOutput(LocalChart chart) {
    this.chart = chart;
  }

  /// The objects, each placed at the beginning of its template.
  List<Built> objects() {
    return objects;
  }

  /// What no API server would take.
  List<RenderProblem> problems() {
    return problems;
  }

  /// Reads all of an output.
  ChartOutput read(String output) {
    var source = "";
    var section = new StringBuilder();
    for (var line : (Iterable<String>) output.lines()::iterator) {
      // A chart may print such a line itself; only behind a separator is it helm's.
      if (line.startsWith(SOURCE) && section.toString().isBlank()) {
        source = line.substring(SOURCE.length());
      } else if (line.startsWith(SEPARATOR)) {
        section(source, section.toString());
        section.setLength(0);
      } else {
        section.append(line).append('\n');
      }
    }
    section(source, section.toString());
    return this;
  }

  private void section(String source, String text) {
    if (text.isBlank()) {
      return;
    }
    var file = chart.file(source);
    var place = file.map(Place::startOf).orElseGet(chart::place);
    var parsed = YamlReader.ofRendered().read(source, text);
    for (var fault : parsed.faults()) {
      // helm takes the last of two equal keys, without a word.
      if (!fault.problem().what().startsWith("key ")) {
        problem(
            place,
            "the template %s makes something that is no YAML: %s"
                .formatted(source, fault.problem().what()));
      }
    }
    for (var document : parsed.documents()) {
      if (document instanceof Scalar scalar && scalar.isNull()) {
        continue;
      }
      if (!Manifest.looksLikeOne(document)) {
        problem(
            place,
            "the template %s makes a document without apiVersion and kind".formatted(source));
      }
    }
    parsed.manifests().forEach(object -> objects.add(built(object.root().movedTo(place), file)));
  }

  private static Built built(Mapping root, Optional<String> file) {
    return new Built(root, Optional.empty(), file.map(path -> new Origin(path, false)));
  }

  private void problem(Place place, String message) {
    problems.add(
        new RenderProblem(
            Kind.CHART,
            place,
            message,
            "let the template print objects only, each with apiVersion, kind and metadata.name",
            Optional.empty()));
  }
}
