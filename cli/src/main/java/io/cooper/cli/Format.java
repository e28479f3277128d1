package io.cooper.cli;

import io.cooper.policy.About;
import io.cooper.policy.report.GitHubReport;
import io.cooper.policy.report.GitLabReport;
import io.cooper.policy.report.JsonReport;
import io.cooper.policy.report.JunitReport;
import io.cooper.policy.report.Links;
import io.cooper.policy.report.MarkdownReport;
import io.cooper.policy.report.Report;
import io.cooper.policy.report.SarifReport;
import io.cooper.policy.report.TextReport;
import io.cooper.policy.report.html.HtmlReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The forms of a report. One more is a line here and a line in [#report].
enum Format {
  text,
  json,
  sarif,
  junit,
  github,
  gitlab,
  markdown,
  html;

  /// What a form may need to know beside the report.
  ///
  /// @param coloured whether to use ANSI colours
  /// @param width in columns
  /// @param links to lines on the web
  /// @param name of this check among several of one repository
  /// @param root of the repository
  /// @param rules all that there are, the user's own included
  /// @param textOf the text of a file of the repository, if it can be read
  record Setting(
      boolean coloured,
      int width,
      Links links,
      String name,
      Path root,
      List<About> rules,
      Function<String, Optional<String>> textOf) {
    /// The same, where no terminal shows it.
    Setting inFile() {
      return new Setting(false, TextReport.DEFAULT_WIDTH, links, name, root, rules, textOf);
    }
  }

  Report report(Setting setting) {
    return switch (this) {
      case text -> new TextReport(setting.coloured(), setting.width());
      case json -> new JsonReport();
      case sarif -> new SarifReport(setting.rules(), setting.root(), setting.textOf());
      case junit -> new JunitReport();
      case github -> new GitHubReport();
      case gitlab -> new GitLabReport();
      case markdown -> new MarkdownReport(setting.links(), setting.name());
      case html -> new HtmlReport(setting.links());
    };
  }
}
