package io.cooper.flux.render.kustomize;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Paths inside an artifact: relative to its root, separated by `/`, the root itself empty.
final class Paths {
  /// The names that make a folder a kustomization, in the order in which they are looked for.
  static final List<String> KUSTOMIZATION_FILES =
      List.of("kustomization.yaml", "kustomization.yml", "Kustomization");

  private static final List<String> REMOTE =
      List.of(
          "git::",
          "gh:",
          "ssh://",
          "https://",
          "http://",
          "file://",
          "git@",
          "github.com:",
          "github.com/",
          "oci://");

  private Paths() {}

  /// Joins a folder and a relative path; empty if that leaves the artifact.
  static Optional<String> join(String folder, String relative) {
    var steps = new ArrayDeque<String>();
    for (var step : (folder + "/" + relative).split("/", -1)) {
      switch (step) {
        case "", "." -> {}
        case ".." -> {
          if (steps.pollLast() == null) {
            return Optional.empty();
          }
        }
        default -> steps.addLast(step);
      }
    }
    return Optional.of(String.join("/", steps));
  }

  /// A path as Flux joins it to the root: `..` cannot leave it.
  static String clamped(String path) {
    var steps = new ArrayDeque<String>();
    for (var step : path.split("/", -1)) {
      switch (step) {
        case "", "." -> {}
        case ".." -> steps.pollLast();
        default -> steps.addLast(step);
      }
    }
    return String.join("/", steps);
  }

  static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  static String child(String folder, String name) {
    return folder.isEmpty() ? name : folder + "/" + name;
  }

  /// Whether kustomize would take an entry for an address on the network: one of the prefixes that
  /// its `repospec.go` knows, or a host and a repository.
  static boolean isRemote(String entry) {
    var lower = entry.toLowerCase(Locale.ROOT);
    return REMOTE.stream().anyMatch(lower::startsWith)
        || lower.contains(".git/")
        || lower.endsWith(".git")
        || lower.contains("?ref=")
        || lower.contains("/_git/");
  }
}
