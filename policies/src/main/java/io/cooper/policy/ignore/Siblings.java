package io.cooper.policy.ignore;

import io.cooper.flux.source.SourceTree;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Folders of the same name, such as every `apps/*/postgresql`, and the files they have in common.
final class Siblings {
  private static final int ENOUGH = 2;

  private final SourceTree source;

  /// Folder name → file name → folders of that name that track such a file.
  private final Map<String, Map<String, TreeSet<String>>> having = new HashMap<>();

  private final TreeSet<String> folders = new TreeSet<>();

  Siblings(SourceTree source) {
    this.source = source;
    for (var path : source.artifact().files()) {
      var folder = Loss.parent(path);
      if (SourceTree.isYaml(path) && !folder.isEmpty()) {
        folders.add(folder);
        having
            .computeIfAbsent(name(folder), _ -> new TreeMap<>())
            .computeIfAbsent(name(path), _ -> new TreeSet<>())
            .add(folder);
      }
    }
  }

  /// Paths that are nowhere, that siblings have, and that a rule would hide.
  Stream<String> missingBelow(String top) {
    return folders.stream()
        .filter(folder -> folder.equals(top) || folder.startsWith(top + "/") || top.isEmpty())
        .flatMap(folder ->
            having.getOrDefault(name(folder), Map.of()).entrySet().stream()
                .filter(entry -> entry.getValue().size() >= ENOUGH)
                .map(entry -> folder + "/" + entry.getKey()))
        .filter(path -> !source.tracked().contains(path) && !source.isOnDisk(path));
  }

  /// A file that is tracked beside, for the message.
  String exampleFor(String path) {
    var folders =
        having
            .getOrDefault(name(Loss.parent(path)), Map.of())
            .getOrDefault(name(path), new TreeSet<>());
    return folders.stream().findFirst().map(folder -> folder + "/" + name(path)).orElse(path);
  }

  private static String name(String path) {
    return List.of(path.split("/", -1)).getLast();
  }
}
