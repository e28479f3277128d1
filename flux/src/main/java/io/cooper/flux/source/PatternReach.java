package io.cooper.flux.source;

import io.cooper.flux.ignore.IgnoreRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/// Which known names each ignore rule would hide, if a manifest of that name were written into a
/// folder where manifests are. The last rule that matches counts, so a later re-inclusion is heard.
public final class PatternReach {
  private static final int MOST_FOLDERS = 200;

  private final Map<IgnoreRule, NavigableSet<String>> paths = new LinkedHashMap<>();

  /// Puts every known name into every folder of manifests; of more than 200 folders, into 200 that
  /// are evenly spread.
  public PatternReach(SourceTree tree, KnownNames names) {
    for (var folder : sample(manifestFolders(tree))) {
      for (var name : names.names()) {
        var path = folder.isEmpty() ? name : folder + "/" + name;
        tree.gitIgnore()
            .hiding(path, false)
            .ifPresent(rule -> paths.computeIfAbsent(rule, _ -> new TreeSet<>()).add(path));
      }
    }
  }

  /// The rules that reach a known name.
  public List<IgnoreRule> rules() {
    return List.copyOf(paths.keySet());
  }

  /// The paths a rule would hide.
  public NavigableSet<String> of(IgnoreRule rule) {
    return paths.getOrDefault(rule, new TreeSet<>());
  }

  /// Folders that hold a tracked YAML file; the root where there is none.
  static NavigableSet<String> manifestFolders(SourceTree tree) {
    var folders = new TreeSet<String>();
    for (var path : tree.tracked()) {
      if (SourceTree.isYaml(path)) {
        folders.add(path.substring(0, Math.max(0, path.lastIndexOf('/'))));
      }
    }
    return folders.isEmpty() ? new TreeSet<>(List.of("")) : folders;
  }

  private static List<String> sample(NavigableSet<String> folders) {
    var all = new ArrayList<>(folders);
    if (all.size() <= MOST_FOLDERS) {
      return all;
    }
    var some = new ArrayList<String>(MOST_FOLDERS);
    for (int i = 0; i < MOST_FOLDERS; i++) {
      some.add(all.get((int) ((long) i * all.size() / MOST_FOLDERS)));
    }
    return some;
  }
}
