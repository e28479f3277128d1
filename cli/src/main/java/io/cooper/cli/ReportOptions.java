package io.cooper.cli;

import io.cooper.policy.report.CheckReport;
import io.cooper.policy.report.Links;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How a check is reported, and where.
final class ReportOptions {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "How to report: ${COMPLETION-CANDIDATES}.")
  private Format format = Format.text;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where to report; standard output if left out.")
  private @Nullable Path output;

  @Option(
      names = "--report",
      paramLabel = "FORMAT=FILE",
      description = "One more report of the same check, as --report sarif=cooper.sarif.")
  private Map<Format, Path> more = new LinkedHashMap<>();

  @Option(
      names = "--report-name",
      paramLabel = "NAME",
      defaultValue = "check",
      description = "Tells comments of several checks of one repository apart.")
  private String name = "check";

  @Option(
      names = "--link-base",
      paramLabel = "URL",
      description =
          "What stands before a path on the web, as https://HOST/OWNER/REPOSITORY/blob/COMMIT. GitHub's and GitLab's jobs tell it themselves.")
  private @Nullable String linkBase;

  /// Prints all reports that were asked for.
  void print(CheckReport report, Examination examination, Terminal terminal) {
    var setting =
        new Format.Setting(
            terminal.coloured(),
            terminal.width(),
            links(terminal),
            name,
            examination.source().root(),
            RuleChoice.rules(examination.settings()),
            path -> text(examination, path));
    if (output == null) {
      format.report(setting).print(report, terminal.out());
    } else {
      write(output, format, setting, report);
    }
    more.forEach((form, file) -> write(file, form, setting, report));
    if (format == Format.github) {
      stepSummary(terminal)
          .ifPresent(file ->
              write(
                  file,
                  Format.markdown,
                  setting,
                  report,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.APPEND));
    }
  }

  private Links links(Terminal terminal) {
    return linkBase == null ? Links.of(terminal.environment()) : Links.below(linkBase);
  }

  /// The page that GitHub shows for a step of a job (docs.github.com, workflow commands).
  private static Optional<Path> stepSummary(Terminal terminal) {
    return Optional.ofNullable(terminal.environment().get("GITHUB_STEP_SUMMARY"))
        .filter(file -> !file.isBlank())
        .map(Path::of);
  }

  private static Optional<String> text(Examination examination, String path) {
    return examination.source().read(path).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  private static void write(
      Path file, Format format, Format.Setting setting, CheckReport report, OpenOption... how) {
    try (var out = new PrintWriter(Files.newBufferedWriter(file, how))) {
      format.report(setting.inFile()).print(report, out);
      if (out.checkError()) {
        throw new IOException("the disk may be full");
      }
    } catch (IOException e) {
      throw new Problem(
              Code.BAD_USE,
              file.toString(),
              "cannot be written: " + e,
              "name a file that can be written")
          .asException();
    }
  }
}
