package io.cooper.cli;

import io.cooper.flux.source.SourceTree;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cooper files`
@Command(
    name = "files",
    description =
        "Lists files with what becomes of them: tracked, untracked, or hidden and by which rule.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "  cooper files --match 'backup|postgresql'",
      "  cooper files infrastructure/cnpg-barman-plugin"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:every file listed is in Git",
      "1:some are not",
      "2:wrong use, or input that cannot be read"
    })
final class FilesCommand implements Callable<Integer> {
  @Mixin private RepositoryOptions repository = new RepositoryOptions();

  @Option(
      names = "--match",
      paramLabel = "REGEX",
      description = "Only paths in which this is found.")
  private @Nullable String match;

  @Option(
      names = "--summary",
      description = "One line for each folder instead of one for each file.")
  private boolean summary;

  private final Terminal terminal;

  FilesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    var wanted = wanted();
    try (var source =
        repository
            .revision()
            .map(revision -> SourceTree.ofRevision(repository.path, revision))
            .orElseGet(() -> SourceTree.ofWorkingTree(repository.path))) {
      source.notices().forEach(notice -> terminal.err().println("cooper: " + notice));
      var total = source.summary(source.start(), wanted);
      if (summary) {
        folders(source, wanted)
            .forEach(folder ->
                terminal.out().printf("%s: %s%n", folder, source.summary(folder, wanted)));
      } else {
        total.tracked().forEach(path -> terminal.out().printf("tracked    %s%n", path));
        total.untracked().forEach(path -> terminal.out().printf("untracked  %s%n", path));
        total
            .hidden()
            .forEach(hidden ->
                terminal.out().printf("hidden     %s  by %s%n", hidden.path(), hidden.rule()));
      }
      terminal.out().println(total);
      terminal.out().flush();
      return total.complete() ? 0 : 1;
    }
  }

  private static List<String> folders(SourceTree source, Predicate<String> wanted) {
    var folders = new TreeSet<String>();
    var total = source.summary(source.start(), wanted);
    var paths = new ArrayList<>(total.tracked());
    paths.addAll(total.untracked());
    total.hidden().forEach(hidden -> paths.add(hidden.path()));
    for (var path : paths) {
      int slash = path.lastIndexOf('/');
      if (slash > 0) {
        folders.add(path.substring(0, slash));
      }
    }
    return List.copyOf(folders);
  }

  private Predicate<String> wanted() {
    if (match == null) {
      return _ -> true;
    }
    try {
      return Pattern.compile(match).asPredicate();
    } catch (PatternSyntaxException e) {
      throw new Problem(
              Code.BAD_USE, "--match " + match, e.getDescription(), "write a regular expression")
          .asException();
    }
  }
}
