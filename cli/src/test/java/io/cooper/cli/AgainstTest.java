package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `check --against` and the reports for reviewers, on a branch of a copy of this project's
/// example. `main` lacks a retention policy; the branch starts there.
@Tag("S31")
class AgainstTest {
  private static final String BACKUP = "apps/home-automation/postgresql/postgresql-backup.yaml";
  private static final String STORE = "apps/grafana/objectstore.yaml";
  private static final String RETENTION = "  retentionPolicy: ";

  @TempDir private Path scratch;
  private Workspace example;

  @BeforeEach
  void aBranchWithAnOldWarning() throws IOException {
    example = new Workspace(scratch.resolve("example"));
    for (var tree : List.of("clusters", "infrastructure", "apps")) {
      example.copy(Workspace.PROJECT.resolve(tree), tree + "/");
    }
    edit(STORE, RETENTION, "  # retentionPolicy: ");
    example.commit();
    example.git("switch", "--quiet", "--create", "change");
  }

  @Test
  void a_change_answers_for_what_it_introduces_only() throws IOException {
    assertThat(check("--fail-on", "warning").status()).isEqualTo(1);
    assertThat(against("--fail-on", "warning").status()).isZero();

    edit(BACKUP, "0 0 3 * * *", "0 3 * * *");
    var run = against("--format", "json");

    assertThat(run.status()).isEqualTo(1);
    assertThat(statuses(run))
        .containsExactly("existing cnpg/store-retention", "introduced cnpg/schedule-five-fields");
    assertThat(run.json().text("summary", "introduced")).contains("1");
    assertThat(run.json().text("against").orElse("")).startsWith("main@sha1:");
  }

  @Test
  void what_a_change_repairs_is_told() throws IOException {
    edit(STORE, "  # retentionPolicy: ", RETENTION);

    var run = against("--format", "json");

    assertThat(run.json().items("findings")).isEmpty();
    assertThat(run.json().mappings("repaired").map(each -> each.text("rule").orElse("")))
        .containsExactly("cnpg/store-retention");
    assertThat(against().out()).contains("repaired", "cnpg/store-retention  " + STORE);
  }

  @Test
  void lines_that_move_introduce_nothing() throws IOException {
    var file = example.root().resolve(STORE);
    Files.writeString(file, "# one\n# two\n# three\n" + Files.readString(file));

    assertThat(statuses(against("--format", "json")))
        .containsExactly("existing cnpg/store-retention");
  }

  @Test
  void what_others_merged_meanwhile_is_not_blamed_on_the_change() throws IOException {
    example.git("switch", "--quiet", "main");
    edit(STORE, "  # retentionPolicy: ", RETENTION);
    example.git("commit", "--quiet", "--all", "--message=repair");
    example.git("switch", "--quiet", "change");

    assertThat(statuses(against("--format", "json")))
        .containsExactly("existing cnpg/store-retention");
  }

  @Test
  void each_state_is_judged_under_the_settings_it_had() {
    example.write(
        ".cooper.yaml", "skip: [{rule: cnpg/store-retention, reason: a lifecycle rule}]\n");
    example.git("add", "--all");
    example.git("commit", "--quiet", "--message=accept");

    var accepting = against("--format", "json");
    assertThat(accepting.json().items("findings")).isEmpty();
    assertThat(accepting.json().items("repaired")).as("accepted is not repaired").isEmpty();

    example.git("switch", "--quiet", "--create", "next");
    example.git("rm", "--quiet", ".cooper.yaml");
    assertThat(statuses(check("--against", "change", "--format", "json")))
        .containsExactly("introduced cnpg/store-retention");
  }

  @Test
  void a_base_whose_settings_cannot_be_read_is_judged_under_those_of_the_change() {
    example.write(".cooper.yaml", "nonsense: 1\n");
    example.git("add", "--all");
    example.git("commit", "--quiet", "--message=break");
    example.git("branch", "broken");
    example.write(".cooper.yaml", "strict: true\n");

    var run = check("--against", "broken");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.err()).contains("nonsense");
  }

  @Test
  void an_entry_that_the_base_does_not_have_is_new_as_a_whole() throws IOException {
    example.git("mv", "clusters/example", "clusters/new");
    var sync = example.root().resolve("clusters/new/flux-system/gotk-sync.yaml");
    if (Files.exists(sync)) {
      edit("clusters/new/flux-system/gotk-sync.yaml", "clusters/example", "clusters/new");
    }

    var run = against("--entry", "clusters/new", "--format", "json");

    assertThat(run.status()).as(run.err()).isNotEqualTo(2);
    assertThat(statuses(run)).contains("introduced cnpg/store-retention");
  }

  @Test
  void a_revision_can_be_compared_as_well() throws IOException {
    edit(BACKUP, "0 0 3 * * *", "0 3 * * *");
    example.git("commit", "--quiet", "--all", "--message=wrong");
    edit(BACKUP, "0 3 * * *", "0 0 3 * * *");

    assertThat(against().status()).isZero();
    assertThat(against("--rev", "HEAD").status()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"mian, not in the repository", "-x, revision -x", "change --rev nowhere, nowhere"})
  void a_base_that_is_not_there_is_wrong_use(String arguments, String says) {
    var all = new ArrayList<>(List.of("--against"));
    all.addAll(List.of(arguments.split(" ")));

    var run = check(all.toArray(String[]::new));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(says).doesNotContain("Exception");
  }

  @Test
  void a_shallow_clone_without_the_base_says_how_to_get_it() throws IOException {
    example.git("commit", "--quiet", "--allow-empty", "--message=more");
    example.git(
        "clone",
        "--quiet",
        "--depth=1",
        "--no-single-branch",
        "file://" + example.root(),
        scratch.resolve("clone").toString());

    var run = Run.of("check", scratch.resolve("clone").toString(), "--against", "origin/main");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("shallow").contains("fetch-depth: 0");
  }

  @Test
  @Tag("S20")
  void one_check_writes_all_reports_that_a_pull_request_needs() throws IOException {
    edit(BACKUP, "0 0 3 * * *", "0 3 * * *");
    var sarif = scratch.resolve("cooper.sarif");
    var comment = scratch.resolve("comment.md");
    var quality = scratch.resolve("quality.json");
    var summary = scratch.resolve("summary.md");
    var job =
        Map.of(
            "GITHUB_SERVER_URL", "https://github.example",
            "GITHUB_REPOSITORY", "o/r",
            "GITHUB_SHA", "c0ffee",
            "GITHUB_STEP_SUMMARY", summary.toString());

    var out =
        run(
            job,
            "check",
            example.root().toString(),
            "--against=main",
            "--format=github",
            "--report=sarif=" + sarif,
            "--report=markdown=" + comment,
            "--report=gitlab=" + quality,
            "--report-name=home");

    assertThat(out.lines().filter(line -> line.startsWith("::")))
        .singleElement()
        .asString()
        .startsWith("::error file=" + BACKUP);
    assertThat(Files.readString(comment))
        .startsWith("<!-- cooper:home -->")
        .contains("https://github.example/o/r/blob/c0ffee/" + BACKUP)
        .contains("```mermaid", "apps-home-automation-postgresql");
    assertThat(summary).hasSameTextualContentAs(comment);
    assertThat(Files.readString(sarif)).contains("\"baselineState\" : \"unchanged\"");
    assertThat(Files.readString(quality)).contains("\"critical\"");
  }

  private static String run(Map<String, String> environment, String... arguments) {
    var out = new ByteArrayOutputStream();
    var print = new PrintStream(out, true, StandardCharsets.UTF_8);
    Main.run(environment, print, print, arguments);
    return out.toString(StandardCharsets.UTF_8);
  }

  private Run against(String... options) {
    var arguments = new ArrayList<>(List.of("--against", "main"));
    arguments.addAll(List.of(options));
    return check(arguments.toArray(String[]::new));
  }

  private Run check(String... options) {
    var arguments = new ArrayList<>(List.of("check", example.root().toString()));
    arguments.addAll(List.of(options));
    return Run.of(arguments.toArray(String[]::new));
  }

  private static List<String> statuses(Run run) {
    return run.json()
        .mappings("findings")
        .map(each -> each.text("status").orElse("") + " " + each.text("rule").orElse(""))
        .toList();
  }

  private void edit(String path, String before, String after) throws IOException {
    var file = example.root().resolve(path);
    var text = Files.readString(file);
    assertThat(text).contains(before);
    Files.writeString(file, text.replace(before, after));
  }
}
