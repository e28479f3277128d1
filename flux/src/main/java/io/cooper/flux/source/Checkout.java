package io.cooper.flux.source;

import io.cooper.flux.ignore.GitIgnoreSettings;
import io.cooper.flux.ignore.GitIgnoreSettings.OwnList;
import io.cooper.flux.ignore.IgnoreRule;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A git repository on disk, as the git binary sees it.
///
/// @param git runs in its root
/// @param root the top of the working tree; the repository itself where there is none
/// @param bare whether there is no working tree
/// @param shallow whether history is cut off
/// @param ignores lists outside the tree, and how git compares
record Checkout(
    Git git,
    Path root,
    boolean bare,
    boolean shallow,
    GitIgnoreSettings ignores,
    Settings settings) {

  /// What `git config` says, keys in lower case.
  record Settings(Map<String, String> values) {
    boolean isOn(String key) {
      return switch (values.getOrDefault(key, "false").toLowerCase(Locale.ROOT)) {
        case "true", "yes", "on", "1" -> true;
        default -> false;
      };
    }
  }

  /// The repository around a folder; empty if there is none.
  ///
  /// @param start a folder
  /// @param environment what git sees beside what this process inherited
  static Optional<Checkout> around(Path start, Map<String, String> environment) {
    var here = real(start);
    var git = new Git(here, environment);
    if (!isInsideOne(here) && !git.isInstalled()) {
      return Optional.empty();
    }
    var answer =
        git.ask(
            "rev-parse",
            "--is-inside-work-tree",
            "--is-bare-repository",
            "--is-shallow-repository",
            "--show-cdup",
            "--git-path",
            "info/exclude");
    if (!answer.succeeded() && answer.errors().contains("not a git repository")) {
      return Optional.empty();
    }
    var lines =
        (answer.succeeded() ? answer : git.demand("rev-parse", "--git-dir"))
            .output()
            .split("\n", 5);
    if (lines.length < 5) {
      return Optional.empty();
    }
    boolean working = lines[0].equals("true");
    boolean bare = lines[1].equals("true");
    if (!working && !bare) {
      throw new Problem(
              Code.BAD_USE,
              start.toString(),
              "lies inside of a .git folder",
              "name the folder that holds the .git")
          .asException();
    }
    var root = working ? here.resolve(lines[3]).normalize() : here;
    var inRoot = git.in(root);
    var settings = settings(inRoot);
    var exclude = here.resolve(lines[4].strip()).normalize();
    return Optional.of(
        new Checkout(
            inRoot,
            root,
            bare,
            lines[2].equals("true"),
            ignores(inRoot, root, exclude, settings, environment),
            settings));
  }

  private static boolean isInsideOne(Path folder) {
    return Stream.<Path>iterate(folder, Objects::nonNull, Path::getParent)
        .anyMatch(each -> Files.exists(each.resolve(".git")) || Files.exists(each.resolve("HEAD")));
  }

  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException _) {
      throw new Problem(
              Code.BAD_USE, folder.toString(), "no such folder", "name a folder that exists")
          .asException();
    }
  }

  private static Settings settings(Git git) {
    var values = new HashMap<String, String>();
    for (var entry : git.demand("config", "-z", "--list").strings()) {
      int end = entry.indexOf('\n');
      values.put(
          end < 0 ? entry : entry.substring(0, end), end < 0 ? "true" : entry.substring(end + 1));
    }
    return new Settings(Map.copyOf(values));
  }

  private static GitIgnoreSettings ignores(
      Git git, Path root, Path exclude, Settings settings, Map<String, String> environment) {
    var lists = new ArrayList<OwnList>();
    excludesFile(git, settings, environment)
        .flatMap(name -> list(IgnoreRule.Source.EXCLUDES_FILE, name, root.resolve(name)))
        .ifPresent(lists::add);
    var name =
        exclude.startsWith(root)
            ? root.relativize(exclude).toString().replace('\\', '/')
            : exclude.toString();
    list(IgnoreRule.Source.INFO_EXCLUDE, name, exclude).ifPresent(lists::add);
    var version = git.demand("version").output().replaceFirst("^git version ", "").strip();
    return new GitIgnoreSettings(
        lists, settings.isOn("core.ignorecase"), GitIgnoreSettings.readsWholePattern(version));
  }

  private static Optional<String> excludesFile(
      Git git, Settings settings, Map<String, String> environment) {
    var set = settings.values().get("core.excludesfile");
    if (set == null) {
      return variable("XDG_CONFIG_HOME", environment)
          .or(() -> variable("HOME", environment).map(home -> home + "/.config"))
          .map(folder -> folder + "/git/ignore");
    }
    if (set.startsWith("~") || set.startsWith("%(prefix)")) {
      var answer = git.ask("config", "-z", "--type=path", "--get", "core.excludesFile");
      return answer.strings().stream().findFirst();
    }
    return Optional.of(set).filter(name -> !name.isEmpty());
  }

  private static Optional<String> variable(String name, Map<String, String> environment) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(System.getenv(name)))
        .filter(value -> !value.isEmpty());
  }

  private static Optional<OwnList> list(IgnoreRule.Source source, String name, Path file) {
    try {
      return Files.isRegularFile(file) && Files.isReadable(file)
          ? Optional.of(
              new OwnList(
                  source, name, new String(Files.readAllBytes(file), StandardCharsets.UTF_8)))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// The addresses of all remotes.
  Set<String> remotes() {
    var addresses = new HashSet<String>();
    settings
        .values()
        .forEach((key, value) -> {
          if (key.startsWith("remote.") && key.endsWith(".url")) {
            addresses.add(value);
          }
        });
    return addresses;
  }

  /// The entries of the index; one for a path in conflict.
  List<TrackedFile> index() {
    var files = new ArrayList<TrackedFile>();
    var seen = new HashSet<String>();
    for (var entry : git.demand("ls-files", "-z", "--stage", "-v").strings()) {
      int tab = entry.indexOf('\t');
      var words = entry.substring(0, tab).split(" ", -1);
      var path = entry.substring(tab + 1);
      if (seen.add(path)) {
        var tag = words[0].charAt(0);
        files.add(
            new TrackedFile(
                path,
                TrackedFile.Kind.of(words[1]),
                words[2],
                0,
                Character.toUpperCase(tag) != 'S',
                Character.isUpperCase(tag)));
      }
    }
    return files;
  }

  /// The paths of files that are on disk as the index has them, line ends and filters aside; none
  /// where asking would run a program that the repository itself names.
  Set<String> unchanged(Collection<TrackedFile> index) {
    if (git.ask("config", "--local", "--get-regexp", "^filter\\..*\\.(clean|process)$")
        .succeeded()) {
      return Set.of();
    }
    var changed =
        Set.copyOf(git.demand("diff-files", "-z", "--name-only", "--ignore-submodules").strings());
    return index.stream()
        .filter(file -> file.kind() == TrackedFile.Kind.FILE)
        .filter(file -> file.checkedOut() && file.watched() && !changed.contains(file.path()))
        .map(TrackedFile::path)
        .collect(Collectors.toSet());
  }

  /// How the repository names contents.
  BlobFormat format() {
    return settings.values().getOrDefault("extensions.objectformat", "sha1").equals("sha256")
        ? BlobFormat.SHA256
        : BlobFormat.SHA1;
  }

  /// The id of the commit that a name means.
  ///
  /// @throws io.cooper.problem.ProblemException if it means none
  String commit(String revision) {
    return idOf(revision)
        .orElseThrow(() ->
            new Problem(
                    Code.BAD_USE,
                    root.toString(),
                    "revision %s is not in the repository".formatted(revision),
                    remoteBranch(revision)
                        .map("did you mean %s?"::formatted)
                        .orElse(
                            shallow
                                ? "the clone is shallow: git fetch --unshallow, or fetch that"
                                    + " revision"
                                : "git fetch, or name a branch, tag or commit that git log knows"))
                .asException());
  }

  private Optional<String> idOf(String revision) {
    if (revision.startsWith("-")) {
      return Optional.empty();
    }
    var answer = git.ask("rev-parse", "--verify", "--quiet", revision + "^{commit}");
    return answer.succeeded() ? Optional.of(answer.output().strip()) : Optional.empty();
  }

  /// A clone of a CI system often has `origin/main` and no `main`.
  private Optional<String> remoteBranch(String name) {
    return settings.values().keySet().stream()
        .filter(key -> key.startsWith("remote.") && key.endsWith(".url"))
        .map(key -> key.substring("remote.".length(), key.length() - ".url".length()))
        .sorted()
        .map(remote -> remote + "/" + name)
        .filter(branch -> idOf(branch).isPresent())
        .findFirst();
  }

  /// The last commit that two histories have in common; of several the one that `git merge-base`
  /// names first.
  ///
  /// @throws io.cooper.problem.ProblemException if a revision is unknown, or nothing is common
  String mergeBase(String revision, String head) {
    var answer = git.ask("merge-base", commit(revision), commit(head));
    if (!answer.succeeded()) {
      throw new Problem(
              Code.BAD_USE,
              root.toString(),
              "%s and %s have no commit in common%s"
                  .formatted(revision, head, shallow ? ", as far as this shallow clone goes" : ""),
              shallow
                  ? "fetch the history: git fetch --unshallow; in a GitHub workflow give"
                      + " actions/checkout fetch-depth: 0"
                  : "name a revision that this branch grew from")
          .asException();
    }
    return answer.output().strip();
  }

  /// The entries of a commit's tree.
  List<TrackedFile> tree(String commit) {
    return git.demand("ls-tree", "-r", "-z", "--full-tree", commit).strings().stream()
        .map(Checkout::entryOfTree)
        .toList();
  }

  /// The same with the sizes of contents, all of which must be there.
  List<TrackedFile> treeWithSizes(String commit) {
    return git.demand("ls-tree", "-r", "-z", "--long", "--full-tree", commit).strings().stream()
        .map(Checkout::entryOfTree)
        .toList();
  }

  private static TrackedFile entryOfTree(String entry) {
    int tab = entry.indexOf('\t');
    var words = entry.substring(0, tab).split(" +", -1);
    var size = words.length > 3 && !words[3].equals("-") ? words[3] : "0";
    return new TrackedFile(
        entry.substring(tab + 1),
        TrackedFile.Kind.of(words[0]),
        words[2],
        Long.parseLong(size),
        true,
        true);
  }

  /// The ids of contents of a commit that a partial clone left with the server. git would fetch
  /// them when asked for them, or fail as a whole where that is not allowed.
  Set<String> lacking(String commit) {
    boolean partial =
        settings.values().entrySet().stream()
            .anyMatch(entry ->
                entry.getKey().equals("extensions.partialclone")
                    || (entry.getKey().endsWith(".promisor") && settings.isOn(entry.getKey())));
    if (!partial) {
      return Set.of();
    }
    return git.demand("rev-list", "--objects", "--missing=print", "--no-walk", commit)
        .output()
        .lines()
        .filter(line -> line.startsWith("?"))
        .map(line -> line.substring(1))
        .collect(Collectors.toSet());
  }

  /// Which of some files git-lfs keeps elsewhere.
  Set<String> largeFiles(List<String> paths) {
    var input = String.join("\0", paths).getBytes(StandardCharsets.UTF_8);
    var answer = git.ask(new ByteArrayInputStream(input), "check-attr", "-z", "--stdin", "filter");
    var strings = answer.strings();
    var large = new HashSet<String>();
    for (int i = 0; i + 2 < strings.size(); i += 3) {
      if (strings.get(i + 2).equals("lfs")) {
        large.add(strings.get(i));
      }
    }
    return large;
  }

  /// Paths that differ between the last commit, the index and the disk, ignored files aside.
  List<String> uncommitted() {
    var paths = new ArrayList<String>();
    var entries =
        git.demand(
                "status",
                "--porcelain=v1",
                "-z",
                "--untracked-files=all",
                "--no-renames",
                "--ignore-submodules=dirty")
            .strings();
    entries.forEach(entry -> paths.add(entry.substring(3)));
    return paths;
  }
}
