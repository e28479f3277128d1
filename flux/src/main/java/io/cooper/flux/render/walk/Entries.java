package io.cooper.flux.render.walk;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Finds where clusters begin to read a repository, by these signs, the first that is there:
/// `gotk-sync.yaml` of bootstrap; a `FluxInstance` or the values of its chart; folders with Flux
/// Kustomizations that no other Kustomization reaches; kustomizations that nothing refers to.
public final class Entries {
  private static final String SYNC = "gotk-sync.yaml";
  private static final Pattern SYNC_PATH = Pattern.compile("(?m)^ *sync: *$");
  private static final int SIGN_SIZE = 1 << 20;

  private final Artifact artifact;

  private Entries(Artifact artifact) {
    this.artifact = artifact;
  }

  /// The entries of a repository; none if it holds neither Flux objects nor kustomizations.
  public static List<Entry> of(Artifact artifact) {
    return new Entries(artifact).all();
  }

  /// The entry at a folder that somebody named.
  public static Entry at(Artifact artifact, String folder) {
    var entries = new Entries(artifact);
    var clean = clean(folder);
    return Stream.concat(entries.bootstrapped().stream(), entries.instances().stream())
        .filter(entry -> entry.folder().equals(clean))
        .findFirst()
        .orElseGet(() -> entries.plain(clean));
  }

  private List<Entry> all() {
    var signs = bootstrapped();
    if (signs.isEmpty()) {
      signs = instances();
    }
    if (signs.isEmpty()) {
      signs = unreached().stream().map(this::plain).toList();
    }
    if (signs.isEmpty()) {
      signs = rootKustomizations().stream().map(this::plain).toList();
    }
    return signs;
  }

  private Entry plain(String folder) {
    return new Entry(
        folder,
        Entry.synthetic(folder, "GitRepository", "flux-system"),
        Optional.empty(),
        Optional.empty());
  }

  private static String clean(String path) {
    var steps = new ArrayList<String>();
    for (var step : path.split("/", -1)) {
      if (step.equals("..")) {
        if (!steps.isEmpty()) {
          steps.removeLast();
        }
      } else if (!step.isEmpty() && !step.equals(".")) {
        steps.add(step);
      }
    }
    return String.join("/", steps);
  }

  private List<Entry> bootstrapped() {
    return artifact.files().stream()
        .filter(file -> file.equals(SYNC) || file.endsWith("/" + SYNC))
        .flatMap(this::synced)
        .filter(entry -> artifact.isFolder(entry.folder()))
        .toList();
  }

  private Stream<Entry> synced(String file) {
    var objects = manifests(file);
    return objects.stream()
        .filter(Kustomization::isOne)
        .map(Kustomization::new)
        .map(flux -> {
          var source =
              flux.sourceRef()
                  .flatMap(ref ->
                      objects.stream()
                          .filter(object ->
                              object.kind().equals(ref.kind())
                                  && new NamespacedName(object.namespace(), object.name())
                                      .equals(ref.id()))
                          .findFirst());
          return new Entry(
              clean(flux.path()),
              flux,
              source,
              source.flatMap(object -> object.text("spec", "url")));
        });
  }

  private List<Entry> instances() {
    return yamlFiles()
        .filter(file -> {
          var text = text(file);
          return (text.contains("FluxInstance") || text.contains("instance:"))
              && SYNC_PATH.matcher(text).find();
        })
        .flatMap(
            file -> YamlReader.ofSources().read(file, artifact.read(file)).documents().stream())
        .flatMap(document -> sync(document).stream())
        .map(this::instance)
        .filter(entry -> artifact.isFolder(entry.folder()))
        .toList();
  }

  private static Optional<Mapping> sync(Value document) {
    var instance =
        document.find("kind").flatMap(Value::text).equals(Optional.of("FluxInstance"))
            ? document.find("spec", "sync")
            : document
                .find("spec", "values", "instance", "sync")
                .or(() -> document.find("instance", "sync"));
    return instance
        .filter(Mapping.class::isInstance)
        .map(Mapping.class::cast)
        .filter(sync -> sync.text("path").isPresent());
  }

  private Entry instance(Mapping sync) {
    var folder = clean(sync.text("path").orElse(""));
    var kind = sync.text("kind").orElse("GitRepository");
    var name = sync.text("name").orElse("flux-system");
    return new Entry(
        folder, Entry.synthetic(folder, kind, name), Optional.empty(), sync.text("url"));
  }

  /// Folders of files with Flux Kustomizations, without those that lie below the path of one of
  /// these Kustomizations, each reduced to its topmost.
  private List<String> unreached() {
    Map<String, List<Kustomization>> byFolder = new LinkedHashMap<>();
    yamlFiles()
        .filter(file -> text(file).contains(Kustomization.GROUP))
        .forEach(file ->
            manifests(file).stream()
                .filter(Kustomization::isOne)
                .map(Kustomization::new)
                .filter(flux -> !flux.id().name().isEmpty())
                .forEach(flux ->
                    byFolder.computeIfAbsent(parent(file), _ -> new ArrayList<>()).add(flux)));
    var reached =
        byFolder.values().stream()
            .flatMap(List::stream)
            .map(flux -> clean(flux.path()))
            .filter(path -> !path.isEmpty())
            .toList();
    var open = new TreeSet<String>();
    byFolder.keySet().stream()
        .filter(folder -> reached.stream().noneMatch(path -> isBelow(folder, path)))
        .map(this::listingFolder)
        .forEach(open::add);
    return open.stream()
        .filter(folder ->
            open.stream().noneMatch(other -> !other.equals(folder) && isBelow(folder, other)))
        .toList();
  }

  /// The topmost folder above whose kustomization files lead here.
  private String listingFolder(String folder) {
    var top = folder;
    for (var above = folder; !above.isEmpty(); ) {
      var name = above.substring(above.lastIndexOf('/') + 1);
      above = parent(above);
      if (!lists(above, name)) {
        break;
      }
      top = above;
    }
    return top;
  }

  private boolean lists(String folder, String name) {
    return Stream.of("kustomization.yaml", "kustomization.yml", "Kustomization")
        .map(file -> folder.isEmpty() ? file : folder + "/" + file)
        .filter(artifact::contains)
        .anyMatch(file ->
            text(file)
                .lines()
                .anyMatch(line ->
                    line.strip().matches("- [\"']?(\\./)?" + Pattern.quote(name) + "/?[\"']?")));
  }

  /// Folders with a kustomization file that no other one refers to.
  private List<String> rootKustomizations() {
    var folders = new TreeSet<String>();
    var referred = new TreeSet<String>();
    for (var file : artifact.files()) {
      var name = file.substring(file.lastIndexOf('/') + 1);
      if (name.equals("kustomization.yaml")
          || name.equals("kustomization.yml")
          || name.equals("Kustomization")) {
        folders.add(parent(file));
        YamlReader.ofSources().read(file, artifact.read(file)).documents().stream()
            .filter(Mapping.class::isInstance)
            .map(Mapping.class::cast)
            .forEach(document -> {
              if (document.text("kind").equals(Optional.of("Component"))) {
                referred.add(parent(file));
              }
              Stream.of("resources", "bases", "components")
                  .flatMap(document::items)
                  .flatMap(item -> item.text().stream())
                  .forEach(item -> referred.add(clean(parent(file) + "/" + item)));
            });
      }
    }
    folders.removeAll(referred);
    return List.copyOf(folders);
  }

  private static boolean isBelow(String folder, String ancestor) {
    return ancestor.isEmpty() || folder.equals(ancestor) || folder.startsWith(ancestor + "/");
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  private Stream<String> yamlFiles() {
    return artifact.files().stream()
        .filter(file -> file.endsWith(".yaml") || file.endsWith(".yml"));
  }

  private String text(String file) {
    var bytes = artifact.read(file);
    return bytes.length > SIGN_SIZE ? "" : new String(bytes, StandardCharsets.UTF_8);
  }

  private List<Manifest> manifests(String file) {
    return YamlReader.ofSources().read(file, artifact.read(file)).manifests().toList();
  }
}
