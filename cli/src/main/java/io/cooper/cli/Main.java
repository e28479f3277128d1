package io.cooper.cli;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.StoreException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// The program as a function: arguments and streams in, exit status out.
public final class Main {
  private static final int WRONG_USE = Code.BAD_USE.exitStatus();

  private Main() {}

  /// Runs and exits.
  public static void main(String[] args) {
    // System.out flushes at every line feed of a report of ten thousand findings; a buffer does
    // not.
    var out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    int status = run(System.in, out, System.err, args);
    out.flush();
    Runtime.getRuntime().exit(status);
  }

  /// Runs a command.
  ///
  /// @return the exit status: 0 fine, 1 findings, 2 wrong use or unreadable input, 3 a needed tool
  ///   is missing or failed
  public static int run(InputStream in, PrintStream out, PrintStream err, String... args) {
    return run(System.getenv(), out, err, args);
  }

  /// Runs a command in another environment.
  static int run(
      Map<String, String> environment, PrintStream out, PrintStream err, String... args) {
    // The most frequent question of scripts is answered before anything is loaded.
    if (List.of(args).equals(List.of("--version"))) {
      out.println("cooper " + Version.CURRENT);
      out.flush();
      return 0;
    }
    var terminal = Terminal.of(out, err, environment);
    var commands =
        new Commands(terminal)
            .lineFor(args)
            .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
            .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
            .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.ansi()))
            .setParameterExceptionHandler(Main::wrongUse)
            .setExecutionExceptionHandler((e, commandLine, _) -> failed(e, commandLine));
    return commands.execute(args);
  }

  private static int wrongUse(ParameterException e, String[] args) {
    var commandLine = e.getCommandLine();
    commandLine.getErr().println("cooper: " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, commandLine.getErr());
    commandLine.getErr().printf("  try: %s --help%n", commandLine.getCommandSpec().qualifiedName());
    return WRONG_USE;
  }

  /// The one place where an error that nobody could answer becomes a line and an exit status.
  private static int failed(Exception e, CommandLine commandLine) {
    var problem =
        switch (e) {
          case ProblemException known -> known.problem();
          case StoreException known -> known.problem();
          case InterruptedException _ ->
              new Problem(
                  Code.TOOL_FAILED,
                  commandLine.getCommandSpec().qualifiedName(),
                  "cancelled",
                  "run it again; what it had begun was cleared away");
          default ->
              new Problem(
                  Code.TOOL_FAILED,
                  commandLine.getCommandSpec().qualifiedName(),
                  "unexpected: " + e,
                  "report this with the stack trace that COOPER_DEBUG=1 prints");
        };
    commandLine.getErr().println("cooper: " + problem);
    if (System.getenv("COOPER_DEBUG") != null) {
      e.printStackTrace(commandLine.getErr());
    }
    return problem.code().exitStatus();
  }
}
