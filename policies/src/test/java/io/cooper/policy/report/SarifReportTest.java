package io.cooper.policy.report;

import static io.cooper.policy.report.Samples.RISK;
import static io.cooper.policy.report.Samples.RULE;
import static io.cooper.policy.report.Samples.error;
import static io.cooper.policy.report.Samples.of;
import static io.cooper.policy.report.Samples.warning;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.YamlReader;
import io.cooper.policy.Accepted;
import io.cooper.policy.Edit;
import io.cooper.policy.Fix;
import io.cooper.policy.Verdict;
import io.cooper.policy.catalog.BuiltInPolicies;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S20")
class SarifReportTest {
  private static final Verdict PLAIN = error("apps/a.yaml", 2, "wrong");

  @Test
  void every_kind_of_result_keeps_to_the_schema() throws IOException {
    var fixed = fixed("name: old", "old", "new");
    var before = List.of(error("gone.yaml", 1, "gone"), PLAIN);
    var after = List.of(PLAIN, fixed, of(warning("b.yaml", 1, "risky"), "Service", "db", "app"));
    var accepted =
        new Accepted(error("a.yaml", 9, "known"), "a lifecycle rule", new Place("a.yaml", 9, 4));
    var report =
        Samples.report(
            after,
            List.of(accepted),
            Optional.of(Comparison.of("main", before, after, List.of(accepted), Set.of())));

    assertThat(violations(sarif(report, "name: old\n"))).isEmpty();
    assertThat(violations(sarif(Samples.report(List.of()), ""))).isEmpty();
  }

  @Test
  void the_schema_refuses_what_is_no_sarif() throws IOException {
    var text = sarif(Samples.report(List.of(PLAIN)), "");

    assertThat(violations(text.replace("\"startLine\" : 2", "\"startLine\" : 0"))).isNotEmpty();
    assertThat(violations(text.replace("\"ruleId\"", "\"rule\""))).isNotEmpty();
  }

  @Test
  void each_built_in_rule_comes_with_its_page() {
    var text =
        Samples.print(
            new SarifReport(BuiltInPolicies.rules(), Path.of("/r"), _ -> Optional.empty()),
            Samples.report(List.of()));

    var rules = run(text).mappings("tool", "driver", "rules").toList();
    assertThat(rules).hasSameSizeAs(BuiltInPolicies.rules());
    assertThat(rules)
        .allSatisfy(rule -> {
          assertThat(rule.text("help", "markdown").orElse("")).contains("**What to do:**");
          assertThat(rule.text("shortDescription", "text").orElse("")).isNotBlank();
        });
  }

  @Test
  void a_rule_that_nobody_announced_is_announced_with_its_finding() {
    var run = run(sarif(Samples.report(List.of(warning("a.yaml", 1, "x"))), ""));

    assertThat(result(run).text("ruleIndex")).contains("1");
    assertThat(run.text("tool", "driver", "rules", "1", "id")).contains(RISK.id());
  }

  @Test
  void a_place_is_a_path_below_the_root_and_a_region() {
    var location =
        result(run(sarif(Samples.report(List.of(error("a b/ü#1:x.yaml", 3, "x"))), "")))
            .mapping("locations", "0", "physicalLocation")
            .orElseThrow();

    assertThat(location.text("artifactLocation", "uri")).contains("a%20b/%C3%BC%231:x.yaml");
    assertThat(location.text("artifactLocation", "uriBaseId")).contains("SRCROOT");
    assertThat(location.text("region", "startLine")).contains("3");
    assertThat(
            run(sarif(Samples.report(List.of()), "")).text("originalUriBaseIds", "SRCROOT", "uri"))
        .contains("file:///repository/");
  }

  @Test
  void fingerprints_stay_when_lines_shift() {
    var before = run(sarif(Samples.report(List.of(PLAIN)), ""));
    var after = run(sarif(Samples.report(List.of(error("apps/a.yaml", 77, "wrong"))), ""));

    assertThat(result(after).text("partialFingerprints", "cooper/v1"))
        .isPresent()
        .isEqualTo(result(before).text("partialFingerprints", "cooper/v1"));
  }

  @Test
  void a_repair_says_which_columns_go_and_what_comes() {
    var fix =
        result(run(sarif(Samples.report(List.of(fixed("😀: old", "old", "new"))), "😀: old\n")))
            .mapping("fixes", "0", "artifactChanges", "0", "replacements", "0")
            .orElseThrow();

    assertThat(fix.text("deletedRegion", "startColumn")).contains("4");
    assertThat(fix.text("deletedRegion", "endColumn")).contains("7");
    assertThat(fix.text("insertedContent", "text")).contains("new");
  }

  @Test
  void a_repair_that_does_not_match_the_file_is_left_out() {
    var run = run(sarif(Samples.report(List.of(fixed("x", "old", "new"))), "something else\n"));

    assertThat(result(run).keys()).doesNotContain("fixes");
  }

  @Test
  void what_is_accepted_says_why_and_where() {
    var accepted = new Accepted(PLAIN, "a lifecycle rule", new Place(".cooper.yaml", 4, 5));
    var result =
        result(run(sarif(Samples.report(List.of(), List.of(accepted), Optional.empty()), "")));

    assertThat(result.text("suppressions", "0", "kind")).contains("external");
    assertThat(result.text("suppressions", "0", "justification")).contains("a lifecycle rule");
  }

  @Test
  void a_change_has_new_unchanged_and_absent_results() {
    var gone = error("gone.yaml", 1, "gone");
    var added = error("new.yaml", 1, "new");
    var run = run(sarif(Samples.change(List.of(gone, PLAIN), List.of(PLAIN, added)), ""));

    assertThat(run.mappings("results").map(each -> each.text("baselineState").orElse("")))
        .containsExactly("unchanged", "new", "absent");
  }

  @Test
  void text_that_looks_like_a_link_is_none() {
    var result = result(run(sarif(Samples.report(List.of(error("a", 1, "[x](http://evil)"))), "")));

    assertThat(result.text("message", "text").orElse("")).startsWith("\\[x\\](http://evil)");
  }

  private static Verdict fixed(String line, String before, String after) {
    var verdict = error("apps/a.yaml", 1, "in " + line);
    return new Verdict(
        RULE,
        verdict.severity(),
        verdict
            .finding()
            .withFix(
                new Fix("Write " + after, List.of(new Edit("apps/a.yaml", 1, before, after)))));
  }

  private static String sarif(CheckReport report, String text) {
    return Samples.print(
        new SarifReport(
            List.of(RULE),
            Path.of("/repository"),
            path -> path.equals("apps/a.yaml") ? Optional.of(text) : Optional.empty()),
        report);
  }

  private static Mapping run(String text) {
    var root = (Mapping) YamlReader.ofSources().read("sarif", text).documents().getFirst();
    return root.mapping("runs", "0").orElseThrow();
  }

  private static Mapping result(Mapping run) {
    return run.mappings("results").findFirst().orElseThrow();
  }

  private static List<Error> violations(String sarif) throws IOException {
    try (var schema =
        SarifReportTest.class.getResourceAsStream("/schema/sarif-schema-2.1.0.json")) {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
          .getSchema(schema)
          .validate(
              sarif,
              InputFormat.JSON,
              context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
    }
  }
}
