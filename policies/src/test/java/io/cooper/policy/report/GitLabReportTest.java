package io.cooper.policy.report;

import static io.cooper.policy.report.Samples.error;
import static io.cooper.policy.report.Samples.warning;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.YamlReader;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S31")
class GitLabReportTest {
  @Test
  void each_finding_is_an_issue_with_a_fingerprint_of_its_own() {
    var issues =
        issues(
            Samples.report(
                List.of(
                    error("a.yaml", 1, "wrong"),
                    error("a.yaml", 2, "wrong"),
                    warning("b.yaml", 7, "risky"))));

    assertThat(issues.stream().map(issue -> issue.text("fingerprint").orElse("")))
        .doesNotHaveDuplicates();
    assertThat(issues.stream().map(issue -> issue.text("severity").orElse("")))
        .containsExactly("critical", "critical", "minor");
    assertThat(issues.getLast().text("location", "path")).contains("b.yaml");
    assertThat(issues.getLast().text("location", "lines", "begin")).contains("7");
  }

  private static List<Mapping> issues(CheckReport report) {
    var text = Samples.print(new GitLabReport(), report);
    var root = (Sequence) YamlReader.ofSources().read("gitlab", text).documents().getFirst();
    return root.items().stream().map(Mapping.class::cast).toList();
  }
}
