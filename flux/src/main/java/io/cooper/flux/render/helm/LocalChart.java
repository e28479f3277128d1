package io.cooper.flux.render.helm;

import io.cooper.flux.render.kustomize.SourceFiles;
import io.cooper.flux.render.tool.WorkFolder;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// A chart in the artifact, whole as source-controller would pack it: with the charts of the same
/// repository that it depends on by `file://`. Symbolic links are in no artifact, so nothing
/// outside of it can be read.
final class LocalChart {
  static final String METADATA = "Chart.yaml";
  static final String VALUES = "values.yaml";

  /// What a chart depends on and does not hold.
  ///
  /// @param name of the chart that is missing
  /// @param repository where it would come from; empty if nothing says so
  /// @param place of the entry
  /// @param remote whether source-controller would fetch it from the network
  record Missing(String name, String repository, Place place, boolean remote) {}

  private static final int DEEPEST = 8;

  private final SourceFiles sources;
  private final String path;

  /// Paths as helm sees them, by those of the artifact.
  private final Map<String, String> files = new TreeMap<>();

  /// Names under which helm knows charts inside of this one, and the folders that they lie in.
  private final Map<String, String> folders = new LinkedHashMap<>();

  private final List<Missing> missing = new ArrayList<>();

  /// @param path of a folder or of an archive
  LocalChart(SourceFiles sources, String path) {
    this.sources = sources;
    this.path = path;
    if (isArchive()) {
      files.put(path.substring(path.lastIndexOf('/') + 1), path);
    } else {
      add(path, "", 0);
    }
  }

  /// Whether there is a chart at a path at all.
  static boolean isThere(Artifact artifact, String path) {
    return artifact.contains(child(path, METADATA))
        || (path.endsWith(".tgz") && artifact.contains(path));
  }

  static String child(String folder, String name) {
    return folder.isEmpty() ? name : folder + "/" + name;
  }

  boolean isArchive() {
    return sources.artifact().contains(path);
  }

  String path() {
    return path;
  }

  /// The files of the artifact that the chart is made of.
  Set<String> files() {
    return new TreeSet<>(files.values());
  }

  /// Everything that decides what the chart is.
  Stream<String> marks() {
    return files.entrySet().stream()
        .map(file -> sources.nameOfBytes(file.getValue()) + " " + file.getKey());
  }

  List<Missing> missing() {
    return missing;
  }

  /// Where `Chart.yaml` is, for what concerns the chart as a whole.
  Place place() {
    return Place.startOf(isArchive() ? path : child(path, METADATA));
  }

  /// Writes the chart below a folder.
  ///
  /// @param values that take the place of its own; empty for its own
  /// @return the folder or the archive that helm is to render
  Path writeTo(Path folder, Optional<byte[]> values) throws IOException {
    var root = folder.resolve("chart");
    for (var file : files.entrySet()) {
      WorkFolder.write(root, file.getKey(), sources.read(file.getValue()));
    }
    if (values.isPresent()) {
      WorkFolder.write(root, VALUES, values.get());
    }
    return isArchive() ? root.resolve(files.keySet().iterator().next()) : root;
  }

  /// The file behind a name that helm gives it: `web/charts/db/templates/x.yaml`, where `web` and
  /// `db` are names of charts. Empty for what lies in an archive.
  Optional<String> file(String named) {
    var inside = named.substring(named.indexOf('/') + 1);
    if (files.containsKey(inside)) {
      return Optional.ofNullable(files.get(inside));
    }
    return folders.entrySet().stream()
        .filter(folder -> inside.startsWith(folder.getKey() + "/"))
        .map(folder -> folder.getValue() + inside.substring(folder.getKey().length()))
        .filter(files::containsKey)
        .map(files::get)
        .findFirst();
  }

  /// The chart's own default values, as they are written; none if there are none.
  Optional<Value> defaults() {
    var file = child(path, VALUES);
    return sources.artifact().contains(file)
        ? sources.manifests(file).documents().stream().findFirst()
        : Optional.empty();
  }

  private void add(String folder, String inside, int depth) {
    for (var file : sources.artifact().below(folder)) {
      files.putIfAbsent(inside + file.substring(folder.isEmpty() ? 0 : folder.length() + 1), file);
    }
    if (depth >= DEEPEST) {
      return;
    }
    var metadata = child(folder, METADATA);
    if (sources.artifact().contains(metadata)) {
      for (var document : sources.manifests(metadata).documents()) {
        if (document instanceof Mapping chart) {
          dependencies(chart).forEach(each -> dependency(each, folder, inside, depth));
        }
      }
    }
  }

  private Stream<Mapping> dependencies(Mapping chart) {
    return chart.mappings("dependencies");
  }

  private void dependency(Mapping entry, String folder, String inside, int depth) {
    var name = entry.text("name").orElse("");
    var repository = entry.text("repository").orElse("");
    var held = inside + "charts/" + name;
    entry.text("alias").ifPresent(alias -> folders.put(inside + "charts/" + alias, held));
    if (name.isEmpty() || holds(held)) {
      return;
    }
    if (repository.startsWith("file://")) {
      var local = joined(folder, repository.substring("file://".length()));
      if (local.filter(found -> isThere(sources.artifact(), found)).isPresent()) {
        add(local.get(), held + "/", depth + 1);
        return;
      }
    }
    missing.add(
        new Missing(
            name,
            repository,
            entry.get("name").map(Value::place).orElse(entry.place()),
            !repository.isEmpty() && !repository.startsWith("file://")));
  }

  /// Whether a chart of this name lies in the folder of dependencies, unpacked or packed.
  private boolean holds(String held) {
    return files.keySet().stream()
        .anyMatch(file ->
            file.equals(held + "/" + METADATA)
                || (file.startsWith(held + "-")
                    && file.endsWith(".tgz")
                    && file.indexOf('/', held.length()) < 0));
  }

  /// A path relative to a folder; empty if it leaves the artifact.
  static Optional<String> joined(String folder, String relative) {
    var steps = new ArrayList<String>();
    for (var step : (folder + "/" + relative).split("/", -1)) {
      if (step.equals("..")) {
        if (steps.isEmpty()) {
          return Optional.empty();
        }
        steps.removeLast();
      } else if (!step.isEmpty() && !step.equals(".")) {
        steps.add(step);
      }
    }
    return Optional.of(String.join("/", steps));
  }
}
