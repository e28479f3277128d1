package io.cooper.flux.ignore;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.source.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The truth about ignore rules is git. Random trees with random rules are put to both; a longer
/// run is `-Dcooper.ignore.trees=20000`, another one `-Dcooper.ignore.seed=1000000`.
@Tag("S12")
class GitIgnoreAgainstGitTest {
  private static final int TREES = Integer.getInteger("cooper.ignore.trees", 400);
  private static final long SEED = Long.getLong("cooper.ignore.seed", 0);

  @TempDir Path folder;

  @Test
  void the_deciding_rule_is_the_one_that_git_names() throws IOException {
    var git = Sandbox.repository(folder);
    boolean wholePattern =
        GitIgnoreSettings.readsWholePattern(git.git("version").replaceFirst("^git version ", ""));
    int compared = 0;
    int decided = 0;
    for (long seed = SEED; seed < SEED + TREES; seed++) {
      var tree = RandomTree.of(seed, ".gitignore");
      var random = new Random(~seed);
      boolean ignoreCase = random.nextInt(4) == 0;
      var exclude = random.nextBoolean() ? RandomTree.list(random) : "";
      var user = random.nextBoolean() ? RandomTree.list(random) : "";
      var userFile = git.home().resolve("excludes");
      write(git, tree);
      linkSomeIgnoreFile(git, tree, random);
      git.write(".git/info/exclude", exclude);
      Files.writeString(userFile, user);

      var expected = answers(git, tree, ignoreCase, userFile);
      var ignore =
          new GitIgnore(
              new GitIgnoreSettings(
                  List.of(
                      new GitIgnoreSettings.OwnList(
                          IgnoreRule.Source.EXCLUDES_FILE, userFile.toString(), user),
                      new GitIgnoreSettings.OwnList(
                          IgnoreRule.Source.INFO_EXCLUDE, ".git/info/exclude", exclude)),
                  ignoreCase,
                  wholePattern),
              git.texts());
      var actual = new LinkedHashMap<String, String>();
      for (var path : tree.asked()) {
        boolean isFolder = Files.isDirectory(git.root().resolve(path), LinkOption.NOFOLLOW_LINKS);
        actual.put(path, ignore.deciding(path, isFolder).map(this::shown).orElse(""));
      }

      assertThat(actual).describedAs("seed %d", seed).isEqualTo(expected);
      compared += expected.size();
      decided += (int) expected.values().stream().filter(rule -> !rule.isEmpty()).count();
    }
    assertThat(compared).isGreaterThan(TREES * 15);
    assertThat(decided).isGreaterThan(compared / 5).isLessThan(compared * 4 / 5);
  }

  private static void write(Sandbox git, RandomTree tree) throws IOException {
    try (var all = Files.walk(git.root())) {
      for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(git.root()) && !path.startsWith(git.root().resolve(".git"))) {
          Files.delete(path);
        }
      }
    }
    tree.files().forEach(git::write);
    tree.links().forEach(git::link);
  }

  /// git does not follow a `.gitignore` that is a link.
  private static void linkSomeIgnoreFile(Sandbox git, RandomTree tree, Random random)
      throws IOException {
    if (random.nextInt(10) == 0) {
      var lists =
          tree.files().keySet().stream().filter(path -> path.endsWith("/.gitignore")).toList();
      for (var list : lists) {
        Files.delete(git.root().resolve(list));
        Files.createSymbolicLink(git.root().resolve(list), git.root().resolve(".gitignore"));
      }
    }
  }

  private static Map<String, String> answers(
      Sandbox git, RandomTree tree, boolean ignoreCase, Path userFile) {
    var answer =
        git.ask(
            String.join("\0", tree.asked()) + "\0",
            "-c",
            "core.ignorecase=" + ignoreCase,
            "-c",
            "core.excludesFile=" + userFile,
            "check-ignore",
            "--no-index",
            "-v",
            "-n",
            "-z",
            "--stdin");
    assertThat(answer.exitStatus()).describedAs(answer.output()).isLessThan(2);
    // The warning about a linked list goes to the same stream, and ends with a line feed.
    var fields = answer.output().replaceAll("warning: [^\0]*?\n", "").split("\0", -1);
    var answers = new LinkedHashMap<String, String>();
    for (int i = 0; i + 3 < fields.length; i += 4) {
      answers.put(
          fields[i + 3],
          fields[i].isEmpty() ? "" : "%s:%s:%s".formatted(fields[i], fields[i + 1], fields[i + 2]));
    }
    return answers;
  }

  private String shown(IgnoreRule rule) {
    return "%s:%d:%s".formatted(rule.file(), rule.line(), rule.pattern());
  }
}
