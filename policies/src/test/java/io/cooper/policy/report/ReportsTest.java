package io.cooper.policy.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.api.NamespacedName;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.ObjectId;
import io.cooper.manifest.Place;
import io.cooper.manifest.YamlReader;
import io.cooper.policy.About;
import io.cooper.policy.Edit;
import io.cooper.policy.Finding;
import io.cooper.policy.Fix;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ReportsTest {
  private static final NamespacedName APPS = new NamespacedName("flux-system", "apps");
  private static final About RULE =
      new About("cnpg/store-missing", Severity.ERROR, "Demand.", "Reason.", "Do this.");

  @Test
  void text_groups_findings_by_file_and_keeps_to_the_width() {
    var text =
        print(out ->
            new TextReport(false, 80).print(report(verdict("a.yaml", 3, "long ".repeat(40))), out));

    assertThat(text.lines().findFirst()).contains("a.yaml");
    assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(text).contains("3:1").contains("→ Do this.").contains("cnpg/store-missing");
    assertThat(text.lines().reduce((_, last) -> last).orElseThrow())
        .startsWith("1 error, 0 warnings, 0 notices in 1 Kustomization, 4 objects");
  }

  @Test
  void text_lets_no_file_name_steer_the_terminal() {
    var text =
        print(out ->
            new TextReport(false, 80)
                .print(report(verdict("a.yaml", 1, "evil \u001b[2J name")), out));

    assertThat(text).doesNotContain("\u001b").contains("\\u001b[2J");
  }

  @Test
  void json_holds_everything_a_program_needs() {
    var fix = new Fix("Write it", List.of(new Edit("a.yaml", 3, "x", "y")));
    var finding =
        Finding.at(new Place("a.yaml", 3, 5), "it is \"wrong\"\n")
            .in(APPS)
            .withFix(fix)
            .withRemedy("Write y.");
    var about =
        new Finding(
            finding.place(),
            finding.message(),
            finding.remedy(),
            finding.severity(),
            Optional.of(new Finding.Subject("v1", new ObjectId("", "Service", "db", "app"))),
            finding.kustomization(),
            finding.repair());
    var json = json(report(new Verdict(RULE, Severity.ERROR, about)));

    assertThat(json.text("schemaVersion")).contains("1");
    assertThat(json.text("summary", "errors")).contains("1");
    assertThat(json.text("kustomizations", "0", "dependsOn", "0")).contains("flux-system/base");
    var first = json.mappings("findings").findFirst().orElseThrow();
    assertThat(first.plain())
        .containsEntry("rule", "cnpg/store-missing")
        .containsEntry("severity", "error")
        .containsEntry("cause", "backup")
        .containsEntry("message", "it is \"wrong\"\n")
        .containsEntry("remedy", "Write y.")
        .containsEntry("file", "a.yaml")
        .containsEntry("line", 3L)
        .containsEntry("column", 5L)
        .containsEntry("kustomization", "flux-system/apps");
    assertThat(first.text("object", "kind")).contains("Service");
    assertThat(first.text("fix", "edits", "0", "after")).contains("y");
  }

  @Test
  void json_leaves_out_what_does_not_apply() {
    var first =
        json(report(verdict("a.yaml", 1, "x"))).mappings("findings").findFirst().orElseThrow();

    assertThat(first.keys()).doesNotContain("object", "kustomization", "fix");
  }

  @Test
  void junit_is_well_formed_whatever_names_hold() throws Exception {
    var document =
        junit(report(verdict("bad\u0000\ud800<name>.yaml", 1, "control \u0007 and ]]> and &")));

    assertThat(document.getElementsByTagName("failure").getLength()).isEqualTo(1);
    assertThat(document.getElementsByTagName("testsuite").getLength()).isEqualTo(2);
  }

  @Test
  void junit_fails_on_errors_only() throws Exception {
    var warning =
        new Verdict(RULE, Severity.WARNING, Finding.at(Place.startOf("a.yaml"), "risky").in(APPS));
    var document = junit(report(warning));

    assertThat(document.getElementsByTagName("failure").getLength()).isZero();
    assertThat(document.getElementsByTagName("system-out").item(0).getTextContent())
        .contains("risky");
  }

  @Test
  void ten_thousand_findings_are_all_reported() throws Exception {
    var many =
        IntStream.rangeClosed(1, 10_000)
            .mapToObj(i -> verdict("f%d.yaml".formatted(i % 100), i, "wrong"))
            .toList();
    var report = new CheckReport("1", "worktree", 1, List.of(), List.of(), many);

    assertThat(json(report).items("findings")).hasSize(10_000);
    assertThat(junit(report).getElementsByTagName("failure").getLength()).isEqualTo(10_000);
    assertThat(print(out -> new TextReport(false, 80).print(report, out))).contains("10000 errors");
  }

  private static Verdict verdict(String file, int line, String message) {
    return new Verdict(RULE, Severity.ERROR, Finding.at(new Place(file, line, 1), message));
  }

  private static CheckReport report(Verdict verdict) {
    var row =
        new CheckReport.Row(APPS, "apps", 1, 4, List.of(new NamespacedName("flux-system", "base")));
    return new CheckReport(
        "1.2.3", "worktree", 1500, List.of("kustomize v5.8.1"), List.of(row), List.of(verdict));
  }

  private static Mapping json(CheckReport report) {
    var text = print(out -> new JsonReport().print(report, out));
    return (Mapping) YamlReader.ofSources().read("report", text).documents().getFirst();
  }

  private static Document junit(CheckReport report) throws Exception {
    var text = print(out -> new JunitReport().print(report, out));
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(text)));
  }

  private static String print(Consumer<PrintWriter> printing) {
    var text = new StringWriter();
    var out = new PrintWriter(text);
    printing.accept(out);
    out.flush();
    return text.toString();
  }
}
