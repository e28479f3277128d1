package io.cooper.flux.ignore;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// git's ignore rules for one repository: what `git check-ignore -v --no-index` would answer, for
/// paths that exist and for paths that do not.
///
/// Of the lists that apply, the `.gitignore` nearest to the path is asked first, then those of the
/// folders above, then `info/exclude`, then `core.excludesFile`; inside one list the last line that
/// matches decides. A path below a hidden folder is hidden by the rule that hides the folder:
/// nothing can bring it back, and the lists in there are not read.
///
/// Lists are read once and kept; the object may be used from several threads.
public final class GitIgnore {
  private static final int LARGEST_LIST = 100 << 20;

  private final GitIgnoreSettings settings;
  private final IgnoreTexts texts;
  private final Map<String, Folder> folders = new ConcurrentHashMap<>();

  /// A list with its place in the tree.
  ///
  /// @param prefix how many characters of a path stand in front of the part that patterns see
  private record Scope(int prefix, List<GitPattern> patterns) {}

  /// What is known about a folder.
  ///
  /// @param hiddenBy the rule that hides it with all that is in it
  /// @param scopes the lists that apply to what is in it, strongest first
  private record Folder(Optional<IgnoreRule> hiddenBy, List<Scope> scopes) {}

  /// @param settings lists outside the tree, and how git compares
  /// @param texts where the `.gitignore` files are read; symbolic links are none
  public GitIgnore(GitIgnoreSettings settings, IgnoreTexts texts) {
    this.settings = settings;
    this.texts = texts;
  }

  /// The same rules, with another text in one list. To ask what a pattern would hide.
  ///
  /// @param file a `.gitignore`, or a list of the settings by the name it has there
  public GitIgnore with(String file, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var lists =
        settings.lists().stream()
            .map(list ->
                list.file().equals(file)
                    ? new GitIgnoreSettings.OwnList(list.source(), file, text)
                    : list)
            .toList();
    return new GitIgnore(
        new GitIgnoreSettings(lists, settings.ignoreCase(), settings.wholePattern()),
        path -> path.equals(file) ? Optional.of(bytes) : texts.read(path));
  }

  /// No rules but those of one `.gitignore` with this text, compared as here.
  public GitIgnore only(String file, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return new GitIgnore(
        new GitIgnoreSettings(List.of(), settings.ignoreCase(), settings.wholePattern()),
        path -> path.equals(file) ? Optional.of(bytes) : Optional.empty());
  }

  /// The text of a list, as it is read.
  public Optional<String> text(String file) {
    return settings.lists().stream()
        .filter(list -> list.file().equals(file))
        .map(GitIgnoreSettings.OwnList::text)
        .findFirst()
        .or(() -> texts.read(file).map(bytes -> new String(bytes, StandardCharsets.UTF_8)));
  }

  /// All rules of a list, in the order of its lines; none if there is no such list.
  public List<IgnoreRule> rules(String file) {
    var own =
        settings.lists().stream()
            .filter(list -> list.file().equals(file))
            .map(list -> outsideTree(list))
            .findFirst();
    return own.or(() -> texts.read(file).map(text -> inTree(file, text))).orElse(List.of()).stream()
        .map(GitPattern::rule)
        .toList();
  }

  /// The names of the lists outside the tree.
  public List<String> ownLists() {
    return settings.lists().stream().map(GitIgnoreSettings.OwnList::file).toList();
  }

  /// The rule that decides about a path, which may be one that re-includes it; empty if no rule
  /// matches.
  ///
  /// @param path relative to the root of the repository, not empty
  /// @param isFolder whether it is, or would be, a folder. A symbolic link is none
  public Optional<IgnoreRule> deciding(String path, boolean isFolder) {
    var folder = folder(Paths.parent(path));
    return folder.hiddenBy().isPresent()
        ? folder.hiddenBy()
        : lastMatch(folder.scopes(), path, isFolder);
  }

  /// The rule that hides a path; empty if it is not ignored.
  public Optional<IgnoreRule> hiding(String path, boolean isFolder) {
    return deciding(path, isFolder).filter(IgnoreRule::hides);
  }

  private Folder folder(String path) {
    var known = folders.get(path);
    if (known != null) {
      return known;
    }
    var folder = path.isEmpty() ? root() : below(folder(Paths.parent(path)), path);
    folders.put(path, folder);
    return folder;
  }

  private Folder root() {
    var own =
        settings.lists().reversed().stream().map(list -> new Scope(0, outsideTree(list))).toList();
    return new Folder(Optional.empty(), withList("", own));
  }

  private Folder below(Folder parent, String path) {
    var hiddenBy =
        parent.hiddenBy().isPresent()
            ? parent.hiddenBy()
            : lastMatch(parent.scopes(), path, true).filter(IgnoreRule::hides);
    return hiddenBy.isPresent()
        ? new Folder(hiddenBy, List.of())
        : new Folder(Optional.empty(), withList(path, parent.scopes()));
  }

  private List<Scope> withList(String folder, List<Scope> inherited) {
    var file = Paths.below(folder, ".gitignore");
    var text = texts.read(file).filter(bytes -> bytes.length <= LARGEST_LIST);
    if (text.isEmpty()) {
      return inherited;
    }
    int prefix = folder.isEmpty() ? 0 : GitPattern.bytes(folder).length() + 1;
    var scopes = new ArrayList<Scope>(inherited.size() + 1);
    scopes.add(new Scope(prefix, inTree(file, text.get())));
    scopes.addAll(inherited);
    return List.copyOf(scopes);
  }

  private List<GitPattern> outsideTree(GitIgnoreSettings.OwnList list) {
    var bytes = list.text().getBytes(StandardCharsets.UTF_8);
    return GitPattern.read(list.source(), list.file(), bytes, settings);
  }

  private List<GitPattern> inTree(String file, byte[] text) {
    return GitPattern.read(IgnoreRule.Source.GITIGNORE, file, text, settings);
  }

  private Optional<IgnoreRule> lastMatch(List<Scope> scopes, String path, boolean isFolder) {
    var bytes = GitPattern.bytes(path);
    var text = settings.ignoreCase() ? folded(bytes) : bytes;
    var name = Paths.name(text);
    for (var scope : scopes) {
      var relative = text.substring(scope.prefix());
      var patterns = scope.patterns();
      for (int i = patterns.size() - 1; i >= 0; i--) {
        if (patterns.get(i).matches(relative, name, isFolder)) {
          return Optional.of(patterns.get(i).rule());
        }
      }
    }
    return Optional.empty();
  }

  private static String folded(String bytes) {
    var folded = new StringBuilder(bytes.length());
    bytes.chars().forEach(c -> folded.append(Wildmatch.lower((char) c)));
    return folded.toString();
  }
}
