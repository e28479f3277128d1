package io.cooper.flux.ignore;

import java.util.List;

/// What git knows beside the `.gitignore` files of a repository.
///
/// @param lists the lists for the whole repository, weakest first: `core.excludesFile`, then
///   `info/exclude`
/// @param ignoreCase `core.ignorecase`
/// @param wholePattern whether `**` sees the literal text in front of it. git 2.52 and newer do;
///   older versions take `a**/b` for `a` and then `**/b`, so that it matches `ab`
public record GitIgnoreSettings(List<OwnList> lists, boolean ignoreCase, boolean wholePattern) {
  /// No lists, case-sensitive, newest git.
  public static final GitIgnoreSettings NONE = new GitIgnoreSettings(List.of(), false, true);

  /// A list that lies outside the tree.
  ///
  /// @param source what kind it is
  /// @param file the name that git prints for it
  /// @param text what stands in it
  public record OwnList(IgnoreRule.Source source, String file, String text) {}

  public GitIgnoreSettings {
    lists = List.copyOf(lists);
  }

  /// Whether a version of git, such as `2.39.5`, lets `**` see what stands in front of it.
  public static boolean readsWholePattern(String version) {
    var numbers = version.split("[^0-9]+", -1);
    int major = number(numbers, 0);
    return major > 2 || (major == 2 && number(numbers, 1) >= 52);
  }

  private static int number(String[] numbers, int index) {
    return index < numbers.length && !numbers[index].isEmpty() && numbers[index].length() < 9
        ? Integer.parseInt(numbers[index])
        : 0;
  }
}
