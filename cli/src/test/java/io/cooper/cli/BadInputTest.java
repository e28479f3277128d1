package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.manifest.Mapping;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever a repository holds: one clear word about it, no stack trace, and the rest is judged all
/// the same. Every repository here has a healthy neighbour with one known mistake, which must be
/// found beside the bad input.
class BadInputTest {
  private static final String NEIGHBOUR = "cnpg/schedule-five-fields";

  /// The neighbour's other shortcomings.
  private static final String SKIP = "cnpg/backup-cluster-missing,flux/dependency-undeclared";

  private static final String BOMB = bomb();

  @TempDir private Path scratch;

  @Test
  void a_file_of_no_bytes_yields_nothing() {
    var run = judge(with("empty.yaml", new byte[0]).commit());

    assertThat(findings(run)).extracting(BadInputTest::rule).containsExactly(NEIGHBOUR);
  }

  @Test
  void binary_data_is_named() {
    var bytes = new byte[4096];
    new Random(1).nextBytes(bytes);
    bytes[7] = 0;

    assertNamed(judge(with("binary.yaml", bytes).commit()), "apps/bad/binary.yaml", "binary");
  }

  @Test
  void text_that_is_not_utf_8_is_named() {
    var bytes = "kind: Caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);

    assertNamed(judge(with("latin.yaml", bytes).commit()), "apps/bad/latin.yaml", "UTF-8");
  }

  @Test
  void a_tab_is_named() {
    assertNamed(
        judge(with("tab.yaml", "kind: ConfigMap\nmetadata:\n\tname: x\n").commit()),
        "apps/bad/tab.yaml",
        "tab");
  }

  @Test
  void a_key_that_stands_twice_is_named() {
    var text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  a: one\n  a: two\n";

    assertNamed(judge(with("twice.yaml", text).commit()), "apps/bad/twice.yaml", "already");
  }

  @Test
  void a_bomb_of_aliases_does_not_go_off() {
    assertNamed(judge(with("bomb.yaml", BOMB).commit()), "apps/bad/bomb.yaml", "alias");
  }

  @Test
  void a_file_of_a_hundred_megabytes_is_refused_by_size() throws IOException {
    var workspace = with("huge.yaml", "a: b\n");
    try (var file =
        new RandomAccessFile(workspace.root().resolve("apps/bad/huge.yaml").toFile(), "rw")) {
      file.setLength(100L << 20);
    }

    assertNamed(judge(workspace.commit()), "apps/bad/huge.yaml", "104857600 bytes");
  }

  @Test
  void ten_thousand_levels_of_nesting_are_refused() {
    assertNamed(
        judge(with("deep.yaml", "a: " + "[".repeat(10_000) + "]".repeat(10_000)).commit()),
        "apps/bad/deep.yaml",
        "deep");
  }

  @Test
  void symbolic_links_are_absent_wherever_they_lead() throws IOException {
    var workspace = with("real.yaml", configMap("real"));
    var folder = workspace.root().resolve("apps/bad");
    Files.createSymbolicLink(folder.resolve("loop"), Path.of("../bad"));
    Files.createSymbolicLink(folder.resolve("escape.yaml"), Path.of("/etc/passwd"));
    workspace.write("apps/bad/kustomization.yaml", "resources: [real.yaml, escape.yaml]\n");

    assertNamed(judge(workspace.commit()), "apps/bad/kustomization.yaml", "escape.yaml");
  }

  @Test
  void names_may_hold_anything() {
    var workspace = neighbour();
    var names =
        List.of(
            "with space.yaml",
            "quo'te\".yaml",
            "zeilen\numbruch.yaml",
            "größe-文.yaml",
            "#hash.yaml",
            "-dash.yaml");
    for (int i = 0; i < names.size(); i++) {
      workspace.write("apps/bad/" + names.get(i), configMap("name-" + i));
    }

    var run = judge(workspace.commit());

    assertThat(findings(run)).extracting(BadInputTest::rule).containsExactly(NEIGHBOUR);
    assertThat(run.json().text("summary", "objects"))
        .contains(Integer.toString(names.size() + 1 + 4));
  }

  @Test
  void kustomizations_that_include_each_other_are_named() {
    var workspace =
        neighbour()
            .write("apps/bad/kustomization.yaml", "resources: [below]\n")
            .write("apps/bad/below/kustomization.yaml", "resources: [../../bad]\n");

    assertNamed(
        judge(workspace.commit()),
        "apps/bad/below/kustomization.yaml",
        "circle: apps/bad → apps/bad/below → apps/bad");
  }

  @Test
  void a_path_that_leaves_the_repository_is_refused() throws IOException {
    Files.writeString(scratch.resolve("outside.yaml"), configMap("outside"));
    var workspace =
        neighbour().write("apps/bad/kustomization.yaml", "resources: [../../../outside.yaml]\n");

    assertNamed(judge(workspace.commit()), "apps/bad/kustomization.yaml", "outside.yaml");
  }

  @Test
  void a_pointer_of_git_lfs_is_no_manifest() {
    var pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12\n"
            .formatted("0".repeat(64));

    assertNamed(
        judge(with("large.yaml", pointer).commit()), "apps/bad/large.yaml", "no Kubernetes object");
  }

  @Test
  void a_folder_that_is_no_repository_is_judged_as_it_lies() {
    var run = judge(neighbour().write("apps/bad/a.yaml", configMap("a")));

    assertThat(run.err()).contains("not in a Git repository").hasLineCount(1);
    assertThat(findings(run)).extracting(BadInputTest::rule).contains(NEIGHBOUR);
  }

  @Test
  void a_repository_without_a_commit_is_judged_by_its_index() {
    var workspace = neighbour().write("apps/bad/a.yaml", configMap("a"));
    workspace.git("init", "--quiet");
    workspace.git("add", "--all");

    assertThat(findings(judge(workspace)))
        .extracting(BadInputTest::rule)
        .containsExactly(NEIGHBOUR);
  }

  @Test
  void an_empty_repository_has_nothing_to_judge() {
    var workspace = new Workspace(scratch);
    workspace.git("init", "--quiet");

    var run = judge(workspace);

    assertThat(run.status()).isZero();
    assertThat(run.err()).contains("no Flux objects");
  }

  @Test
  void a_bare_repository_is_judged_at_its_head() {
    var bare = scratch.resolve("bare.git");
    neighbour()
        .write("apps/bad/a.yaml", configMap("a"))
        .commit()
        .git("clone", "--quiet", "--bare", ".", bare.toString());

    var run = Run.of("check", bare.toString(), "--format", "json", "--skip", SKIP);

    assertThat(findings(run)).extracting(BadInputTest::rule).containsExactly(NEIGHBOUR);
    assertThat(run.json().text("revision").orElseThrow()).contains("@sha1:");
  }

  @Test
  void a_shallow_clone_with_a_detached_head_is_judged_like_any_other() {
    var clone = scratch.resolve("clone");
    neighbour()
        .write("apps/bad/a.yaml", configMap("a"))
        .commit()
        .git(
            "clone",
            "--quiet",
            "--depth=1",
            "file://" + scratch.resolve("repository"),
            clone.toString());
    new Workspace(clone).git("checkout", "--quiet", "--detach");

    assertThat(findings(Run.of("check", clone.toString(), "--format", "json", "--skip", SKIP)))
        .extracting(BadInputTest::rule)
        .containsExactly(NEIGHBOUR);
  }

  @Test
  void a_revision_that_is_not_there_is_wrong_use() {
    var root = neighbour().write("apps/bad/a.yaml", configMap("a")).commit().root();

    var run = Run.of("check", root.toString(), "--rev", "no-such-branch");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("no-such-branch").hasLineCount(2);
  }

  @Test
  void a_submodule_that_is_absent_is_said_to_be_one() throws IOException {
    var module =
        new Workspace(Files.createDirectories(scratch.resolve("module")))
            .write("a.yaml", configMap("a"))
            .commit();
    var workspace =
        neighbour().write("apps/bad/kustomization.yaml", "resources: [vendor/a.yaml]\n");
    workspace.git("init", "--quiet", "--initial-branch=main");
    workspace.git("submodule", "--quiet", "add", module.root().toString(), "apps/bad/vendor");
    workspace.commit();
    workspace.git("submodule", "--quiet", "deinit", "--force", "apps/bad/vendor");

    assertNamed(judge(workspace), "apps/bad/kustomization.yaml", "vendor/a.yaml");
  }

  @Test
  void a_folder_that_does_not_exist_is_wrong_use() {
    var run = Run.of("check", scratch.resolve("nowhere").toString());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("nowhere").hasLineCount(2);
  }

  @Test
  void an_entry_that_does_not_exist_is_wrong_use() {
    var root = neighbour().write("apps/bad/a.yaml", configMap("a")).commit().root();

    var run = Run.of("check", root.toString(), "--entry", "clusters/other");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("clusters/other");
  }

  @Test
  void a_misspelt_rule_is_wrong_use_and_offers_the_right_one() {
    var run = Run.of("check", "--only", "cnpg/store-mising");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("did you mean cnpg/store-missing?");
  }

  private Workspace with(String name, String text) {
    return with(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private Workspace with(String name, byte[] bytes) {
    return neighbour()
        .write("apps/bad/" + name, bytes)
        .write("apps/bad/kustomization.yaml", "resources: ['%s']\n".formatted(name));
  }

  private Workspace neighbour() {
    return new Workspace(scratch.resolve("repository"))
        .write(
            "clusters/one/kustomization.yaml",
            "resources: [flux-system/gotk-sync.yaml, apps.yaml]\n")
        .write(
            "clusters/one/flux-system/gotk-sync.yaml",
            """
            apiVersion: source.toolkit.fluxcd.io/v1
            kind: GitRepository
            metadata: {name: flux-system, namespace: flux-system}
            spec: {interval: 1m, url: "https://example.org/one.git", ref: {branch: main}}
            ---
            %s
            """
                .formatted(kustomization("flux-system", "clusters/one")))
        .write(
            "clusters/one/apps.yaml",
            kustomization("good", "apps/good") + "---\n" + kustomization("bad", "apps/bad"))
        .write("apps/good/kustomization.yaml", "resources: [backup.yaml]\n")
        .write(
            "apps/good/backup.yaml",
            """
            apiVersion: postgresql.cnpg.io/v1
            kind: ScheduledBackup
            metadata: {name: nightly, namespace: db}
            spec:
              schedule: "0 3 * * *"
              method: volumeSnapshot
              cluster: {name: from-elsewhere}
            """);
  }

  private static String kustomization(String name, String path) {
    return """
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata: {name: %s, namespace: flux-system}
    spec:
      interval: 1h
      timeout: 5m
      path: ./%s
      prune: true
      wait: true
      sourceRef: {kind: GitRepository, name: flux-system}
    """
        .formatted(name, path);
  }

  private static String configMap(String name) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: %s, namespace: db}
    """
        .formatted(name);
  }

  private static String bomb() {
    var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    IntStream.range(1, 10)
        .forEach(i ->
            text.append(
                "a%d: &a%d [%s]\n"
                    .formatted(
                        i,
                        i,
                        String.join(", ", java.util.Collections.nCopies(10, "*a" + (i - 1))))));
    return text.toString();
  }

  private static Run judge(Workspace workspace) {
    return Run.of("check", workspace.root().toString(), "--format", "json", "--skip", SKIP);
  }

  private static void assertNamed(Run run, String file, String what) {
    assertThat(run.err()).doesNotContain("Exception").doesNotContain("at io.cooper");
    assertThat(findings(run)).extracting(BadInputTest::rule).contains(NEIGHBOUR);
    var about = findings(run).stream().filter(each -> !rule(each).equals(NEIGHBOUR)).toList();
    assertThat(about)
        .as("%s", run.out())
        .hasSize(1)
        .allSatisfy(finding -> {
          assertThat(finding.text("file").orElseThrow()).startsWith(file);
          assertThat(finding.text("message").orElseThrow()).containsIgnoringCase(what);
          assertThat(finding.text("remedy").orElseThrow()).isNotBlank();
        });
  }

  private static List<Mapping> findings(Run run) {
    return run.json().mappings("findings").toList();
  }

  private static String rule(Mapping finding) {
    return finding.text("rule").orElseThrow();
  }
}
