package io.cooper.flux.ignore;

/// One line of one list of ignore rules.
///
/// @param source what kind of list it stands in
/// @param file the list: a path relative to the root of the repository for `.gitignore` and
///   `.sourceignore`, the name that git prints for its other lists, `GitRepository/ns/name
///   spec.ignore`, or `Flux default`
/// @param line counted from 1
/// @param pattern as written, without trailing spaces; `!` in front where it is negated
/// @param negated whether the rule re-includes what it matches
public record IgnoreRule(Source source, String file, int line, String pattern, boolean negated) {
  /// The kinds of lists.
  public enum Source {
    /// A `.gitignore` of the repository.
    GITIGNORE,
    /// `$GIT_DIR/info/exclude`: of this clone only.
    INFO_EXCLUDE,
    /// `core.excludesFile`: of this user only.
    EXCLUDES_FILE,
    /// A `.sourceignore` of the repository.
    SOURCEIGNORE,
    /// `spec.ignore` of the GitRepository object.
    SPEC_IGNORE,
    /// What Flux excludes by itself.
    FLUX_DEFAULT;

    /// Whether git reads the list; otherwise Flux does.
    public boolean isGit() {
      return this == GITIGNORE || this == INFO_EXCLUDE || this == EXCLUDES_FILE;
    }

    /// Whether the list is a file that everybody who has the repository has too.
    public boolean isShared() {
      return this == GITIGNORE || this == SOURCEIGNORE;
    }
  }

  /// Whether the rule keeps back what it matches.
  public boolean hides() {
    return !negated;
  }

  /// The folder the rule is about, without a slash at the end; empty for the whole repository.
  public String folder() {
    return source.isShared() ? Paths.parent(file) : "";
  }

  /// `file:line pattern`, the way a person looks it up.
  @Override
  public String toString() {
    return source == Source.FLUX_DEFAULT
        ? "%s %s".formatted(file, pattern)
        : "%s:%d %s".formatted(file, line, pattern);
  }
}
