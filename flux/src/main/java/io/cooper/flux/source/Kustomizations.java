package io.cooper.flux.source;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The kustomization files of an artifact and the paths they list. Enough to tell which files a
/// build needs, without building: a build stops at the first file that is missing. Files are parsed
/// once; the object may be used from several threads.
public final class Kustomizations {
  /// The names kustomize looks for, in its order.
  public static final List<String> FILE_NAMES =
      List.of("kustomization.yaml", "kustomization.yml", "Kustomization");

  private static final List<String> LISTS =
      List.of(
          "resources",
          "bases",
          "components",
          "crds",
          "configurations",
          "generators",
          "transformers",
          "validators",
          "patchesStrategicMerge");

  private final Artifact artifact;
  private final Map<String, List<Listing>> read = new ConcurrentHashMap<>();

  /// A path that a kustomization file names.
  ///
  /// @param path relative to the root of the repository
  /// @param place of the entry
  /// @param field the field it stands in, such as `resources`
  public record Listing(String path, Place place, String field) {}

  /// What a folder needs when it is built.
  ///
  /// @param listings every path that a kustomization file lists, in all folders that are reached
  /// @param generatedFrom folders without a kustomization file, from whose YAML files Flux writes
  ///   one
  public record Needs(List<Listing> listings, List<String> generatedFrom) {}

  public Kustomizations(Artifact artifact) {
    this.artifact = artifact;
  }

  /// Whether a path is named like a kustomization file.
  public static boolean isFileName(String path) {
    return FILE_NAMES.contains(path.substring(path.lastIndexOf('/') + 1));
  }

  /// The kustomization file of a folder, if there is one.
  public Optional<String> fileIn(String folder) {
    return FILE_NAMES.stream()
        .map(name -> folder.isEmpty() ? name : folder + "/" + name)
        .filter(artifact::contains)
        .findFirst();
  }

  /// What a folder needs, through every folder it leads to.
  ///
  /// @param folder `spec.path` of a Flux Kustomization; Flux writes a kustomization file where it
  ///   has none
  public Needs needs(String folder) {
    var listings = new ArrayList<Listing>();
    var generated = new ArrayList<String>();
    var seen = new HashSet<String>();
    if (fileIn(folder).isPresent()) {
      follow(folder, listings, seen);
    } else {
      generated.add(folder);
      foldersWithFile(folder).forEach(below -> follow(below, listings, seen));
    }
    return new Needs(listings, generated);
  }

  /// The topmost folders with a kustomization file below a folder without one.
  public NavigableSet<String> foldersWithFile(String folder) {
    var found = new TreeSet<String>();
    for (var path : artifact.below(folder)) {
      var parent = path.substring(0, Math.max(0, path.lastIndexOf('/')));
      if (isFileName(path)
          && !parent.equals(folder)
          && found.stream().noneMatch(top -> isBelow(top, parent))) {
        found.removeIf(other -> isBelow(parent, other));
        found.add(parent);
      }
    }
    return found;
  }

  private static boolean isBelow(String folder, String path) {
    return path.startsWith(folder + "/");
  }

  private void follow(String folder, List<Listing> listings, Set<String> seen) {
    if (!seen.add(folder)) {
      return;
    }
    fileIn(folder)
        .ifPresent(file ->
            listings(file)
                .forEach(listing -> {
                  listings.add(listing);
                  if (artifact.isFolder(listing.path())) {
                    follow(listing.path(), listings, seen);
                  }
                }));
  }

  /// The paths a kustomization file lists; addresses and inline patches are none.
  public List<Listing> listings(String file) {
    return read.computeIfAbsent(file, _ -> parse(file));
  }

  private List<Listing> parse(String file) {
    var folder = file.substring(0, Math.max(0, file.lastIndexOf('/')));
    var documents = YamlReader.ofSources().read(file, artifact.read(file)).documents();
    return documents.stream()
        .limit(1)
        .filter(Mapping.class::isInstance)
        .map(Mapping.class::cast)
        .flatMap(Kustomizations::entries)
        .flatMap(entry -> resolved(folder, entry).stream())
        .toList();
  }

  private record Entry(String text, Place place, String field) {}

  private static Stream<Entry> entries(Mapping root) {
    var lists =
        LISTS.stream().flatMap(field -> root.items(field).flatMap(item -> entry(item, field)));
    var patches =
        Stream.of("patches", "patchesJson6902", "replacements")
            .flatMap(field ->
                root.mappings(field)
                    .flatMap(item -> item.get("path").stream())
                    .flatMap(item -> entry(item, field)));
    var generators =
        Stream.of("configMapGenerator", "secretGenerator")
            .flatMap(field ->
                root.mappings(field)
                    .flatMap(item ->
                        Stream.concat(
                            item.items("files").flatMap(each -> entry(each, field + ".files")),
                            Stream.concat(
                                item.items("envs").flatMap(each -> entry(each, field + ".envs")),
                                item.get("env").stream()
                                    .flatMap(each -> entry(each, field + ".env"))))));
    var charts =
        root.mappings("helmCharts")
            .flatMap(item -> item.get("valuesFile").stream())
            .flatMap(item -> entry(item, "helmCharts.valuesFile"));
    return Stream.of(lists, patches, generators, charts).flatMap(each -> each);
  }

  private static Stream<Entry> entry(Value value, String field) {
    return value.text().stream().map(text -> new Entry(text, value.place(), field));
  }

  private static Optional<Listing> resolved(String folder, Entry entry) {
    var text = entry.text();
    if (entry.field().endsWith(".files")) {
      text = text.substring(text.indexOf('=') + 1);
    }
    if (text.isBlank()
        || text.contains("\n")
        || text.contains("://")
        || text.contains("?ref=")
        || text.startsWith("git@")
        || text.startsWith("github.com/")
        || text.startsWith("/")) {
      return Optional.empty();
    }
    return normal(folder, text).map(path -> new Listing(path, entry.place(), entry.field()));
  }

  /// The path relative to the root; empty if it leads out of the repository or to its root.
  private static Optional<String> normal(String folder, String text) {
    var segments = new ArrayList<String>();
    for (var segment : (folder + "/" + text).split("/", -1)) {
      switch (segment) {
        case "", "." -> {}
        case ".." -> {
          if (segments.isEmpty()) {
            return Optional.empty();
          }
          segments.removeLast();
        }
        default -> segments.add(segment);
      }
    }
    return segments.isEmpty() ? Optional.empty() : Optional.of(String.join("/", segments));
  }
}
