package io.cooper.flux.source;

import io.cooper.flux.ignore.GitIgnore;
import io.cooper.flux.ignore.GitIgnoreSettings;
import io.cooper.flux.ignore.IgnoreRule;
import io.cooper.flux.ignore.SourceIgnore;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.YamlReader;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A repository as three sets of files side by side: on disk, tracked by Git, in Flux's artifact.
/// For every path that is in one and not in the next, [#fate] tells the rule that decides.
///
/// In a working tree, the artifact is what Flux would get if everything tracked were committed as
/// it is on disk: files that are staged count, files that were deleted do not, files that git-lfs
/// keeps elsewhere are the pointers that Flux would see.
///
/// All paths are relative to [#root] and separated by `/`. Closing removes contents that had to be
/// written to a temporary folder; the [Artifact] must not be read afterwards.
public final class SourceTree implements AutoCloseable {
  static final int MOST_FILES_BELOW_A_HIDDEN_FOLDER = 5_000;

  private final Snapshot snapshot;
  private final SourceRules rules;
  private final Artifact artifact;
  private final SourceIgnore sourceIgnore;
  private final List<SourceNotice> notices;
  private final List<Temporary> temporaries;
  private final KnownNames knownNames;
  private final Kustomizations kustomizations;
  private final Lazy<PatternReach> reach;
  private final Lazy<Map<IgnoreRule, List<String>>> hiddenByRule;
  private final Lazy<Map<IgnoreRule, List<String>>> trackedByRule;
  private final Map<IgnoreRule, Narrowing> narrowings = new ConcurrentHashMap<>();

  /// Where a source was taken from.
  public sealed interface Origin {
    /// The files on disk that Git tracks, committed or not.
    record WorkingTree() implements Origin {
      @Override
      public String toString() {
        return "worktree";
      }
    }

    /// A commit.
    ///
    /// @param name as the caller wrote it
    /// @param commit its id
    record Revision(String name, String commit) implements Origin {
      /// `main@sha1:…`, as Flux writes revisions.
      @Override
      public String toString() {
        return "%s@%s:%s".formatted(name, commit.length() > 40 ? "sha256" : "sha1", commit);
      }
    }

    /// A folder outside of any repository: everything in it counts as tracked.
    record Folder() implements Origin {
      @Override
      public String toString() {
        return "folder";
      }
    }
  }

  /// A file on disk that a rule keeps out of Git.
  public record HiddenFile(String path, IgnoreRule rule) {}

  private SourceTree(
      Snapshot snapshot, SourceRules rules, KnownNames knownNames, List<Temporary> temporaries) {
    var result = new Assembly(snapshot, rules).result();
    this.snapshot = snapshot;
    this.rules = rules;
    this.artifact = result.artifact();
    this.sourceIgnore = result.ignore();
    this.notices = Stream.concat(snapshot.notices().stream(), result.notices().stream()).toList();
    this.temporaries = Stream.concat(temporaries.stream(), result.scratches().stream()).toList();
    this.knownNames = knownNames;
    this.kustomizations = new Kustomizations(artifact);
    this.reach = new Lazy<>(() -> new PatternReach(this, knownNames));
    this.hiddenByRule = new Lazy<>(this::findHiddenByRule);
    this.trackedByRule = new Lazy<>(this::findTrackedByRule);
  }

  /// The working tree around a folder. A bare repository has none and is taken at `HEAD`; a folder
  /// outside of any repository counts as tracked as a whole. Both leave a notice.
  ///
  /// @throws io.cooper.problem.ProblemException if there is no such folder, or git fails
  public static SourceTree ofWorkingTree(Path start) {
    return ofWorkingTree(start, Map.of());
  }

  /// The same, with variables for git's environment.
  public static SourceTree ofWorkingTree(Path start, Map<String, String> environment) {
    return opened(new Opening(environment).workingTree(start));
  }

  /// The repository around a folder at a revision: nothing but what was committed.
  ///
  /// @param revision whatever `git rev-parse` understands
  /// @throws io.cooper.problem.ProblemException if there is no such folder or revision, or git
  ///   fails
  public static SourceTree ofRevision(Path start, String revision) {
    return ofRevision(start, revision, Map.of());
  }

  /// The same, with variables for git's environment.
  public static SourceTree ofRevision(
      Path start, String revision, Map<String, String> environment) {
    return opened(new Opening(environment).revision(start, revision));
  }

  /// An artifact that came from elsewhere: nothing in it is hidden, and nothing is known beside it.
  public static SourceTree of(Artifact artifact) {
    var tracked = new TreeMap<String, TrackedFile>();
    artifact
        .files()
        .forEach(path -> tracked.put(path, new TrackedFile(path, TrackedFile.Kind.FILE)));
    var texts = Snapshot.textsBelow(artifact.root());
    return new SourceTree(
        new Snapshot(
            new Origin.Folder(),
            "",
            artifact.root(),
            DiskFiles.NONE,
            new DiskContents(artifact.root()),
            tracked,
            Set.of(),
            new GitIgnore(GitIgnoreSettings.NONE, texts),
            Optional.empty(),
            List.of()),
        SourceRules.NONE,
        KnownNames.shipped(),
        List.of());
  }

  /// The state that this tree is a change of: where its history last met that of a revision, as a
  /// pull request is compared. The history of a working tree is that of `HEAD`; what is not
  /// committed is part of the change. To compare with a revision itself, whatever happened on both
  /// sides since, take [#ofRevision(Path, String)].
  ///
  /// @param revision whatever `git rev-parse` understands, such as `origin/main`
  /// @return a tree of its own, which must be closed
  /// @throws io.cooper.problem.ProblemException if there is no such revision, or no common history:
  ///   for a shallow clone the remedy is to fetch more
  public SourceTree base(String revision) {
    var checkout =
        snapshot
            .checkout()
            .orElseThrow(() ->
                new Problem(
                        Code.BAD_USE,
                        root().toString(),
                        "not in a Git repository, so there is no %s to compare with"
                            .formatted(revision),
                        "compare inside of a clone")
                    .asException());
    var head = origin() instanceof Origin.Revision own ? own.commit() : "HEAD";
    var base = checkout.mergeBase(revision, head);
    return opened(
        new Opening(checkout.git().environment())
            .commit(root().resolve(start()), checkout, revision, base, snapshot.contents()));
  }

  /// Tracked paths that differ from another state of the same repository: changed, added or
  /// removed, committed or not.
  public NavigableSet<String> changedSince(SourceTree base) {
    var changed = new TreeSet<>(uncommitted());
    for (var path : tracked()) {
      if (!Optional.ofNullable(base.snapshot.tracked().get(path))
          .map(TrackedFile::object)
          .equals(Optional.ofNullable(snapshot.tracked().get(path)).map(TrackedFile::object))) {
        changed.add(path);
      }
    }
    base.tracked().stream().filter(path -> !tracked().contains(path)).forEach(changed::add);
    return changed;
  }

  private static SourceTree opened(Opening.Opened opened) {
    return new SourceTree(
        opened.snapshot(), SourceRules.NONE, KnownNames.shipped(), opened.temporaries());
  }

  /// The same repository under a GitRepository object. Closing either closes both.
  public SourceTree with(SourceRules other) {
    return other.equals(rules) ? this : new SourceTree(snapshot, other, knownNames, temporaries);
  }

  /// The same repository with more names in the catalogue of known names.
  public SourceTree knowing(Collection<String> names) {
    return names.isEmpty()
        ? this
        : new SourceTree(snapshot, rules, knownNames.and(names), temporaries);
  }

  /// Where this was taken from.
  public Origin origin() {
    return snapshot.origin();
  }

  /// The top folder of the repository on disk.
  public Path root() {
    return snapshot.root();
  }

  /// The folder that was named when this was opened, relative to the root; empty for the root.
  public String start() {
    return snapshot.start();
  }

  /// What the GitRepository object says.
  public SourceRules rules() {
    return rules;
  }

  /// Regular files on disk, except those in hidden folders ([#hiddenFolders]); for a revision,
  /// those of the revision.
  public NavigableSet<String> onDisk() {
    return Collections.unmodifiableNavigableSet(snapshot.disk().files());
  }

  /// Folders on disk that a rule hides as a whole.
  public List<HiddenFile> hiddenFolders() {
    return snapshot.disk().hidden().entrySet().stream()
        .map(entry -> new HiddenFile(entry.getKey(), entry.getValue()))
        .toList();
  }

  /// What Git tracks: files, symbolic links and submodules.
  public NavigableSet<String> tracked() {
    return Collections.unmodifiableNavigableSet(snapshot.tracked().navigableKeySet());
  }

  /// What Flux gets.
  public Artifact artifact() {
    return artifact;
  }

  /// git's ignore rules.
  public GitIgnore gitIgnore() {
    return snapshot.ignore();
  }

  /// Flux's ignore rules.
  public SourceIgnore sourceIgnore() {
    return sourceIgnore;
  }

  /// The kustomization files of the artifact.
  public Kustomizations kustomizations() {
    return kustomizations;
  }

  /// Which known names the ignore rules would hide.
  public PatternReach reach() {
    return reach.get();
  }

  /// What could stand in place of a rule that reaches too far.
  public Narrowing narrowing(IgnoreRule rule) {
    return narrowings.computeIfAbsent(rule, _ -> Narrowing.of(this, rule, reach().of(rule)));
  }

  /// What was assumed, and what could not be seen.
  public List<SourceNotice> notices() {
    return notices;
  }

  /// What becomes of a path.
  ///
  /// @param path relative to the root. What is not on disk counts as a file if its name says so
  ///   (`.yaml`, `.yml`, `.json`), otherwise as whichever a rule would hide
  public Fate fate(String path) {
    if (artifact.contains(path) || (!path.isEmpty() && artifact.isFolder(path))) {
      return new Fate.InArtifact(snapshot.ignore().hiding(path, !artifact.contains(path)));
    }
    var entry = snapshot.tracked().get(path);
    if (entry != null) {
      return fateOfTracked(entry);
    }
    return submoduleAround(path)
        .or(() -> includedAt(path))
        .or(() -> excludedFolder(path))
        .or(() -> hidden(path))
        .orElseGet(() -> unhidden(path));
  }

  private Fate fateOfTracked(TrackedFile entry) {
    var path = entry.path();
    if (entry.kind() == TrackedFile.Kind.SYMLINK || snapshot.disk().links().contains(path)) {
      return new Fate.Symlink();
    }
    if (entry.kind() == TrackedFile.Kind.SUBMODULE) {
      return new Fate.SubmoduleContent(path, rules.recurseSubmodules());
    }
    if (!rules.checksOut(path)) {
      return new Fate.NotSparse();
    }
    if (snapshot.missing().contains(path)) {
      return new Fate.Unavailable();
    }
    return sourceIgnore
        .hiding(path)
        .<Fate>map(Fate.SourceExcluded::new)
        .orElseGet(Fate.Deleted::new);
  }

  private Optional<Fate> submoduleAround(String path) {
    for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      var entry = snapshot.tracked().get(path.substring(0, slash));
      if (entry != null && entry.kind() == TrackedFile.Kind.SUBMODULE) {
        return Optional.of(new Fate.SubmoduleContent(entry.path(), rules.recurseSubmodules()));
      }
      if (entry != null && entry.kind() == TrackedFile.Kind.SYMLINK) {
        return Optional.of(new Fate.Symlink());
      }
    }
    return Optional.empty();
  }

  private Optional<Fate> includedAt(String path) {
    return rules.include().stream()
        .filter(include -> include.content().isEmpty() && include.covers(path))
        .findFirst()
        .map(include -> new Fate.Included(include.repository()));
  }

  /// A folder of which something is tracked and nothing arrives.
  private Optional<Fate> excludedFolder(String folder) {
    var first = snapshot.tracked().ceilingEntry(folder + "/");
    return first != null && first.getKey().startsWith(folder + "/")
        ? Optional.of(fateOfTracked(first.getValue()))
        : Optional.empty();
  }

  private Optional<Fate> hidden(String path) {
    boolean onDisk = isOnDisk(path);
    return ruleAgainst(path).map(rule -> new Fate.Hidden(rule, onDisk));
  }

  private Optional<IgnoreRule> ruleAgainst(String path) {
    var ignore = snapshot.ignore();
    if (isOnDisk(path) || namesFile(path)) {
      return ignore.hiding(path, isFolderOnDisk(path));
    }
    return ignore.hiding(path, false).or(() -> ignore.hiding(path, true));
  }

  private static boolean namesFile(String path) {
    return path.endsWith(".yaml") || path.endsWith(".yml") || path.endsWith(".json");
  }

  private Fate unhidden(String path) {
    for (var repository : snapshot.disk().repositories()) {
      if (path.equals(repository) || path.startsWith(repository + "/")) {
        return new Fate.NestedRepository(repository);
      }
    }
    return isOnDisk(path) ? new Fate.Untracked() : new Fate.Absent();
  }

  /// Whether there is a file, folder or link of this path on disk; for a revision, never.
  public boolean isOnDisk(String path) {
    return seesDisk()
        && !path.isEmpty()
        && Files.exists(root().resolve(path), LinkOption.NOFOLLOW_LINKS);
  }

  private boolean isFolderOnDisk(String path) {
    return seesDisk() && Files.isDirectory(root().resolve(path), LinkOption.NOFOLLOW_LINKS);
  }

  private boolean seesDisk() {
    return !(origin() instanceof Origin.Revision);
  }

  /// The bytes of a regular file on disk, tracked or not; empty if there is none or it cannot be
  /// read.
  public Optional<byte[]> readFromDisk(String path) {
    var file = root().resolve(path).normalize();
    try {
      return seesDisk()
              && file.startsWith(root())
              && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          ? Optional.of(Files.readAllBytes(file))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// The bytes of a file as Flux gets it; of one that Flux does not get, as it is on disk.
  public Optional<byte[]> read(String path) {
    return artifact.contains(path) ? Optional.of(artifact.read(path)) : readFromDisk(path);
  }

  /// The files on disk below a folder that a rule keeps out of Git, those in hidden folders
  /// included; of one hidden folder at most 5,000.
  ///
  /// @param folder empty for the root
  /// @param wanted which paths are of interest
  public List<HiddenFile> hiddenBelow(String folder, Predicate<String> wanted) {
    var found = new ArrayList<HiddenFile>();
    for (var path : below(snapshot.disk().files(), folder)) {
      if (wanted.test(path) && !snapshot.tracked().containsKey(path)) {
        snapshot
            .ignore()
            .hiding(path, false)
            .ifPresent(rule -> found.add(new HiddenFile(path, rule)));
      }
    }
    snapshot
        .disk()
        .hidden()
        .forEach((hidden, rule) -> {
          if (overlaps(folder, hidden)) {
            DiskFiles.everythingIn(
                    root().resolve(hidden), hidden + "/", MOST_FILES_BELOW_A_HIDDEN_FOLDER)
                .files()
                .stream()
                .filter(path -> within(folder, path) && wanted.test(path))
                .forEach(path -> found.add(new HiddenFile(path, rule)));
          }
        });
    return found;
  }

  /// The files on disk that a rule keeps out of Git; of one hidden folder at most 5,000.
  public List<String> hiddenBy(IgnoreRule rule) {
    return hiddenByRule.get().getOrDefault(rule, List.of());
  }

  /// The YAML files in Git that a rule would hide if they were added anew, by that rule.
  public Map<IgnoreRule, List<String>> trackedByRule() {
    return trackedByRule.get();
  }

  private Map<IgnoreRule, List<String>> findHiddenByRule() {
    var found = new HashMap<IgnoreRule, List<String>>();
    for (var file : hiddenBelow("", _ -> true)) {
      found.computeIfAbsent(file.rule(), _ -> new ArrayList<>()).add(file.path());
    }
    return found;
  }

  private Map<IgnoreRule, List<String>> findTrackedByRule() {
    var found = new LinkedHashMap<IgnoreRule, List<String>>();
    for (var path : tracked()) {
      if (isYaml(path)) {
        gitIgnore()
            .hiding(path, false)
            .ifPresent(rule -> found.computeIfAbsent(rule, _ -> new ArrayList<>()).add(path));
      }
    }
    return Collections.unmodifiableMap(found);
  }

  /// The files on disk below a folder that nothing keeps out of Git and that nobody added.
  public List<String> untrackedBelow(String folder) {
    return below(snapshot.disk().files(), folder).stream()
        .filter(path -> !snapshot.tracked().containsKey(path))
        .filter(path -> snapshot.ignore().hiding(path, false).isEmpty())
        .toList();
  }

  /// Paths that differ between the last commit, the index and the disk; none outside of a working
  /// tree.
  public List<String> uncommitted() {
    return origin() instanceof Origin.WorkingTree
        ? snapshot.checkout().map(Checkout::uncommitted).orElse(List.of())
        : List.of();
  }

  /// The addresses that git knows this repository under, as they are configured.
  public Set<String> remotes() {
    return snapshot.checkout().map(Checkout::remotes).orElse(Set.of());
  }

  /// Whether a name is one that Flux's generator takes for a manifest: `.yaml` or `.yml`, in lower
  /// case.
  public static boolean isYaml(String path) {
    return path.endsWith(".yaml") || path.endsWith(".yml");
  }

  /// The objects in a YAML file on disk, tracked or not; none if it holds none or is no YAML.
  public List<Manifest> objectsOnDisk(String path) {
    return isYaml(path)
        ? readFromDisk(path)
            .map(bytes -> YamlReader.ofSources().read(path, bytes).manifests().toList())
            .orElse(List.of())
        : List.of();
  }

  /// Whether a file on disk is a manifest or a kustomization file.
  public boolean isManifestOnDisk(String path) {
    return Kustomizations.isFileName(path) || !objectsOnDisk(path).isEmpty();
  }

  /// Whether a tracked YAML file holds at least one object, or is a kustomization file.
  public boolean isTrackedManifest(String path) {
    return isYaml(path)
        && snapshot.tracked().containsKey(path)
        && snapshot.contents().read(path).filter(bytes -> isManifest(path, bytes)).isPresent();
  }

  private static boolean isManifest(String path, byte[] bytes) {
    return Kustomizations.isFileName(path)
        || YamlReader.ofSources().read(path, bytes).manifests().findAny().isPresent();
  }

  /// All that decides about a path, for a person who asks.
  ///
  /// @param path relative to the root
  public Explanation explain(String path) {
    boolean isFolder = isFolderOnDisk(path) || (!path.isEmpty() && artifact.isFolder(path));
    return new Explanation(
        path,
        isOnDisk(path) || snapshot.disk().files().contains(path),
        snapshot.tracked().containsKey(path),
        fate(path),
        snapshot.ignore().deciding(path, isFolder),
        isFolder ? Optional.empty() : sourceIgnore.deciding(path));
  }

  /// The files of a folder by how they are doing.
  ///
  /// @param folder empty for the root
  public FileSummary summary(String folder) {
    return summary(folder, _ -> true);
  }

  /// Some files of a folder by how they are doing, such as those that match a pattern.
  public FileSummary summary(String folder, Predicate<String> wanted) {
    return new FileSummary(
        folder,
        below(tracked(), folder).stream().filter(wanted).toList(),
        untrackedBelow(folder).stream().filter(wanted).toList(),
        hiddenBelow(folder, wanted));
  }

  /// The ignore files of git that are on disk or tracked, by path.
  public NavigableSet<String> gitIgnoreFiles() {
    return paths(
        Stream.concat(onDisk().stream(), tracked().stream())
            .filter(path -> path.equals(".gitignore") || path.endsWith("/.gitignore")));
  }

  private static boolean within(String folder, String path) {
    return folder.isEmpty() || path.startsWith(folder + "/");
  }

  private static boolean overlaps(String folder, String other) {
    return within(folder, other) || other.equals(folder) || within(other, folder);
  }

  private static NavigableSet<String> below(NavigableSet<String> paths, String folder) {
    return folder.isEmpty() ? paths : paths.subSet(folder + "/", true, folder + "0", false);
  }

  @Override
  public void close() {
    temporaries.forEach(Temporary::close);
  }

  static NavigableSet<String> paths(Stream<String> paths) {
    var set = new TreeSet<String>();
    paths.forEach(set::add);
    return set;
  }
}
