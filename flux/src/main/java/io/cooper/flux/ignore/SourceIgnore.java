package io.cooper.flux.ignore;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What Flux's source-controller leaves out of an artifact: `.sourceignore` files, `spec.ignore`
/// and its own lists (facts of source-controller 1.9 and fluxcd/pkg/sourceignore 0.19).
///
/// It looks like `.gitignore` and is not: files are judged one by one, so that `!folder/file`
/// brings a file back from an excluded folder; `[!a]` is no negation; `**` takes the first folder
/// that fits. `spec.ignore` is strongest, then the `.sourceignore` nearest to the file, up to the
/// root's, then Flux's own lists, of which all but the files of git itself apply only while there
/// is no pattern by anybody.
public final class SourceIgnore {
  /// The name of the lists in the tree.
  public static final String FILE_NAME = ".sourceignore";

  /// The file that rules of Flux's own lists carry.
  public static final String DEFAULTS = "Flux default";

  private static final List<String> ALWAYS =
      List.of(".git/", ".gitignore", ".gitmodules", ".gitattributes");

  private static final List<String> UNLESS_SOMEBODY_SAYS =
      List.of(
          "*.jpg",
          "*.jpeg",
          "*.gif",
          "*.png",
          "*.wmv",
          "*.flv",
          "*.tar.gz",
          "*.zip",
          ".github/",
          ".circleci/",
          ".travis.yml",
          ".gitlab-ci.yml",
          "appveyor.yml",
          ".drone.yml",
          "cloudbuild.yaml",
          "codeship-services.yml",
          "codeship-steps.yml",
          "**/.goreleaser.yml",
          "**/.sops.yaml",
          "**/.flux.yaml");

  private final List<SourcePattern> strongest;
  private final Map<String, List<SourcePattern>> byFolder;
  private final List<SourcePattern> weakest;

  private SourceIgnore(
      List<SourcePattern> strongest,
      Map<String, List<SourcePattern>> byFolder,
      List<SourcePattern> weakest) {
    this.strongest = strongest;
    this.byFolder = byFolder;
    this.weakest = weakest;
  }

  /// The rules of a tree without `spec.ignore`.
  ///
  /// @param files paths of the tree's files, of which those named `.sourceignore` are read
  /// @param texts where they are read
  public static SourceIgnore of(Collection<String> files, IgnoreTexts texts) {
    return of(files, texts, List.of());
  }

  /// The rules of a tree under a GitRepository object.
  public static SourceIgnore of(Collection<String> files, IgnoreTexts texts, SpecIgnore spec) {
    return of(
        files, texts, SourcePattern.read(IgnoreRule.Source.SPEC_IGNORE, spec.file(), spec.text()));
  }

  private static SourceIgnore of(
      Collection<String> files, IgnoreTexts texts, List<SourcePattern> spec) {
    var byFolder = new HashMap<String, List<SourcePattern>>();
    for (var file : files) {
      if (Paths.name(file).equals(FILE_NAME)) {
        var patterns =
            texts
                .read(file)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .map(text -> SourcePattern.read(IgnoreRule.Source.SOURCEIGNORE, file, text))
                .orElse(List.of());
        if (!patterns.isEmpty()) {
          byFolder.put(Paths.parent(file), patterns);
        }
      }
    }
    var own = new ArrayList<>(ALWAYS);
    if (spec.isEmpty() && byFolder.isEmpty()) {
      own.addAll(UNLESS_SOMEBODY_SAYS);
    }
    var weakest = new ArrayList<SourcePattern>();
    for (var pattern : own) {
      weakest.add(
          SourcePattern.of(IgnoreRule.Source.FLUX_DEFAULT, DEFAULTS, weakest.size() + 1, pattern));
    }
    return new SourceIgnore(List.copyOf(spec), Map.copyOf(byFolder), List.copyOf(weakest));
  }

  /// Whether Flux's lists of pictures, archives and CI files apply, because nobody wrote a pattern.
  public boolean defaultsApply() {
    return weakest.size() > ALWAYS.size();
  }

  /// The rule that decides about a file, which may be one that re-includes it; empty if no rule
  /// matches and the file is in the artifact.
  ///
  /// @param path relative to the root of the repository, not empty
  public Optional<IgnoreRule> deciding(String path) {
    var segments = path.split("/", -1);
    return last(strongest, segments, 0)
        .or(() -> inFolders(path, segments))
        .or(() -> last(weakest, segments, 0));
  }

  /// The rule that keeps a file out of the artifact; empty if it is in.
  public Optional<IgnoreRule> hiding(String path) {
    return deciding(path).filter(IgnoreRule::hides);
  }

  private Optional<IgnoreRule> inFolders(String path, String[] segments) {
    if (byFolder.isEmpty()) {
      return Optional.empty();
    }
    var folder = path;
    for (int depth = segments.length - 1; depth >= 0; depth--) {
      folder = Paths.parent(folder);
      var found = last(byFolder.getOrDefault(folder, List.of()), segments, depth);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<IgnoreRule> last(
      List<SourcePattern> patterns, String[] segments, int from) {
    for (int i = patterns.size() - 1; i >= 0; i--) {
      if (patterns.get(i).matches(segments, from)) {
        return Optional.of(patterns.get(i).rule());
      }
    }
    return Optional.empty();
  }
}
