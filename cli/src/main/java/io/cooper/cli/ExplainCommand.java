package io.cooper.cli;

import io.cooper.flux.render.walk.Entries;
import io.cooper.flux.source.SourceRules;
import io.cooper.flux.source.SourceTree;
import io.cooper.policy.About;
import io.cooper.policy.catalog.BuiltInPolicies;
import io.cooper.policy.user.RuleReader;
import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cooper explain`
@Command(
    name = "explain",
    description = "Prints a rule's page, or says what decides whether a file reaches the cluster.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "  cooper explain cnpg/schedule-five-fields",
      "  cooper explain user/replicas                      a rule of .cooper.yaml",
      "  cooper explain apps/db/postgresql-backup.yaml"
    })
final class ExplainCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "RULE|FILE",
      description = "Id of a rule, or path of a file, which need not exist.")
  private String subject = "";

  @Option(names = "--rev", paramLabel = "REV", description = "Take what is committed at REV.")
  private @Nullable String revision;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings that hold rules of your own, instead of .cooper.yaml in the root.")
  private @Nullable Path config;

  private final Terminal terminal;

  ExplainCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    var rules = rules();
    var rule = rules.stream().filter(about -> about.id().equals(subject)).findFirst();
    if (rule.isPresent()) {
      page(rule.get());
    } else if (looksLikeRule(rules) && Files.notExists(Path.of(subject))) {
      var ids = rules.stream().map(About::id).toList();
      throw new Problem(
              Code.BAD_USE,
              subject,
              "there is no such rule" + Nearest.hint(subject, ids),
              "see cooper policies list")
          .asException();
    } else {
      file(Path.of(subject).toAbsolutePath().normalize());
    }
    terminal.out().flush();
    return 0;
  }

  /// The user's own rules are looked up only for who asks for one: that needs a repository.
  private List<About> rules() {
    if (!subject.startsWith(RuleReader.FAMILY) || Files.exists(Path.of(subject))) {
      return BuiltInPolicies.rules();
    }
    var here = Path.of("").toAbsolutePath();
    try (var source =
        revision == null ? SourceTree.ofWorkingTree(here) : SourceTree.ofRevision(here, revision)) {
      return RuleChoice.rules(Examination.settings(source, Optional.ofNullable(config)));
    }
  }

  private boolean looksLikeRule(List<About> rules) {
    int slash = subject.indexOf('/');
    return slash > 0
        && subject.indexOf('/', slash + 1) < 0
        && subject.indexOf('.') < 0
        && (subject.startsWith(RuleReader.FAMILY)
            || rules.stream()
                .anyMatch(about -> about.family().equals(subject.substring(0, slash))));
  }

  private void page(About about) {
    terminal.out().printf("%s (%s)%n%n%s%n%n", about.id(), about.severity().word(), about.demand());
    terminal.out().println(about.reason().strip());
    terminal.out().printf("%nWhat to do: %s%n%nMore: %s%n", about.remedy(), about.docs());
  }

  private void file(Path path) {
    var folder = existing(path);
    try (var source =
        revision == null
            ? SourceTree.ofWorkingTree(folder)
            : SourceTree.ofRevision(folder, revision)) {
      source.notices().forEach(notice -> terminal.err().println("cooper: " + notice));
      var relative = relative(source.root(), folder, path);
      var rules =
          Entries.of(source.artifact()).stream()
              .flatMap(entry -> entry.source().stream())
              .findFirst()
              .map(SourceRules::of)
              .orElse(SourceRules.NONE);
      try (var seen = source.with(rules)) {
        seen.explain(relative).lines().forEach(terminal.out()::println);
      }
    }
  }

  /// The nearest folder above a path that exists; a file may be asked about that does not.
  private static Path existing(Path path) {
    var folder = Optional.ofNullable(path.getParent());
    while (folder.isPresent() && !Files.isDirectory(folder.get())) {
      folder = Optional.ofNullable(folder.get().getParent());
    }
    return folder.orElse(path);
  }

  private static String relative(Path root, Path folder, Path path) {
    try {
      var real = folder.toRealPath().resolve(folder.relativize(path));
      return root.toRealPath().relativize(real).toString().replace('\\', '/');
    } catch (IOException e) {
      throw new Problem(
              Code.BAD_INPUT,
              path.toString(),
              "cannot be resolved: " + e,
              "name a path in the repository")
          .asException();
    }
  }
}
