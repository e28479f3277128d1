package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every command, on a copy of this project's own example.
class CommandsTest {
  private static final String BACKUP = "apps/home-automation/postgresql/postgresql-backup.yaml";

  @TempDir private Path scratch;
  private Workspace example;

  @BeforeEach
  void copyTheExample() throws IOException {
    example = new Workspace(scratch.resolve("example"));
    for (var tree : List.of("clusters", "infrastructure", "apps")) {
      example.copy(Workspace.PROJECT.resolve(tree), tree + "/");
    }
    example.commit();
  }

  @Test
  @Tag("S38")
  @Tag("S110")
  @Tag("S152")
  @Tag("S245")
  @Tag("S246")
  void the_example_has_the_required_shape_and_is_clean() {
    var run = check("--fail-on", "warning", "--format", "json");

    assertThat(run.status()).as(run.out()).isZero();
    assertThat(run.json().items("findings")).isEmpty();
    assertThat(run.json().mappings("kustomizations").map(row -> row.text("name").orElse("")))
        .contains(
            "infrastructure-cnpg-operator",
            "infrastructure-cnpg-barman-plugin",
            "apps-home-automation-postgresql");
    for (var path :
        List.of(
            "clusters/example/infrastructure/core.yaml",
            "infrastructure/cnpg-barman-plugin/kustomization.yaml",
            "apps/home-automation/postgresql/objectstore.yaml",
            "apps/home-automation/postgresql/cluster.yaml",
            BACKUP)) {
      assertThat(Workspace.PROJECT.resolve(path)).exists();
    }
  }

  @Test
  void the_whole_project_is_clean_under_its_own_check() {
    var run = Run.of("check", Workspace.PROJECT.toString(), "--fail-on", "warning");

    assertThat(run.status()).as(run.out() + run.err()).isZero();
  }

  @Test
  void a_warning_fails_a_check_only_when_asked() throws IOException {
    spoil("apps/grafana/objectstore.yaml", "retentionPolicy", "# retentionPolicy");

    assertThat(check().status()).isZero();
    assertThat(check("--fail-on", "warning").status()).isEqualTo(1);
    assertThat(check("--fail-on", "never").status()).isZero();
  }

  @Test
  void rules_can_be_chosen_and_left_out() throws IOException {
    spoil(BACKUP, "0 0 3 * * *", "0 3 * * *");

    assertThat(check("--only", "cnpg/*").status()).isEqualTo(1);
    assertThat(check("--only", "flux/*").status()).isZero();
    assertThat(check("--skip", "cnpg/schedule-five-fields").status()).isZero();
    assertThat(check("--only", "cnpg/store-missing", "--skip", "cnpg/*").status()).isEqualTo(2);
  }

  @Test
  void a_suppression_in_the_file_and_one_in_the_settings_accept_a_finding() throws IOException {
    spoil(
        BACKUP,
        "\"0 0 3 * * *\"",
        "\"0 3 * * *\" # cooper:ignore cnpg/schedule-five-fields – hourly is meant");
    assertThat(check("--fail-on", "warning").out()).startsWith("0 errors, 0 warnings");

    spoil(BACKUP, " # cooper:ignore cnpg/schedule-five-fields – hourly is meant", "");
    example.write(
        ".cooper.yaml",
        "skip: [{rule: cnpg/schedule-five-fields, files: ['apps/**'], reason: hourly is meant}]\n");
    example.git("add", "--all");
    assertThat(check("--fail-on", "warning").out()).startsWith("0 errors, 0 warnings");
  }

  @Test
  void a_rule_that_is_off_by_default_runs_when_the_settings_name_it() throws IOException {
    example
        .write(".gitignore", "*.tmp\n")
        .write(".cooper.yaml", "severities: {ignore/unexplained-pattern: warning}\n");
    example.git("add", "--all");

    assertThat(check().out()).contains("ignore/unexplained-pattern");
  }

  @Test
  @Tag("S7")
  void a_name_added_to_the_catalogue_makes_a_bad_pattern_a_finding() {
    example.write(".gitignore", "nightly-*\n");
    example.git("add", "--all");
    assertThat(check("--only", "ignore/*").out()).startsWith("0 errors, 0 warnings");

    example.write(".cooper.yaml", "knownNames: [nightly-export.yaml]\n");
    example.git("add", "--all");
    assertThat(check("--only", "ignore/*").out())
        .contains("ignore/broad-pattern")
        .contains("nightly-export.yaml");
  }

  @Test
  void a_variable_that_only_the_cluster_has_gets_its_value_from_the_settings() throws IOException {
    spoil(
        "clusters/example/apps/grafana.yaml",
        "  prune: true",
        "  prune: true\n  postBuild: {substitute: {A: b}}");
    spoil("apps/grafana/schedule.yaml", "metadata:", "metadata:\n  labels: {site: \"${SITE}\"}");
    assertThat(check("--only", "flux/*").out())
        .contains("flux/variable-unresolved")
        .contains("SITE");

    example.write(".cooper.yaml", "variables: {SITE: home}\n");
    example.git("add", "--all");
    assertThat(check("--only", "flux/*", "--fail-on", "warning").status()).isZero();
    assertThat(
            Run.of(
                    "render",
                    example.root().toString(),
                    "--kustomization",
                    "flux-system/apps-grafana",
                    "--strict")
                .out())
        .contains("site: home");
  }

  @Test
  void a_revision_is_judged_as_it_was_committed() throws IOException {
    spoil(BACKUP, "0 0 3 * * *", "0 3 * * *");

    assertThat(check().status()).isEqualTo(1);
    var committed = check("--rev", "HEAD", "--format", "json");
    assertThat(committed.status()).isZero();
    assertThat(committed.json().text("revision").orElseThrow()).startsWith("HEAD@sha1:");
  }

  @Test
  @Tag("S20")
  void a_folder_as_path_limits_findings_to_what_concerns_it() throws IOException {
    spoil(BACKUP, "0 0 3 * * *", "0 3 * * *");

    assertThat(Run.of("check", example.root().resolve("apps/home-automation").toString()).status())
        .isEqualTo(1);
    assertThat(Run.of("check", example.root().resolve("apps/grafana").toString()).status())
        .isZero();
    assertThat(Run.of("check", example.root().resolve("clusters/example").toString()).status())
        .isEqualTo(1);
  }

  @Test
  void reports_go_to_a_file_when_asked() throws Exception {
    spoil(BACKUP, "0 0 3 * * *", "0 3 * * *");
    var report = scratch.resolve("report.xml");

    var run = check("--format", "junit", "--output", report.toString());

    assertThat(run.out()).isEmpty();
    var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile());
    assertThat(document.getElementsByTagName("failure").getLength()).isEqualTo(1);
    assertThat(document.getElementsByTagName("testsuite").getLength()).isEqualTo(9);
  }

  @Test
  void one_kustomization_is_rendered_to_standard_output() {
    var run =
        Run.of("render", example.root().toString(), "--kustomization", "flux-system/apps-grafana");

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("kind: Cluster")
        .doesNotContain("kind: CustomResourceDefinition");
  }

  @Test
  @Tag("S18")
  void all_are_rendered_to_a_folder() throws IOException {
    var out = scratch.resolve("out");

    assertThat(
            Run.of("render", example.root().toString(), "--all", "--output", out.toString())
                .status())
        .isZero();
    assertThat(out.resolve("flux-system_flux-system.yaml"))
        .content()
        .contains("kind: Kustomization");
    try (var files = Files.list(out)) {
      assertThat(files).hasSize(8);
    }
  }

  @Test
  void a_misspelt_kustomization_is_wrong_use_and_offers_the_right_one() {
    var run =
        Run.of("render", example.root().toString(), "--kustomization", "flux-system/apps-graphana");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("did you mean flux-system/apps-grafana?");
  }

  @ParameterizedTest
  @Tag("S49")
  @ValueSource(strings = {"text", "mermaid", "dot", "svg", "json"})
  void the_graph_is_drawn_in_every_form(String format) {
    var run = Run.of("graph", example.root().toString(), "--format", format);

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("infrastructure-cnpg-operator");
  }

  @Test
  @Tag("S26")
  void a_plan_in_waves_puts_the_plugin_before_the_database() {
    var rows = check("--format", "json").json().mappings("kustomizations").toList();
    var waves =
        rows.stream()
            .collect(
                java.util.stream.Collectors.toMap(
                    row -> row.text("name").orElse(""),
                    row -> Integer.parseInt(row.text("wave").orElse("0"))));

    assertThat(waves.get("infrastructure-cnpg-operator"))
        .isLessThan(waves.get("infrastructure-cnpg-barman-plugin"));
    assertThat(waves.get("infrastructure-cnpg-barman-plugin"))
        .isLessThan(waves.get("apps-home-automation-postgresql"));
  }

  @Test
  void a_rule_is_explained_by_its_own_page() {
    var run = Run.of("explain", "cnpg/schedule-five-fields");

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("minute 3 of *every hour*").contains("What to do:");
  }

  @Test
  void a_misspelt_rule_is_not_taken_for_a_file() {
    var run = Run.of("explain", "cnpg/schedule-five-field");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("did you mean cnpg/schedule-five-fields?");
  }

  @Test
  @Tag("S4")
  @Tag("X6")
  void a_file_is_explained_by_the_rule_that_decides() {
    example.write(".gitignore", "# dumps\n*backup*.yaml\n").write("apps/new-backup.yaml", "a: b\n");

    assertThat(explain(BACKUP))
        .contains("tracked")
        .contains(".gitignore:2")
        .contains("*backup*.yaml");
    assertThat(explain("apps/new-backup.yaml")).contains("not in Git").contains(".gitignore:2");
    assertThat(explain("apps/home-automation/postgresql/objectstore.yaml"))
        .contains("no rule matches");
    assertThat(explain("apps/nowhere.yaml")).contains("neither on disk nor in Git");
  }

  @Test
  @Tag("S10")
  @Tag("S11")
  void files_are_listed_with_what_becomes_of_them() {
    example
        .write(".gitignore", "*-dump.yaml\n")
        .write("apps/a-dump.yaml", "a: b\n")
        .write("apps/new-postgresql.yaml", "a: b\n");

    var run = Run.of("files", example.root().toString(), "--match", "dump|postgresql");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("tracked    " + BACKUP)
        .contains("untracked  apps/new-postgresql.yaml")
        .contains("hidden     apps/a-dump.yaml  by .gitignore:1");
    var component =
        Run.of("files", example.root().resolve("infrastructure/cnpg-barman-plugin").toString());
    assertThat(component.status()).isZero();
    assertThat(component.out()).containsPattern("(\\d+) files, \\1 tracked");
  }

  @Test
  void the_policies_are_listed() {
    assertThat(Run.of("policies", "list").out())
        .contains("ignore/hidden-manifest", "flux/dependency-cycle");
  }

  @Test
  void a_report_says_by_which_releases_it_judged_and_who_said_so() {
    var run = check("--format", "json", "--cluster-versions", "kubernetes=1.34,cert-manager=0.1");

    var releases = run.json().mappings("releases").toList();
    assertThat(releases)
        .anySatisfy(each -> {
          assertThat(each.text("product")).contains("kubernetes");
          assertThat(each.text("inUse"))
              .hasValueSatisfying(it -> assertThat(it).startsWith("1.34"));
          assertThat(each.text("checkedAgainst"))
              .hasValueSatisfying(it -> assertThat(it).startsWith("1.34"));
          assertThat(each.text("source")).contains("--cluster-versions");
          assertThat(each.find("file")).isEmpty();
        })
        .anySatisfy(each -> {
          assertThat(each.text("product")).contains("plugin");
          assertThat(each.text("file"))
              .contains("infrastructure/cnpg-barman-plugin/deployment.yaml");
        });
    assertThat(run.err())
        .contains("0.1.0 (--cluster-versions) is not in the catalogue; checked against")
        .doesNotContain("1.34");
  }

  private static final String OWN_RULE =
      """
      rules:
        - id: user/owner
          severity: notice
          message: a Deployment without an owner
          reason: Nobody is called at night who does not know that they are meant.
          remedy: write the label team
          docs: https://wiki.example.org/owners?a=1&b=2
          match: {kind: Deployment}
          expression: has(object.metadata.labels.team)
      """;

  @Test
  void a_rule_of_the_users_own_is_listed_and_explained() {
    example.write(".cooper.yaml", OWN_RULE);
    var settings = example.root().resolve(".cooper.yaml").toString();

    assertThat(Run.of("policies", "list", example.root().toString()).out().lines())
        .last()
        .asString()
        .matches("user/owner +notice +a Deployment without an owner");
    var run = Run.of("explain", "user/owner", "--config", settings);
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains(
            "user/owner (notice)",
            "Nobody is called at night",
            "What to do: write the label team",
            "https://wiki.example.org/owners");
    assertThat(Run.of("explain", "user/owners", "--config", settings).err())
        .contains("there is no such rule", "did you mean user/owner?");
  }

  @Test
  void settings_that_cannot_be_understood_do_not_keep_the_other_rules_from_the_list() {
    example.write(".cooper.yaml", OWN_RULE.replace("docs: https://", "docs: wiki/"));

    var run = Run.of("policies", "list", example.root().toString());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).contains("ignore/hidden-manifest");
    assertThat(run.err()).contains(".cooper.yaml:7:11", "is no address on the web");
  }

  @Test
  void reports_hold_the_page_of_a_rule_of_the_users_own() throws IOException {
    example.write(".cooper.yaml", OWN_RULE);
    var sarif = scratch.resolve("report.sarif");
    var html = scratch.resolve("report.html");

    var run = check("--format", "json", "--report", "sarif=" + sarif, "--report", "html=" + html);

    assertThat(run.json().items("findings"))
        .isNotEmpty()
        .allSatisfy(finding -> {
          assertThat(finding.find("rule").orElseThrow().plain()).isEqualTo("user/owner");
          assertThat(finding.find("docs").orElseThrow().plain())
              .isEqualTo("https://wiki.example.org/owners?a=1&b=2");
        });
    assertThat(Files.readString(sarif))
        .contains(
            "\"helpUri\" : \"https://wiki.example.org/owners?a=1&b=2\"",
            "Nobody is called at night");
    assertThat(Files.readString(html))
        .contains(
            "Nobody is called at night", "href=\"https://wiki.example.org/owners?a=1&amp;b=2\"");
  }

  @Test
  void the_rules_of_the_users_own_stand_in_sarif_where_nothing_was_found() {
    example.write(
        ".cooper.yaml",
        OWN_RULE
            .replace("has(object.metadata.labels.team)", "true")
            .replace("    docs: https://wiki.example.org/owners?a=1&b=2\n", ""));

    assertThat(check("--format", "sarif").out())
        .contains("\"id\" : \"user/owner\"", "Nobody is called at night")
        .doesNotContain("helpUri");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"check", "render", "graph", "explain", "files", "policies", "plugin", "migrate"})
  void every_command_has_help(String command) {
    var run = Run.of(command, "--help");

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("Usage: cooper " + command);
  }

  @Test
  void completion_for_the_shell_is_printed() {
    assertThat(Run.of("generate-completion").out()).contains("complete").contains("--fail-on");
  }

  @Test
  void no_command_is_wrong_use() {
    assertThat(Run.of().status()).isEqualTo(2);
    assertThat(Run.of("chekc").err()).contains("check");
  }

  private Run check(String... options) {
    var arguments = new java.util.ArrayList<>(List.of("check", example.root().toString()));
    arguments.addAll(List.of(options));
    return Run.of(arguments.toArray(String[]::new));
  }

  private String explain(String path) {
    return Run.of("explain", example.root().resolve(path).toString()).out();
  }

  private void spoil(String path, String before, String after) throws IOException {
    var file = example.root().resolve(path);
    var text = Files.readString(file);
    assertThat(text).contains(before);
    Files.writeString(file, text.replace(before, after));
  }
}
