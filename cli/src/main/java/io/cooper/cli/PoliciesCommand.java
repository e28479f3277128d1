package io.cooper.cli;

import io.cooper.policy.catalog.BuiltInPolicies;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

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
    return list();
  }

  @Command(
      name = "list",
      description = "Lists all rules: id, severity, demand.",
      mixinStandardHelpOptions = true)
  int list() {
    for (var about : BuiltInPolicies.rules()) {
      terminal.out().printf("%-36s %-8s %s%n", about.id(), about.severity().word(), about.demand());
    }
    terminal.out().flush();
    return 0;
  }
}
