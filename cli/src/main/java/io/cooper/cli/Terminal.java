package io.cooper.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;

/// Where a command prints: findings to standard output, everything else to standard error.
///
/// @param out for results
/// @param err for progress and logs
/// @param interactive whether a person watches; only then are there progress bars
/// @param ansi whether to use colours: `NO_COLOR`, `CLICOLOR_FORCE` and what the terminal can do
/// @param environment variables of whoever called
record Terminal(
    PrintWriter out,
    PrintWriter err,
    boolean interactive,
    Ansi ansi,
    Map<String, String> environment) {
  private static final int COLUMNS = 80;

  static Terminal of(PrintStream out, PrintStream err, Map<String, String> environment) {
    boolean watched = System.console() != null && System.console().isTerminal();
    return new Terminal(
        new PrintWriter(out, false, StandardCharsets.UTF_8),
        new PrintWriter(err, true, StandardCharsets.UTF_8),
        watched,
        watched || forced(environment) ? Ansi.AUTO : Ansi.OFF,
        environment);
  }

  private static boolean forced(Map<String, String> environment) {
    return Optional.ofNullable(environment.get("CLICOLOR_FORCE"))
        .filter(force -> !force.equals("0"))
        .isPresent();
  }

  boolean coloured() {
    return ansi.enabled();
  }

  /// Width in columns, as the shell tells it.
  int width() {
    return Optional.ofNullable(environment.get("COLUMNS"))
        .filter(columns -> columns.matches("\\d{2,4}"))
        .map(Integer::valueOf)
        .orElse(COLUMNS);
  }
}
