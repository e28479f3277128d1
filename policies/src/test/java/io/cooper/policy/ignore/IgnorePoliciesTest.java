package io.cooper.policy.ignore;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.ignore.SpecIgnore;
import io.cooper.flux.source.Sandbox;
import io.cooper.flux.source.SourceRules;
import io.cooper.manifest.Place;
import io.cooper.policy.Finding;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.Severity;
import io.cooper.policy.catalog.BuiltInPolicies;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IgnorePoliciesTest {
  private static final String APP = "apps/home-automation/postgresql";

  @TempDir Path folder;

  private static String object(String kind, String name) {
    return """
    apiVersion: barmancloud.cnpg.io/v1
    kind: %s
    metadata:
      name: %s
      namespace: db
    """
        .formatted(kind, name);
  }

  private static String listing(String... resources) {
    return "resources:\n  - " + String.join("\n  - ", resources) + "\n";
  }

  /// The story of the first issue: a pattern for dumps, and a manifest that its author never
  /// missed.
  private Sandbox story() {
    return Sandbox.repository(folder)
        .write(".gitignore", "# local files\n*.log\n\n# dumps\n*backup*.yaml\n")
        .write(APP + "/cluster.yaml", object("Cluster", "pg"))
        .write(APP + "/objectstore.yaml", object("ObjectStore", "homeassistant-postgresql-backup"))
        .write(
            APP + "/postgresql-backup-plugin.yaml",
            object("ObjectStore", "pg-store") + "---\n" + object("ScheduledBackup", "pg-daily"))
        .write("pg-backup-2024.yaml", "- 1\n- 2\n")
        .write("old/dump-backup-1.yaml", "rows: []\n");
  }

  @Test
  @Tag("X7")
  @Tag("S1")
  @Tag("S2")
  void a_listed_file_that_a_rule_hides_breaks_the_build() {
    var git =
        story()
            .write(
                APP + "/kustomization.yaml",
                listing("cluster.yaml", "objectstore.yaml", "postgresql-backup-plugin.yaml"))
            .commit();

    try (var source = git.workingTree()) {
      var judged = new Judged(source).with("apps", APP);
      var findings = judged.by(new HiddenManifest());

      assertThat(findings).hasSize(1);
      var finding = findings.getFirst();
      assertThat(finding.place()).isEqualTo(new Place(APP + "/kustomization.yaml", 4, 5));
      assertThat(finding.message())
          .contains(
              ".gitignore:5 *backup*.yaml",
              APP + "/postgresql-backup-plugin.yaml",
              "ObjectStore/db/pg-store",
              "ScheduledBackup/db/pg-daily",
              "Kustomization flux-system/apps",
              "breaks");
      assertThat(finding.kustomization()).hasToString("Optional[flux-system/apps]");
      assertThat(judged.by(new SilentDrop())).isEmpty();
    }
  }

  @Test
  @Tag("X7")
  @Tag("S2")
  void a_file_that_drops_out_of_a_generated_kustomization_is_told_as_silent() {
    var git = story().commit();

    try (var source = git.workingTree()) {
      var judged = new Judged(source).with("apps", APP);
      var findings = judged.by(new SilentDrop());

      assertThat(findings).hasSize(1);
      var finding = findings.getFirst();
      assertThat(finding.place()).isEqualTo(new Place(".gitignore", 5, 1));
      assertThat(finding.message())
          .contains(APP + "/postgresql-backup-plugin.yaml", "ObjectStore/db/pg-store")
          .contains("still becomes Ready");
      assertThat(finding.severity()).isEmpty();
      assertThat(judged.by(new HiddenManifest())).isEmpty();
    }
  }

  @Test
  @Tag("S5")
  void the_suggested_edit_brings_the_manifest_back_and_keeps_the_dumps_out() {
    var git = story().commit();

    try (var source = git.workingTree()) {
      var fix =
          new Judged(source).with("apps", APP).by(new SilentDrop()).getFirst().fix().orElseThrow();
      var edit = fix.edits().getFirst();
      assertThat(edit.file()).isEqualTo(".gitignore");
      assertThat(edit.line()).isEqualTo(5);
      assertThat(edit.before()).isEqualTo("*backup*.yaml");
      git.write(".gitignore", "# local files\n*.log\n\n# dumps\n" + edit.after() + "\n");
    }
    git.git("add", "--all");

    try (var source = git.workingTree()) {
      var judged = new Judged(source).with("apps", APP);
      assertThat(BuiltInPolicies.all())
          .filteredOn(policy -> policy.about().family().equals("ignore"))
          .allSatisfy(policy ->
              assertThat(judged.by((RepositoryPolicy) policy))
                  .describedAs(policy.about().id())
                  .isEmpty());
      assertThat(source.artifact().contains(APP + "/postgresql-backup-plugin.yaml")).isTrue();
      assertThat(source.tracked()).doesNotContain("pg-backup-2024.yaml", "old/dump-backup-1.yaml");
    }
  }

  @Test
  @Tag("S1")
  void a_clean_checkout_names_the_same_rule_for_a_file_that_does_not_exist() {
    var git =
        Sandbox.repository(folder)
            .write(".gitignore", "*backup*.yaml\n")
            .write(APP + "/cluster.yaml", object("Cluster", "pg"))
            .write(APP + "/kustomization.yaml", listing("cluster.yaml", "pg-backup.yaml"))
            .commit();

    try (var source = git.workingTree();
        var revision = git.revision("HEAD")) {
      for (var tree : List.of(source, revision)) {
        var findings = new Judged(tree).with("apps", APP).by(new HiddenManifest());
        assertThat(findings)
            .extracting(Finding::message)
            .singleElement()
            .asString()
            .contains(
                APP + "/pg-backup.yaml is not in Git, and .gitignore:1 *backup*.yaml would hide");
      }
    }
  }

  @Test
  void a_clean_checkout_presumes_what_folders_of_the_same_name_have() {
    var git = Sandbox.repository(folder);
    for (var app : List.of("a", "b", "c")) {
      git.write("apps/%s/postgresql/cluster.yaml".formatted(app), object("Cluster", app));
    }
    for (var app : List.of("a", "b")) {
      git.write("apps/%s/postgresql/backup.yaml".formatted(app), object("ScheduledBackup", app));
    }
    git.commit().write(".gitignore", "*backup*.yaml\n").commit();

    try (var source = git.workingTree()) {
      var findings =
          new Judged(source)
              .with("c", "apps/c/postgresql")
              .with("a", "apps/a/postgresql")
              .by(new SilentDrop());
      assertThat(findings).hasSize(1);
      assertThat(findings.getFirst().severity()).hasValue(Severity.WARNING);
      assertThat(findings.getFirst().message()).contains("apps/c/postgresql/backup.yaml");
    }
  }

  @Test
  void files_in_patches_generators_and_nested_bases_are_listed_too() {
    var git =
        Sandbox.repository(folder)
            .write(".gitignore", "*.local.*\n")
            .write(
                "apps/kustomization.yaml",
                """
                resources: [../base]
                patches:
                  - path: patch.local.yaml
                configMapGenerator:
                  - name: x
                    files: [key=data.local.txt]
                """)
            .write("base/kustomization.yaml", listing("https://example.org/x.yaml", "a.local.yaml"))
            .commit();

    try (var source = git.workingTree()) {
      assertThat(new Judged(source).with("apps", "apps").by(new HiddenManifest()))
          .extracting(Finding::place)
          .containsExactlyInAnyOrder(
              new Place("apps/kustomization.yaml", 3, 11),
              new Place("apps/kustomization.yaml", 6, 13),
              new Place("base/kustomization.yaml", 3, 5));
    }
  }

  @Test
  @Tag("X9")
  void a_hidden_folder_is_told_at_the_path_of_its_kustomization() {
    var git =
        Sandbox.repository(folder)
            .write(".gitignore", "backups/\n")
            .write("a.yaml", "")
            .write("infrastructure/backups/store.yaml", object("ObjectStore", "s"))
            .commit();

    try (var source = git.workingTree()) {
      var findings =
          new Judged(source).with("backups", "infrastructure/backups").by(new HiddenManifest());
      assertThat(findings).hasSize(1);
      assertThat(findings.getFirst().place())
          .isEqualTo(new Place("clusters/example/backups.yaml", 7, 9));
    }
  }

  @Test
  @Tag("X6")
  @Tag("S4")
  void names_of_objects_and_rules_that_match_no_manifest_never_trigger() {
    var git =
        Sandbox.repository(folder)
            .write(".gitignore", "*.log\n/dumps/\n*.sql\n*.agekey\n.private/\n*-backup-data-*\n")
            .write(APP + "/objectstore.yaml", object("ObjectStore", "pg-backup"))
            .write(APP + "/x.log", "")
            .write("dumps/pg-backup.yaml", object("ObjectStore", "dumped"))
            .write(APP + "/dump.sql", "")
            .commit();

    try (var source = git.workingTree()) {
      var judged = new Judged(source).with("apps", APP);
      for (var policy : BuiltInPolicies.all()) {
        if (policy instanceof RepositoryPolicy each && policy.about().family().equals("ignore")) {
          assertThat(judged.by(each)).describedAs(policy.about().id()).isEmpty();
        }
      }
    }
  }

  @Test
  @Tag("S6")
  @Tag("S7")
  void a_pattern_that_reaches_a_known_name_is_broad_before_anything_is_lost() {
    var git =
        Sandbox.repository(folder)
            .write(".gitignore", "*.log\n*backup*.yaml\nbackups/\ncluster.yaml\n*-special-*\n")
            .write("apps/a.yaml", object("Cluster", "a"))
            .commit();

    try (var source = git.workingTree()) {
      assertThat(new Judged(source).by(new BroadPattern()))
          .extracting(finding -> finding.place().line())
          .containsExactlyInAnyOrder(2, 3);
      assertThat(
              new Judged(source.knowing(List.of("my-special-thing.yaml"))).by(new BroadPattern()))
          .extracting(finding -> finding.place().line())
          .containsExactlyInAnyOrder(2, 3, 5);
    }
  }

  @Test
  @Tag("S6")
  void a_later_line_that_re_includes_manifests_is_heard() {
    var git =
        Sandbox.repository(folder)
            .write(".gitignore", "*backup*.yaml\n!apps/**/*.yaml\n")
            .write("apps/a.yaml", object("Cluster", "a"))
            .commit();

    try (var source = git.workingTree()) {
      assertThat(new Judged(source).by(new BroadPattern())).isEmpty();
    }
  }

  @Test
  @Tag("S5")
  void the_table_shows_what_each_version_would_hide() {
    var git = story().commit();

    try (var source = git.workingTree()) {
      var rule =
          source.gitIgnore().deciding(APP + "/postgresql-backup-plugin.yaml", false).orElseThrow();
      var narrowing = source.narrowing(rule);

      assertThat(narrowing.versions().getFirst().manifests())
          .containsExactly(APP + "/postgresql-backup-plugin.yaml");
      assertThat(narrowing.versions().getFirst().data())
          .containsExactly("old/dump-backup-1.yaml", "pg-backup-2024.yaml");
      assertThat(narrowing.versions())
          .extracting(version -> version.pattern())
          .contains("/dumps/", "*.backup", "*-backup-data-*");
      assertThat(narrowing.lines()).containsExactly("/old/", "/pg-backup-2024.yaml");
      assertThat(narrowing.table()).hasSize(narrowing.versions().size() + 1);
    }
  }

  @Test
  @Tag("X8")
  @Tag("S12")
  void a_tracked_manifest_that_a_rule_matches_is_a_warning() {
    var git =
        Sandbox.repository(folder)
            .write("apps/pg-backup.yaml", object("ObjectStore", "s"))
            .write("values-backup.yaml", "a: 1\n")
            .commit();
    git.write(".gitignore", "\n*backup*.yaml\n").commit();

    try (var source = git.workingTree()) {
      var findings = new Judged(source).with("apps", "apps").by(new TrackedButIgnored());
      assertThat(findings).hasSize(1);
      assertThat(findings.getFirst().place()).isEqualTo(new Place(".gitignore", 2, 1));
      assertThat(findings.getFirst().message())
          .contains("apps/pg-backup.yaml", "tracked, but the rule would hide it if re-added");
    }
  }

  @Test
  @Tag("S17")
  void what_flux_leaves_out_is_an_error_where_listed_and_a_warning_where_generated() {
    var git =
        Sandbox.repository(folder)
            .write(".sourceignore", "\n*-test.yaml\n")
            .write("apps/kustomization.yaml", listing("a-test.yaml", "link.yaml", "b.yaml"))
            .write("apps/a-test.yaml", object("Cluster", "a"))
            .write("apps/b.yaml", object("Cluster", "b"))
            .link("apps/link.yaml", "b.yaml")
            .write("loose/c-test.yaml", object("Cluster", "c"))
            .write("loose/values-test.yaml", "a: 1\n")
            .commit();

    try (var source = git.workingTree()) {
      var findings =
          new Judged(source).with("apps", "apps").with("loose", "loose").by(new SourceExcluded());
      assertThat(findings)
          .extracting(Finding::place)
          .containsExactlyInAnyOrder(
              new Place("apps/kustomization.yaml", 2, 5),
              new Place("apps/kustomization.yaml", 3, 5),
              new Place(".sourceignore", 2, 1));
      assertThat(findings)
          .filteredOn(finding -> finding.place().file().equals(".sourceignore"))
          .singleElement()
          .satisfies(finding -> assertThat(finding.severity()).hasValue(Severity.WARNING));
    }
  }

  @Test
  @Tag("S17")
  void spec_ignore_and_sparse_checkout_of_the_git_repository_count() {
    var git =
        Sandbox.repository(folder)
            .write("apps/kustomization.yaml", listing("a.yaml", "../base/b.yaml"))
            .write("apps/a.yaml", object("Cluster", "a"))
            .write("base/b.yaml", object("Cluster", "b"))
            .commit();
    var rules =
        new SourceRules(
            Optional.of(new SpecIgnore("flux-system/flux-system", "/apps/a.yaml")),
            List.of("apps"),
            false,
            List.of());

    try (var source = git.workingTree()) {
      assertThat(new Judged(source.with(rules)).with("apps", "apps").by(new SourceExcluded()))
          .extracting(Finding::message)
          .satisfiesExactlyInAnyOrder(
              message ->
                  assertThat(message)
                      .contains("GitRepository/flux-system/flux-system spec.ignore:1 /apps/a.yaml"),
              message -> assertThat(message).contains("base/b.yaml", "spec.sparseCheckout"));
    }
  }

  @Test
  @Tag("S15")
  void a_manifest_that_was_never_added_is_told_by_what_it_does() {
    var git =
        Sandbox.repository(folder)
            .write("apps/kustomization.yaml", listing("new.yaml"))
            .write("loose/a.yaml", object("Cluster", "a"))
            .commit()
            .write("apps/new.yaml", object("Cluster", "new"))
            .write("apps/stray.yaml", object("Cluster", "stray"))
            .write("apps/values.yaml", "a: 1\n")
            .write("loose/b.yaml", object("Cluster", "b"))
            .write("elsewhere/c.yaml", object("Cluster", "c"));

    try (var source = git.workingTree()) {
      var findings =
          new Judged(source)
              .with("apps", "apps")
              .with("loose", "loose")
              .by(new UntrackedManifest());
      assertThat(findings)
          .extracting(finding -> finding.place().file())
          .containsExactlyInAnyOrder("apps/kustomization.yaml", "apps/stray.yaml", "loose/b.yaml");
      assertThat(findings)
          .filteredOn(finding -> finding.severity().equals(Optional.of(Severity.ERROR)))
          .extracting(Finding::place)
          .containsExactly(new Place("apps/kustomization.yaml", 2, 5));
    }
  }

  @Test
  @Tag("S8")
  void a_pattern_without_a_reason_is_a_notice_when_it_is_asked_for() {
    var git =
        Sandbox.repository(folder).write(".gitignore", "# why\n*.log\n*.tmp\n\n*.bak\n").commit();

    try (var source = git.workingTree()) {
      assertThat(new Judged(source).by(new UnexplainedPattern()))
          .extracting(Finding::place)
          .containsExactly(new Place(".gitignore", 5, 1));
    }
    assertThat(BuiltInPolicies.all()).noneMatch(UnexplainedPattern.class::isInstance);
    assertThat(BuiltInPolicies.optional()).anyMatch(UnexplainedPattern.class::isInstance);
  }

  @Test
  void a_rule_of_this_user_alone_is_told_without_an_edit_of_the_repository() {
    var git =
        Sandbox.repository(folder)
            .write(".git/info/exclude", "*backup*.yaml\n")
            .write("apps/a.yaml", object("Cluster", "a"))
            .write("apps/backup.yaml", object("ObjectStore", "b"))
            .commit();

    try (var source = git.workingTree()) {
      var finding = new Judged(source).with("apps", "apps").by(new SilentDrop()).getFirst();
      assertThat(finding.place()).isEqualTo(Place.startOf("apps/backup.yaml"));
      assertThat(finding.message()).contains(".git/info/exclude:1 *backup*.yaml");
      assertThat(finding.fix()).isEmpty();
    }
  }
}
