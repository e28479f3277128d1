package io.cooper.flux.graph;

import io.cooper.flux.source.Artifact;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// What a repository installs before Flux exists in a new cluster: helmfiles, Talos machine
/// configurations, bootstrap scripts. These are programs of their own, so only the names in them
/// are looked for: a component that is mentioned there is taken to be installed.
final class Bootstrap {
  private static final Pattern FOLDER =
      Pattern.compile("(^|/)(\\.?[^/]*bootstrap|talos|talconfig|helmfile)[^/]*(/|$)");
  private static final Pattern TEXT =
      Pattern.compile(".*\\.(ya?ml|gotmpl|tmpl|j2|sh|toml|json|just|tf)|.*/\\.?[^./]*file");
  private static final int LARGEST = 1 << 20;

  private final Artifact artifact;
  private final Set<String> flux;
  private final List<String> texts = new ArrayList<>();
  private final List<String> helmfiles = new ArrayList<>();
  private boolean read;

  /// @param artifact the files of the repository
  /// @param flux files that Flux reads: they are no bootstrap, whatever their folder is called
  Bootstrap(Artifact artifact, Set<String> flux) {
    this.artifact = artifact;
    this.flux = flux;
  }

  /// Whether a chart or a released manifest of the component is named.
  boolean installs(Component component) {
    return texts().stream().anyMatch(text -> installs(text, component));
  }

  /// Whether a helmfile has a release of this name; its chart is often a template.
  boolean names(String release) {
    texts();
    var name =
        Pattern.compile(
            "name:\\s*[\"']?" + Pattern.quote(release) + "[\"']?\\s*($|[,}])", Pattern.MULTILINE);
    return helmfiles.stream().anyMatch(text -> name.matcher(text).find());
  }

  /// Whether the word stands anywhere.
  boolean mentions(String word) {
    return texts().stream().anyMatch(text -> contains(text, word));
  }

  private static boolean installs(String text, Component component) {
    return component.manifests().stream().anyMatch(text::contains)
        || component.charts().stream()
            .map(chart -> chart.substring(chart.indexOf('/') + 1))
            .anyMatch(chart -> contains(text, chart));
  }

  private static boolean contains(String text, String word) {
    return Pattern.compile("(?<![\\w-])" + Pattern.quote(word) + "(?![\\w-])").matcher(text).find();
  }

  private List<String> texts() {
    if (!read) {
      read = true;
      for (var file : artifact.files()) {
        var path = file.toLowerCase(Locale.ROOT);
        if (FOLDER.matcher(path).find() && TEXT.matcher(path).matches() && !flux.contains(file)) {
          var bytes = artifact.read(file);
          if (bytes.length <= LARGEST) {
            var text = new String(bytes, StandardCharsets.UTF_8);
            texts.add(text);
            if (path.contains("helmfile")) {
              helmfiles.add(text);
            }
          }
        }
      }
    }
    return texts;
  }
}
