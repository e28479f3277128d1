package io.cooper.flux.source;

import io.cooper.flux.ignore.GitIgnore;
import io.cooper.flux.ignore.IgnoreRule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// What could stand in a `.gitignore` in place of a pattern that reaches too far: lines that keep
/// out what it was written for, and no manifest.
///
/// @param rule the pattern as it stands
/// @param versions what the pattern and each alternative would hide
/// @param lines the lines to write in its place; empty if there is none that would do
public record Narrowing(IgnoreRule rule, List<Version> versions, List<String> lines) {
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9]{3,}");

  /// One version of a line.
  ///
  /// @param pattern the line
  /// @param data files on disk that it hides and that are no manifests
  /// @param manifests files on disk that it hides and that are manifests
  /// @param knownNames paths that it would hide if they were there
  public record Version(
      String pattern, Set<String> data, Set<String> manifests, Set<String> knownNames) {
    /// Whether the line cannot lose a manifest, as far as anybody knows.
    public boolean safe() {
      return manifests.isEmpty() && knownNames.isEmpty();
    }
  }

  public Narrowing {
    versions = List.copyOf(versions);
    lines = List.copyOf(lines);
  }

  /// Looks for lines that could replace a rule of a `.gitignore`.
  ///
  /// @param known what the rule would hide among known names
  public static Narrowing of(SourceTree tree, IgnoreRule rule, Set<String> known) {
    return new Search(tree, rule, known).result();
  }

  /// The versions as a table, a header and one line each.
  public List<String> table() {
    var rows = new ArrayList<String>();
    rows.add("%-28s %5s %9s %11s".formatted("pattern", "data", "manifests", "known names"));
    versions.forEach(version ->
        rows.add(
            "%-28s %5d %9d %11d"
                .formatted(
                    version.pattern(),
                    version.data().size(),
                    version.manifests().size(),
                    version.knownNames().size())));
    return rows;
  }

  private static final class Search {
    private final SourceTree tree;
    private final IgnoreRule rule;
    private final Set<String> known;
    private final Set<String> data = new TreeSet<>();
    private final Set<String> manifests = new TreeSet<>();

    Search(SourceTree tree, IgnoreRule rule, Set<String> known) {
      this.tree = tree;
      this.rule = rule;
      this.known = known;
    }

    Narrowing result() {
      tree.hiddenBy(rule)
          .forEach(path -> (tree.isManifestOnDisk(path) ? manifests : data).add(path));
      manifests.addAll(tree.trackedByRule().getOrDefault(rule, List.of()));
      var versions = new ArrayList<Version>();
      versions.add(new Version(rule.pattern(), data, manifests, known));
      var lines = new LinkedHashSet<String>();
      var left = new TreeSet<>(data);
      for (var pattern : general()) {
        var version = version(pattern);
        versions.add(version);
        if (version.safe() && (data.isEmpty() || left.removeAll(version.data()))) {
          lines.add(pattern);
        }
      }
      while (!left.isEmpty()) {
        var version = exact(left.iterator().next());
        versions.add(version);
        if (!version.safe() || !left.removeAll(version.data())) {
          return new Narrowing(rule, versions, List.of());
        }
        lines.add(version.pattern());
      }
      return new Narrowing(rule, versions, List.copyOf(lines));
    }

    private List<String> general() {
      var patterns = new LinkedHashSet<String>();
      var text = rule.pattern();
      if (text.endsWith("/") && text.indexOf('/') == text.length() - 1 && !text.contains("*")) {
        patterns.add("/" + text);
      }
      patterns.add("/dumps/");
      word()
          .ifPresent(word -> {
            patterns.add("*." + word);
            patterns.add("*-" + word + "-data-*");
          });
      return List.copyOf(patterns);
    }

    /// The longest word of the pattern that is not its extension.
    private Optional<String> word() {
      var stem = rule.pattern().replaceFirst("\\.(ya?ml|json)$", "");
      return WORD.matcher(stem)
          .results()
          .map(MatchResult::group)
          .max(Comparator.comparingInt(String::length));
    }

    /// The folder around a file, if it holds nothing but data; otherwise the file alone.
    private Version exact(String path) {
      var inside = rule.folder().isEmpty() ? path : path.substring(rule.folder().length() + 1);
      int slash = inside.lastIndexOf('/');
      if (slash > 0) {
        var folder = version("/" + escaped(inside.substring(0, slash)) + "/");
        if (folder.safe() && !holdsTracked(path.substring(0, path.lastIndexOf('/')))) {
          return folder;
        }
      }
      return version("/" + escaped(inside));
    }

    private boolean holdsTracked(String folder) {
      var first = tree.tracked().ceiling(folder + "/");
      return first != null && first.startsWith(folder + "/");
    }

    private static String escaped(String path) {
      return path.replaceAll("([\\\\*?\\[])", "\\\\$1").replaceAll(" $", "\\\\ ");
    }

    private Version version(String pattern) {
      var ignore = replaced(pattern);
      var alone = tree.gitIgnore().only(rule.file(), pattern);
      return new Version(
          pattern,
          hidden(ignore, alone, data),
          hidden(ignore, alone, manifests),
          hidden(ignore, alone, known));
    }

    private GitIgnore replaced(String pattern) {
      var lines =
          new ArrayList<>(List.of(tree.gitIgnore().text(rule.file()).orElse("").split("\n", -1)));
      lines.set(rule.line() - 1, pattern);
      return tree.gitIgnore().with(rule.file(), String.join("\n", lines));
    }

    /// A line that does not match a path by itself cannot decide about it among others; to ask it
    /// alone is much cheaper than to ask all lists.
    private Set<String> hidden(GitIgnore ignore, GitIgnore alone, Set<String> paths) {
      var hidden = new TreeSet<String>();
      for (var path : paths) {
        if (alone.hiding(path, false).isEmpty()) {
          continue;
        }
        var by = ignore.hiding(path, false);
        if (by.filter(found -> found.file().equals(rule.file()) && found.line() == rule.line())
            .isPresent()) {
          hidden.add(path);
        }
      }
      return hidden;
    }
  }
}
