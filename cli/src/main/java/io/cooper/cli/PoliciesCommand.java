package io.cooper.cli;

import io.cooper.flux.source.SourceTree;
import io.cooper.policy.About;
import io.cooper.policy.catalog.BuiltInPolicies;
import io.cooper.policy.settings.Settings;
import io.cooper.policy.user.RuleTest;
import io.cooper.policy.user.UserRule;
import io.cooper.problem.Code;
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

/// `cooper policies`
@Command(
    name = "policies",
    description = "Shows the rules that a repository is judged by.",
    mixinStandardHelpOptions = true)
final class PoliciesCommand implements Callable<Integer> {
  private final Terminal terminal;

  PoliciesCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    return list(Path.of("."), null);
  }

  @Command(
      name = "list",
      description = "Lists all rules: id, severity, demand. Those of .cooper.yaml come last.",
      mixinStandardHelpOptions = true)
  int list(
      @Parameters(
              paramLabel = "PATH",
              arity = "0..1",
              defaultValue = ".",
              description = "A folder of the repository whose own rules are listed too.")
          Path path,
      @Option(
              names = "--config",
              paramLabel = "FILE",
              description = "Settings, instead of .cooper.yaml in the root.")
          @Nullable Path config) {
    // First what needs no settings: those that cannot be read are no reason to list nothing.
    BuiltInPolicies.rules().forEach(this::line);
    terminal.out().flush();
    try (var source = SourceTree.ofWorkingTree(path)) {
      Examination.settings(source, Optional.ofNullable(config)).rules().stream()
          .map(UserRule::about)
          .forEach(this::line);
    }
    terminal.out().flush();
    return 0;
  }

  private void line(About about) {
    terminal.out().printf("%-36s %-8s %s%n", about.id(), about.severity().word(), about.demand());
  }

  @Command(
      name = "test",
      description = "Runs the tests of the rules that a settings file holds.",
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:all passed",
        "1:some did not",
        "2:the settings cannot be read, or hold no rules"
      })
  int test(
      @Parameters(
              paramLabel = "FILE",
              arity = "0..1",
              defaultValue = Settings.FILE,
              description = "The settings; ${DEFAULT-VALUE} if left out.")
          Path file) {
    var rules = rules(file);
    var tests = rules.stream().flatMap(RuleTest::of).toList();
    for (var test : tests) {
      terminal
          .out()
          .printf(
              "%s  %s: %s%s%n",
              test.passed() ? "ok    " : "FAILED",
              test.rule(),
              test.title(),
              test.failure().map(why -> " (%s: %s)".formatted(test.place(), why)).orElse(""));
    }
    long failed = tests.stream().filter(test -> !test.passed()).count();
    terminal.out().printf("%d rules, %d tests, %d failed%n", rules.size(), tests.size(), failed);
    terminal.out().flush();
    return failed == 0 ? 0 : 1;
  }

  private static List<UserRule> rules(Path file) {
    try {
      var builtIn = BuiltInPolicies.rules().stream().map(About::id).toList();
      var rules = Settings.read(file.toString(), Files.readAllBytes(file), builtIn).rules();
      if (rules.isEmpty()) {
        throw new Problem(
                Code.BAD_USE,
                file.toString(),
                "there are no rules in it",
                "write some below `rules:`; see docs/user-rules.md")
            .asException();
      }
      return rules;
    } catch (IOException e) {
      throw new Problem(
              Code.BAD_USE, file.toString(), "cannot be read: " + e, "name a settings file")
          .asException();
    }
  }
}
