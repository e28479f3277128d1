package io.cooper.flux.render.helm;

import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Finds the copies that charts keep of the manifests that their templates were made of: files of
/// objects with a version in their name, such as `plugin-barman-cloud-v0.5.0.yaml`, anywhere in the
/// chart but in `charts/` and `crds/`. Of several versions of one file the newest counts.
public final class ChartReferences {
  private static final Pattern VERSIONED =
      Pattern.compile("(.*?)[-_.]?v?(\\d+\\.\\d+(?:\\.\\d+)?)((?:-[a-z0-9.]+)?)\\.ya?ml");

  /// A copy.
  ///
  /// @param chart path of the chart that it belongs to
  /// @param file of the copy
  /// @param objects that it holds
  public record Copy(String chart, String file, List<Manifest> objects) {
    public Copy {
      objects = List.copyOf(objects);
    }

    /// Where most of its objects live: only with that namespace can a template make the same.
    String namespace() {
      Map<String, Long> counts =
          objects.stream()
              .map(Manifest::namespace)
              .filter(namespace -> !namespace.isEmpty())
              .collect(
                  Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
      return counts.entrySet().stream()
          .max(Map.Entry.comparingByValue())
          .map(Map.Entry::getKey)
          .orElse("default");
    }
  }

  private ChartReferences() {}

  /// The copies of all charts.
  public static List<Copy> of(Artifact artifact) {
    var copies = new ArrayList<Copy>();
    for (var file : artifact.files()) {
      if (file.endsWith("/" + LocalChart.METADATA)) {
        var chart = file.substring(0, file.length() - LocalChart.METADATA.length() - 1);
        newest(artifact, chart).forEach(path -> add(artifact, chart, path, copies));
      }
    }
    return copies;
  }

  private static List<String> newest(Artifact artifact, String chart) {
    record Versioned(String file, String version) {}
    var byName = new HashMap<String, Versioned>();
    for (var file : artifact.below(chart)) {
      var inside = file.substring(chart.length() + 1);
      var match = VERSIONED.matcher(inside);
      if (match.matches() && !inside.startsWith("charts/") && !inside.startsWith("crds/")) {
        byName.merge(
            match.group(1),
            new Versioned(file, match.group(2)),
            (one, other) -> BY_NUMBER.compare(one.version(), other.version()) >= 0 ? one : other);
      }
    }
    return byName.values().stream().map(Versioned::file).sorted().toList();
  }

  /// `0.10.0` is more than `0.9.1`.
  private static final Comparator<String> BY_NUMBER =
      Comparator.comparing(version -> {
        var key = new StringBuilder();
        for (var part : version.split("\\.", -1)) {
          key.append("%9s".formatted(part));
        }
        return key.toString();
      });

  private static void add(Artifact artifact, String chart, String file, List<Copy> copies) {
    if (YamlReader.ofSources().isTooLarge(artifact.size(file))
        || new String(artifact.read(file), StandardCharsets.UTF_8).contains("{{")) {
      return;
    }
    var parsed = YamlReader.ofSources().read(file, artifact.read(file));
    var objects = parsed.manifests().toList();
    if (parsed.faults().isEmpty() && !objects.isEmpty()) {
      copies.add(new Copy(chart, file, objects));
    }
  }
}
