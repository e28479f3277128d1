package io.cooper.flux.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.flux.ignore.IgnoreRule;
import io.cooper.flux.ignore.SpecIgnore;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceTreeTest {
  private static final String STORE =
      """
      apiVersion: barmancloud.cnpg.io/v1
      kind: ObjectStore
      metadata:
        name: homeassistant-postgresql-backup
      """;

  @TempDir Path folder;

  @Test
  @Tag("X6")
  @Tag("X34")
  @Tag("S29")
  @Tag("S4")
  void a_hidden_file_is_explained_by_its_rule_and_an_object_name_never_matters() {
    var git =
        Sandbox.repository(folder)
            .write(".gitignore", "# dumps\n*backup*.yaml\n")
            .write("apps/db/objectstore.yaml", STORE)
            .write("apps/db/postgresql-backup.yaml", STORE)
            .write("charts/grafana/templates/backup-cronjob.yaml", STORE)
            .commit();

    try (var tree = git.workingTree()) {
      assertThat(tree.explain("apps/db/postgresql-backup.yaml").lines())
          .first()
          .isEqualTo(
              "apps/db/postgresql-backup.yaml: not in Git: hidden by .gitignore:2 *backup*.yaml");
      assertThat(tree.fate("charts/grafana/templates/backup-cronjob.yaml").rule())
          .map(IgnoreRule::toString)
          .hasValue(".gitignore:2 *backup*.yaml");
      assertThat(tree.explain("apps/db/objectstore.yaml").lines())
          .first()
          .isEqualTo("apps/db/objectstore.yaml: tracked; no rule matches");
    }
  }

  @Test
  @Tag("S12")
  void a_tracked_file_that_a_rule_matches_is_told_although_git_is_quiet_about_it() {
    var git = Sandbox.repository(folder).write("db/backup.yaml", STORE).commit();
    git.write(".gitignore", "*backup*.yaml\n").commit();

    try (var tree = git.workingTree()) {
      var explanation = tree.explain("db/backup.yaml");
      assertThat(explanation.fate().arrives()).isTrue();
      assertThat(explanation.fate().sentence())
          .isEqualTo("tracked, rule would hide it if re-added: .gitignore:1 *backup*.yaml");
    }
  }

  @Test
  void a_file_that_is_not_there_is_still_judged_by_the_rules() {
    var git =
        Sandbox.repository(folder)
            .write(".gitignore", "*backup*.yaml\nsecret/\n")
            .write("a.yaml", "")
            .commit();

    try (var tree = git.workingTree()) {
      assertThat(tree.fate("apps/pg-backup.yaml"))
          .isInstanceOfSatisfying(
              Fate.Hidden.class, hidden -> assertThat(hidden.onDisk()).isFalse());
      assertThat(tree.fate("apps/secret")).isInstanceOf(Fate.Hidden.class);
      assertThat(tree.fate("apps/other.yaml")).isEqualTo(new Fate.Absent());
    }
  }

  @Test
  void rules_of_this_clone_and_of_this_user_count() throws Exception {
    var git =
        Sandbox.repository(folder)
            .write(".git/info/exclude", "mine.yaml\n")
            .write("mine.yaml", STORE)
            .write("theirs.yaml", STORE)
            .write("other.yaml", STORE);
    Files.createDirectories(git.home().resolve(".config/git"));
    Files.writeString(git.home().resolve(".config/git/ignore"), "theirs.yaml\n");
    Files.writeString(git.home().resolve("list"), "other.yaml\n");
    git.commit();

    try (var tree = git.workingTree()) {
      assertThat(tree.fate("mine.yaml").rule()).map(IgnoreRule::file).hasValue(".git/info/exclude");
      assertThat(tree.fate("theirs.yaml").rule())
          .map(IgnoreRule::source)
          .hasValue(IgnoreRule.Source.EXCLUDES_FILE);
    }
    git.git("config", "core.excludesFile", "~/list");
    try (var tree = git.workingTree()) {
      assertThat(tree.fate("other.yaml").rule())
          .map(IgnoreRule::file)
          .hasValue(git.home().resolve("list").toString());
    }
  }

  @Test
  void a_base_is_where_two_histories_parted() {
    var git = Sandbox.repository(folder).write("a.yaml", "old").commit();
    var parted = git.git("rev-parse", "HEAD");
    git.git("switch", "--quiet", "--create", "change");
    git.write("a.yaml", "new").write("b.yaml", "").commit();
    git.git("switch", "--quiet", "main");
    git.write("later.yaml", "").commit();
    git.git("switch", "--quiet", "change");
    git.write("a.yaml", "not committed");

    try (var tree = git.workingTree();
        var base = tree.base("main")) {
      assertThat(base.origin()).hasToString("main@sha1:" + parted);
      assertThat(base.tracked()).containsExactly("a.yaml");
      assertThat(new String(base.artifact().read("a.yaml"), StandardCharsets.UTF_8))
          .isEqualTo("old");
    }
    try (var earlier = SourceTree.ofRevision(git.root(), "main", git.environment());
        var base = earlier.base("change")) {
      assertThat(base.tracked()).as("the base of a revision").containsExactly("a.yaml");
    }
  }

  @Test
  void a_base_that_a_shallow_clone_cut_off_is_told_with_how_to_get_it() {
    var git = Sandbox.repository(folder).write("a.yaml", "1").commit();
    git.git("switch", "--quiet", "--create", "change");
    git.write("a.yaml", "2").commit();
    git.git("switch", "--quiet", "main");
    git.write("b.yaml", "").commit();
    var all = "file://" + git.root();
    git.git("clone", "--quiet", "--depth=1", "--no-single-branch", all, "shallow");

    try (var tree = SourceTree.ofWorkingTree(git.root().resolve("shallow"), git.environment())) {
      assertThatThrownBy(() -> tree.base("origin/change"))
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> {
                assertThat(e.problem().code()).isEqualTo(Code.BAD_USE);
                assertThat(e.problem().what()).contains("origin/change", "shallow clone");
                assertThat(e.problem().remedy())
                    .contains("git fetch --unshallow", "fetch-depth: 0");
              });
      assertThatThrownBy(() -> tree.base("change"))
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> assertThat(e.problem().remedy()).isEqualTo("did you mean origin/change?"));
    }
  }

  @Test
  void histories_that_never_met_have_no_base_and_a_folder_has_none_either() throws Exception {
    var git = Sandbox.repository(folder).write("a.yaml", "1").commit();
    git.git("switch", "--quiet", "--orphan", "other");
    git.write("b.yaml", "").commit();

    try (var tree = git.workingTree()) {
      assertThatThrownBy(() -> tree.base("main"))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("no commit in common")
          .hasMessageNotContaining("shallow");
    }
    var plain = Files.createDirectories(folder.resolve("plain"));
    try (var tree = SourceTree.ofWorkingTree(plain, git.environment())) {
      assertThatThrownBy(() -> tree.base("main"))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("not in a Git repository");
    }
  }

  @Test
  void the_artifact_of_a_working_tree_is_what_is_tracked_and_still_there() {
    var git =
        Sandbox.repository(folder)
            .write("kept.yaml", "old")
            .write("deleted.yaml", "")
            .link("link.yaml", "kept.yaml")
            .commit()
            .write("kept.yaml", "new")
            .write("staged.yaml", "")
            .write("untracked.yaml", "")
            .delete("deleted.yaml");
    git.git("add", "staged.yaml");

    try (var tree = git.workingTree()) {
      assertThat(tree.artifact().files()).containsExactly("kept.yaml", "staged.yaml");
      assertThat(text(tree.artifact(), "kept.yaml")).isEqualTo("new");
      assertThat(tree.fate("deleted.yaml")).isEqualTo(new Fate.Deleted());
      assertThat(tree.fate("link.yaml")).isEqualTo(new Fate.Symlink());
      assertThat(tree.fate("untracked.yaml")).isEqualTo(new Fate.Untracked());
    }
  }

  @Test
  @Tag("S15")
  void what_is_not_committed_is_listed() {
    var git =
        Sandbox.repository(folder)
            .write("a.yaml", "1")
            .write("b c.yaml", "1")
            .write("gone.yaml", "1")
            .commit()
            .write("b c.yaml", "2")
            .write("new/ä.yaml", "1")
            .delete("gone.yaml");

    try (var tree = git.workingTree()) {
      assertThat(tree.uncommitted())
          .containsExactlyInAnyOrder("b c.yaml", "gone.yaml", "new/ä.yaml");
    }
  }

  @Test
  void a_revision_holds_what_was_committed_byte_for_byte() {
    var git =
        Sandbox.repository(folder)
            .write(".gitattributes", "*.yaml text eol=crlf\n")
            .write("a b/ü.yaml", "one\n")
            .write("same.yaml", "one\n")
            .write(".gitignore", "*.log\n")
            .commit();
    git.write("same.yaml", "two\n").write("later.yaml", "").commit();

    try (var tree = git.revision("HEAD~1")) {
      assertThat(tree.artifact().files()).containsExactly("a b/ü.yaml", "same.yaml");
      assertThat(text(tree.artifact(), "same.yaml")).isEqualTo("one\n");
      assertThat(text(tree.artifact(), "a b/ü.yaml")).isEqualTo("one\n");
      assertThat(tree.fate("x.log")).isInstanceOf(Fate.Hidden.class);
      assertThat(tree.origin().toString())
          .isEqualTo("HEAD~1@sha1:" + git.git("rev-parse", "HEAD~1"));
    }
  }

  @Test
  void closing_a_revision_leaves_nothing_behind() {
    var git = Sandbox.repository(folder).write("a.yaml", "one\n").commit();

    var tree = git.revision("main");
    var scratch = tree.artifact().root();
    assertThat(scratch).exists();
    tree.close();

    assertThat(scratch).doesNotExist();
  }

  @Test
  void an_unknown_revision_is_one_clear_error() {
    var git = Sandbox.repository(folder).write("a.yaml", "").commit();

    assertThatThrownBy(() -> git.revision("v9"))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().code()).isEqualTo(Code.BAD_USE);
              assertThat(e.problem().what()).contains("v9");
            });
    assertThatThrownBy(() -> git.revision("--output=x")).isInstanceOf(ProblemException.class);
  }

  @Test
  void a_bare_repository_is_taken_at_its_head() {
    var git = Sandbox.repository(folder).write("a.yaml", STORE).commit();
    git.git("clone", "--quiet", "--bare", ".", "bare.git");

    try (var tree = SourceTree.ofWorkingTree(git.root().resolve("bare.git"), git.environment())) {
      assertThat(tree.artifact().files()).containsExactly("a.yaml");
      assertThat(tree.notices()).anySatisfy(notice -> assertThat(notice.what()).contains("bare"));
    }
  }

  @Test
  void a_shallow_clone_a_detached_head_and_a_linked_worktree_are_ordinary() {
    var git = Sandbox.repository(folder).write("a.yaml", "1").commit();
    git.write("a.yaml", "2").write("b.yaml", "").commit();
    git.git("clone", "--quiet", "--depth=1", "file://" + git.root(), "shallow");
    git.git("worktree", "add", "--quiet", "--detach", "linked", "HEAD~1");
    git.write(".git/info/exclude", "hidden.yaml\n").write("linked/hidden.yaml", STORE);

    try (var shallow = SourceTree.ofWorkingTree(git.root().resolve("shallow"), git.environment());
        var linked = SourceTree.ofWorkingTree(git.root().resolve("linked"), git.environment())) {
      assertThat(shallow.artifact().files()).containsExactly("a.yaml", "b.yaml");
      assertThatThrownBy(() ->
              SourceTree.ofRevision(git.root().resolve("shallow"), "HEAD~1", git.environment()))
          .hasMessageContaining("shallow");
      assertThat(linked.artifact().files()).containsExactly("a.yaml");
      assertThat(linked.fate("hidden.yaml").rule())
          .map(IgnoreRule::file)
          .hasValue(git.root().resolve(".git/info/exclude").toString());
    }
  }

  @Test
  void a_repository_without_a_commit_is_judged_by_its_index() {
    var git = Sandbox.repository(folder).write("a.yaml", "").write("b.yaml", "");
    git.git("add", "a.yaml");

    try (var tree = git.workingTree()) {
      assertThat(tree.artifact().files()).containsExactly("a.yaml");
      assertThat(tree.fate("b.yaml")).isEqualTo(new Fate.Untracked());
      assertThatThrownBy(() -> git.revision("HEAD")).isInstanceOf(ProblemException.class);
    }
  }

  @Test
  void outside_of_a_repository_everything_counts_as_tracked_with_one_notice() {
    var sandbox =
        Sandbox.folder(folder).write("a.yaml", "").write("b/.gitignore", "*").write("b/c.yaml", "");

    try (var tree = sandbox.workingTree()) {
      assertThat(tree.artifact().files()).containsExactly("a.yaml", "b/c.yaml");
      assertThat(tree.notices()).hasSize(1);
    }
  }

  @Test
  void a_folder_inside_finds_the_root_and_a_link_to_it_as_well() throws Exception {
    var git = Sandbox.repository(folder).write("clusters/a/x.yaml", "").commit();
    var link = Files.createSymbolicLink(folder.resolve("link"), git.root().resolve("clusters/a"));

    try (var inside =
            SourceTree.ofWorkingTree(git.root().resolve("clusters/a"), git.environment());
        var linked = SourceTree.ofWorkingTree(link, git.environment())) {
      assertThat(inside.root()).isEqualTo(git.root());
      assertThat(inside.start()).isEqualTo("clusters/a");
      assertThat(linked.root()).isEqualTo(git.root());
      assertThat(linked.artifact().files()).containsExactly("clusters/a/x.yaml");
    }
  }

  @Test
  void a_missing_folder_is_one_clear_error() {
    assertThatThrownBy(() -> SourceTree.ofWorkingTree(folder.resolve("nowhere")))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().where()).endsWith("nowhere"));
  }

  @Test
  void a_damaged_repository_is_not_taken_for_a_plain_folder() {
    var git = Sandbox.repository(folder).write("a.yaml", "").commit();
    git.write(".git/index", "garbage that is no index");

    assertThatThrownBy(git::workingTree)
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().code()).isEqualTo(Code.TOOL_FAILED));
  }

  @Test
  void a_sparse_checkout_is_completed_from_git() {
    var git =
        Sandbox.repository(folder)
            .write("here/a.yaml", "a")
            .write("away/.gitignore", "*backup*.yaml\n")
            .write("away/b.yaml", "b")
            .commit();
    git.git("sparse-checkout", "set", "here");
    assertThat(git.root().resolve("away")).doesNotExist();

    try (var tree = git.workingTree()) {
      assertThat(tree.artifact().files()).containsExactly("away/b.yaml", "here/a.yaml");
      assertThat(text(tree.artifact(), "away/b.yaml")).isEqualTo("b");
      assertThat(text(tree.artifact(), "here/a.yaml")).isEqualTo("a");
      assertThat(tree.fate("away/pg-backup.yaml").rule())
          .map(IgnoreRule::file)
          .hasValue("away/.gitignore");
    }
  }

  @Test
  void large_files_are_the_pointers_that_flux_gets() {
    var pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n";
    var git =
        Sandbox.repository(folder)
            .write(".gitattributes", "big.yaml filter=lfs diff=lfs -text\n")
            .write("big.yaml", pointer)
            .write("small.yaml", "small")
            .commit()
            .write("big.yaml", "smudged content");

    try (var tree = git.workingTree()) {
      assertThat(text(tree.artifact(), "big.yaml")).isEqualTo(pointer);
      assertThat(text(tree.artifact(), "small.yaml")).isEqualTo("small");
    }
  }

  @Test
  @Tag("S17")
  void submodules_are_left_out_unless_they_are_asked_for() {
    var other = Sandbox.repository(folder.resolve("other")).write("base/x.yaml", STORE).commit();
    var git = Sandbox.repository(folder).write("a.yaml", "").commit();
    git.git("submodule", "--quiet", "add", "file://" + other.root(), "vendor/other");
    git.commit();
    var recursive = new SourceRules(Optional.empty(), List.of(), true, List.of());

    try (var tree = git.workingTree();
        var revision = git.revision("HEAD")) {
      assertThat(tree.artifact().files()).containsExactly("a.yaml");
      assertThat(tree.fate("vendor/other/base/x.yaml"))
          .isEqualTo(new Fate.SubmoduleContent("vendor/other", false));
      assertThat(tree.with(recursive).artifact().files())
          .contains("a.yaml", "vendor/other/base/x.yaml");
      assertThat(text(revision.with(recursive).artifact(), "vendor/other/base/x.yaml"))
          .isEqualTo(STORE);
    }
    git.git("submodule", "--quiet", "deinit", "--force", "vendor/other");
    try (var tree = git.workingTree()) {
      assertThat(tree.with(recursive).notices())
          .anySatisfy(notice -> assertThat(notice.where()).isEqualTo("vendor/other"));
      assertThat(tree.with(recursive).fate("vendor/other/base"))
          .isEqualTo(new Fate.SubmoduleContent("vendor/other", true));
    }
  }

  @Test
  @Tag("S17")
  void source_ignore_files_spec_ignore_and_defaults_each_name_their_rule() {
    var git =
        Sandbox.repository(folder)
            .write("apps/.sourceignore", "# tests\n*-test.yaml\n!keep-test.yaml\n")
            .write("apps/a-test.yaml", STORE)
            .write("apps/keep-test.yaml", STORE)
            .write("docs/x.yaml", STORE)
            .write("cloudbuild.yaml", "")
            .commit();
    var spec = new SpecIgnore("flux-system/main", "/docs\n");
    var rules = new SourceRules(Optional.of(spec), List.of(), false, List.of());

    try (var tree = git.workingTree()) {
      assertThat(tree.artifact().files())
          .containsExactly(
              "apps/.sourceignore", "apps/keep-test.yaml", "cloudbuild.yaml", "docs/x.yaml");
      assertThat(tree.fate("apps/a-test.yaml").rule())
          .map(IgnoreRule::toString)
          .hasValue("apps/.sourceignore:2 *-test.yaml");
      assertThat(tree.with(rules).fate("docs/x.yaml").rule())
          .map(IgnoreRule::toString)
          .hasValue("GitRepository/flux-system/main spec.ignore:1 /docs");
    }
    git.delete("apps/.sourceignore").commit();
    try (var tree = git.workingTree()) {
      assertThat(tree.fate("cloudbuild.yaml").rule())
          .map(IgnoreRule::toString)
          .hasValue("Flux default cloudbuild.yaml");
    }
  }

  @Test
  @Tag("S17")
  void flux_brings_a_file_back_from_an_excluded_folder_and_git_does_not() {
    var git =
        Sandbox.repository(folder)
            .write(".gitignore", "out/\n!out/a.yaml\n")
            .write(".sourceignore", "in/\n!in/a.yaml\n")
            .write("out/a.yaml", STORE)
            .write("in/a.yaml", STORE)
            .write("in/b.yaml", STORE)
            .commit();

    try (var tree = git.workingTree()) {
      assertThat(tree.fate("out/a.yaml")).isInstanceOf(Fate.Hidden.class);
      assertThat(tree.artifact().files()).containsExactly(".sourceignore", "in/a.yaml");
    }
  }

  @Test
  @Tag("S17")
  void a_sparse_flux_checkout_compares_beginnings_of_paths() {
    var git =
        Sandbox.repository(folder)
            .write("apps/a.yaml", "")
            .write("apps-old/b.yaml", "")
            .write("other/c.yaml", "")
            .commit();

    try (var tree = git.workingTree()) {
      var sparse =
          tree.with(new SourceRules(Optional.empty(), List.of("./apps"), false, List.of()));
      assertThat(sparse.artifact().files()).containsExactly("apps-old/b.yaml", "apps/a.yaml");
      assertThat(sparse.fate("other/c.yaml")).isEqualTo(new Fate.NotSparse());
    }
  }

  @Test
  @Tag("S17")
  void included_content_is_copied_where_it_is_known_and_told_where_not() {
    var other =
        Sandbox.repository(folder.resolve("other"))
            .write("deploy/x.yaml", STORE)
            .write("y.yaml", "")
            .commit();
    var git = Sandbox.repository(folder).write("a.yaml", "a").commit();

    try (var theirs = other.workingTree();
        var tree = git.workingTree()) {
      var known = tree.with(including("deploy", "vendor/infra", Optional.of(theirs.artifact())));
      var unknown = tree.with(including("", "", Optional.empty()));
      assertThat(known.artifact().files()).containsExactly("a.yaml", "vendor/infra/x.yaml");
      assertThat(text(known.artifact(), "vendor/infra/x.yaml")).isEqualTo(STORE);
      assertThat(text(known.artifact(), "a.yaml")).isEqualTo("a");
      assertThat(unknown.fate("infra/any.yaml")).isEqualTo(new Fate.Included("infra"));
      known.close();
    }
  }

  private static SourceRules including(String from, String to, Optional<Artifact> content) {
    return new SourceRules(
        Optional.empty(),
        List.of(),
        false,
        List.of(new SourceRules.Include("infra", from, to, content)));
  }

  @Test
  void links_nested_repositories_and_ignored_folders_do_not_lead_the_walk_astray() {
    var git =
        Sandbox.repository(folder)
            .write(".gitignore", "node_modules/\n")
            .write("a.yaml", "")
            .link("loop/back", "..")
            .write("node_modules/x/package.yaml", STORE)
            .commit()
            .write("nested/deep/b.yaml", STORE);
    git.git("init", "--quiet", "nested");

    try (var tree = git.workingTree()) {
      assertThat(tree.onDisk()).containsExactly(".gitignore", "a.yaml");
      assertThat(tree.hiddenFolders())
          .extracting(SourceTree.HiddenFile::path)
          .containsExactly("node_modules");
      assertThat(tree.fate("nested/deep/b.yaml")).isEqualTo(new Fate.NestedRepository("nested"));
      assertThat(tree.hiddenBelow("", SourceTree::isYaml))
          .extracting(SourceTree.HiddenFile::path)
          .containsExactly("node_modules/x/package.yaml");
    }
  }

  @Test
  @Tag("S10")
  @Tag("S11")
  void a_listing_has_all_matches_and_a_component_its_numbers() {
    var git = Sandbox.repository(folder).write(".gitignore", "*.secret.yaml\n");
    for (int i = 0; i < 12; i++) {
      git.write("infrastructure/cnpg-barman/backup-%02d.yaml".formatted(i), "");
    }
    git.write("infrastructure/cnpg-barman/a.secret.yaml", "")
        .commit()
        .write("apps/backup-new.yaml", "");

    try (var tree = git.workingTree()) {
      var matches = tree.summary("", path -> path.contains("backup"));
      assertThat(matches.tracked()).hasSize(12);
      assertThat(matches.untracked()).containsExactly("apps/backup-new.yaml");
      assertThat(tree.summary("infrastructure/cnpg-barman"))
          .hasToString("13 files, 12 tracked, 1 hidden");
    }
  }

  @Test
  @Tag("X8")
  @Tag("S13")
  @Tag("S14")
  void one_sweep_finds_every_hidden_manifest_wherever_and_whatever_its_extension() {
    var git =
        Sandbox.repository(folder)
            .write(".gitignore", "*backup*\n")
            .write("infrastructure/cnpg-barman-plugin/plugin.yaml", STORE)
            .write("infrastructure/cnpg-barman-plugin/backup-rbac.yaml", STORE)
            .write("apps/home/postgresql/pg-backup.yml", STORE)
            .write("clusters/example/backups/x.yaml", STORE)
            .commit();

    try (var tree = git.workingTree()) {
      assertThat(tree.hiddenBelow("", SourceTree::isYaml))
          .extracting(SourceTree.HiddenFile::path)
          .containsExactlyInAnyOrder(
              "infrastructure/cnpg-barman-plugin/backup-rbac.yaml",
              "apps/home/postgresql/pg-backup.yml",
              "clusters/example/backups/x.yaml");
    }
  }

  @Test
  void a_hook_that_points_git_elsewhere_is_not_followed() {
    var other = Sandbox.repository(folder.resolve("other")).write("wrong.yaml", "").commit();
    var git = Sandbox.repository(folder).write("right.yaml", "").commit();
    var environment = new HashMap<>(git.environment());
    environment.put("GIT_DIR", other.root().resolve(".git").toString());
    environment.put("GIT_INDEX_FILE", other.root().resolve(".git/index").toString());

    try (var tree = SourceTree.ofWorkingTree(git.root(), environment)) {
      assertThat(tree.artifact().files()).containsExactly("right.yaml");
    }
  }

  @Test
  void a_partial_clone_is_told_and_the_network_is_left_alone() {
    var git = Sandbox.repository(folder).write("a.yaml", STORE).write("b.yaml", "b").commit();
    git.git("config", "uploadpack.allowFilter", "true");
    git.git("clone", "--quiet", "--bare", "--filter=blob:none", "file://" + git.root(), "partial");

    try (var tree = SourceTree.ofWorkingTree(git.root().resolve("partial"), git.environment())) {
      assertThat(tree.artifact().files()).isEmpty();
      assertThat(tree.fate("a.yaml")).isEqualTo(new Fate.Unavailable());
      assertThat(tree.notices())
          .anySatisfy(notice -> assertThat(notice.where()).isEqualTo("partial clone"));
    }
  }

  @Test
  void what_a_repository_wants_to_run_is_not_run() throws Exception {
    var git = Sandbox.repository(folder).write("a.yaml", STORE).commit();
    var trace = folder.resolve("was-run");
    var script = folder.resolve("script");
    Files.writeString(script, "#!/bin/sh\ntouch '%s'\n".formatted(trace));
    assertThat(script.toFile().setExecutable(true)).isTrue();
    for (var hook : List.of("post-checkout", "post-index-change", "fsmonitor-watchman")) {
      Files.copy(script, git.root().resolve(".git/hooks").resolve(hook));
    }
    git.git("config", "core.fsmonitor", script.toString());
    git.git("config", "core.pager", script.toString());
    Files.deleteIfExists(trace);

    try (var tree = git.workingTree();
        var revision = git.revision("HEAD")) {
      assertThat(tree.uncommitted()).isEmpty();
      assertThat(revision.artifact().files()).containsExactly("a.yaml");
    }
    assertThat(trace).doesNotExist();
  }

  @Test
  void a_repository_of_another_user_is_refused_with_the_remedy() {
    var git = Sandbox.repository(folder).write("a.yaml", STORE).commit();
    var environment = new HashMap<>(git.environment());
    environment.put("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");

    assertThatThrownBy(() -> SourceTree.ofWorkingTree(git.root(), environment))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e ->
                assertThat(e.problem().remedy()).contains("safe.directory", git.root().toString()));
  }

  private static String text(Artifact artifact, String path) {
    return new String(artifact.read(path), StandardCharsets.UTF_8);
  }
}
