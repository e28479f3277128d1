package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `cooper fix` on the example repository with mistakes put in.
class FixCommandTest {
  private static final String BACKUP = "apps/home-automation/postgresql/postgresql-backup.yaml";
  private static final String CLUSTER = "apps/grafana/cluster.yaml";
  private static final String MONITORING = "clusters/example/infrastructure/core.yaml";

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void copyExample() throws IOException {
    workspace = new Workspace(folder);
    for (var tree : new String[] {"clusters", "infrastructure", "apps"}) {
      workspace.copy(Workspace.PROJECT.resolve(tree), tree + "/");
    }
  }

  private String read(String path) {
    try {
      return Files.readString(folder.resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void replace(String path, String before, String after) {
    var text = read(path);
    assertThat(text).contains(before);
    workspace.write(path, text.replace(before, after));
  }

  private Run fix(String... options) {
    var arguments = new ArrayList<>(List.of("fix", folder.toString()));
    arguments.addAll(List.of(options));
    return Run.of(arguments.toArray(String[]::new));
  }

  @Test
  @Tag("X1")
  void mistakes_are_repaired_in_their_places_and_nothing_else_changes() {
    var backup = read(BACKUP);
    replace(BACKUP, "\"0 0 3 * * *\"", "\"0 3 * * *\" # nightly");
    replace(
        BACKUP, "name: barman-cloud.cloudnative-pg.io", "name: homeassistant-postgresql-backup");
    replace(CLUSTER, "      isWALArchiver: true\n", "");
    replace(MONITORING, "    - name: infrastructure-prometheus-operator-crds\n", "");
    workspace.commit();

    var run = fix();

    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(read(BACKUP)).isEqualTo(backup.replace("* * *\"", "* * *\" # nightly"));
    assertThat(read(CLUSTER)).endsWith("grafana-postgresql\n      isWALArchiver: true\n");
    assertThat(read(MONITORING))
        .contains("dependsOn:\n    - name: infrastructure-prometheus-operator-crds\n    # PodMon");
    assertThat(workspace.git("diff", "--name-only").lines())
        .containsExactlyInAnyOrder(BACKUP, CLUSTER, MONITORING);
    assertThat(run.out())
        .contains("fixed  " + BACKUP + ":8:13  cnpg/schedule-five-fields")
        .contains("4 repairs made in 3 files; 0 findings left");

    assertThat(fix().out()).isEqualTo("0 repairs made in 0 files; 0 findings left\n");
  }

  @Test
  void a_dry_run_prints_what_git_can_apply_and_writes_nothing() {
    replace(BACKUP, "\"0 0 3 * * *\"", "\"0 3 * * *\"");
    workspace.write(BACKUP, read(BACKUP).replace("\n", "\r\n"));
    workspace.commit();

    var run = fix("--dry-run");

    assertThat(run.status()).isEqualTo(1);
    assertThat(workspace.git("status", "--porcelain")).isEmpty();
    assertThat(run.err()).contains("would fix", "1 repair to make in 1 file; 0 findings left");
    workspace.write(".git/fix.patch", run.out().getBytes(StandardCharsets.UTF_8));
    workspace.git("apply", ".git/fix.patch");
    assertThat(read(BACKUP)).contains("schedule: \"0 0 3 * * *\"\r\n");
  }

  @Test
  void only_the_rules_that_are_named_are_repaired() {
    replace(BACKUP, "\"0 0 3 * * *\"", "\"0 3 * * *\"");
    replace(CLUSTER, "      isWALArchiver: true\n", "");
    workspace.commit();

    fix("--rule", "cnpg/no-wal-archiver");

    assertThat(workspace.git("diff", "--name-only").strip()).isEqualTo(CLUSTER);
    assertThat(fix("--rule", "cnpg/no-wal").err()).contains("did you mean cnpg/no-wal-archiver?");
  }

  @Test
  void what_is_left_says_why_and_fails_where_it_is_an_error() {
    replace(CLUSTER, "isWALArchiver: true", "isWALArchiver: false");
    replace("apps/grafana/objectstore.yaml", "  retentionPolicy: \"14d\"\n", "");
    workspace.commit();

    var run = fix();

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("by hand: isWALArchiver: false was written on purpose")
        .contains("by hand: how long backups must be kept is a decision");
    assertThat(workspace.git("status", "--porcelain")).isEmpty();
  }

  @Test
  void findings_that_were_accepted_are_not_repaired() {
    replace(
        BACKUP,
        "schedule: \"0 0 3 * * *\"",
        "schedule: \"0 3 * * *\" # cooper:ignore cnpg/schedule-five-fields – hourly is meant");
    workspace.commit();

    var run = fix();

    assertThat(run.out()).isEqualTo("0 repairs made in 0 files; 0 findings left\n");
    assertThat(workspace.git("status", "--porcelain")).isEmpty();
  }

  @Test
  void repairs_of_one_line_are_made_one_after_the_other() {
    replace(MONITORING, "  timeout: 10m0s\n", "");
    replace(MONITORING, "  wait: true\n", "");
    workspace.commit();

    var run = fix();

    assertThat(run.status()).as(run.out()).isZero();
    assertThat(fix().out()).startsWith("0 repairs made");
  }

  @Test
  void files_with_other_changes_and_files_outside_of_git_are_told() {
    workspace.commit();
    replace(BACKUP, "\"0 0 3 * * *\"", "\"0 3 * * *\"");
    workspace.write(".gitignore", "*backup*.yaml\n");

    var run = fix();

    assertThat(run.out())
        .contains("  " + BACKUP + " – had other changes that are not committed")
        .contains("  .gitignore – not in Git, so git diff does not show the change");
    assertThat(read(".gitignore")).isNotEqualTo("*backup*.yaml\n");
  }

  @Test
  void a_commit_is_not_repaired() {
    workspace.commit();

    var run = fix("--rev", "HEAD");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("a commit cannot be changed");
  }
}
