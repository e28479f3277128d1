package io.cooper.flux.source;

import java.util.List;

/// How the files of a folder are doing.
///
/// @param folder empty for the root
/// @param tracked paths that Git has
/// @param untracked paths on disk that nobody added
/// @param hidden paths on disk that a rule keeps out of Git
public record FileSummary(
    String folder,
    List<String> tracked,
    List<String> untracked,
    List<SourceTree.HiddenFile> hidden) {
  public FileSummary {
    tracked = List.copyOf(tracked);
    untracked = List.copyOf(untracked);
    hidden = List.copyOf(hidden);
  }

  /// Whether everything that is there is in Git.
  public boolean complete() {
    return untracked.isEmpty() && hidden.isEmpty();
  }

  /// `5 files, 4 tracked, 1 hidden`.
  @Override
  public String toString() {
    int all = tracked.size() + untracked.size() + hidden.size();
    var text = "%d files, %d tracked, %d hidden".formatted(all, tracked.size(), hidden.size());
    return untracked.isEmpty() ? text : text + ", %d untracked".formatted(untracked.size());
  }
}
