package io.cooper.plugin;

import io.cooper.flux.source.SourceTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.YamlReader;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;

/// Objects that are installed together.
///
/// @param name as the user called them
/// @param objects in the order of files and documents
public record ManifestSet(String name, List<Manifest> objects) {
  /// What kustomize reads and no cluster gets.
  private static final String KUSTOMIZE = "kustomize.config.k8s.io";

  public ManifestSet {
    objects = List.copyOf(objects);
  }

  /// Reads a set: a file, a folder with all YAML files below it, or `REV:PATH` for what was
  /// committed. A path that exists is a path, whatever else it might mean.
  ///
  /// @param repository for `REV:PATH`; a path that begins with `./` is relative to it, any other to
  ///   the root
  /// @throws io.cooper.problem.ProblemException if nothing is there, it is no YAML, or it holds no
  ///   object
  public static ManifestSet of(String name, Path repository) {
    int colon = name.indexOf(':');
    var files =
        colon > 0 && !Files.exists(Path.of(name))
            ? committed(name.substring(0, colon), name.substring(colon + 1), repository)
            : onDisk(Path.of(name));
    var objects = new ArrayList<Manifest>();
    files.forEach((file, bytes) -> objects.addAll(objects(file, bytes)));
    if (objects.isEmpty()) {
      throw new Problem(
              Code.BAD_INPUT,
              name,
              "there is no Kubernetes object in it",
              "name a file of manifests, a folder of them, or REV:PATH")
          .asException();
    }
    return new ManifestSet(name, objects);
  }

  private static List<Manifest> objects(String file, byte[] bytes) {
    var read = YamlReader.ofSources().read(file, bytes);
    if (!read.faults().isEmpty()) {
      throw read.faults().getFirst().problem().asException();
    }
    return read.manifests().filter(object -> !object.group().equals(KUSTOMIZE)).toList();
  }

  private static TreeMap<String, byte[]> onDisk(Path path) {
    var files = new TreeMap<String, byte[]>();
    try {
      if (Files.isDirectory(path)) {
        try (var below = Files.walk(path)) {
          for (var file : below.filter(Files::isRegularFile).toList()) {
            if (SourceTree.isYaml(file.toString())) {
              files.put(file.toString(), Files.readAllBytes(file));
            }
          }
        }
      } else if (Files.isRegularFile(path)) {
        files.put(path.toString(), Files.readAllBytes(path));
      } else {
        throw absent(path.toString());
      }
    } catch (IOException e) {
      throw new Problem(
              Code.BAD_INPUT, path.toString(), "cannot be read: " + e, "name what can be read")
          .asException();
    }
    return files;
  }

  private static LinkedHashMap<String, byte[]> committed(
      String revision, String path, Path repository) {
    try (var source = SourceTree.ofRevision(repository, revision)) {
      var wanted = Path.of(fromRoot(path, source.start())).normalize().toString();
      var files = new LinkedHashMap<String, byte[]>();
      for (var file : source.tracked()) {
        boolean below = wanted.isEmpty() || file.startsWith(wanted + "/");
        if (file.equals(wanted) || (below && SourceTree.isYaml(file))) {
          source.read(file).ifPresent(bytes -> files.put("%s:%s".formatted(revision, file), bytes));
        }
      }
      if (files.isEmpty()) {
        throw absent("%s:%s".formatted(revision, path));
      }
      return files;
    }
  }

  private static String fromRoot(String path, String start) {
    return path.startsWith("./") && !start.isEmpty() ? start + "/" + path : path;
  }

  private static RuntimeException absent(String name) {
    return new Problem(
            Code.BAD_INPUT,
            name,
            "there is no such file or folder",
            "name a file of manifests, a folder of them, or REV:PATH")
        .asException();
  }
}
