package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.YamlReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `cooper diff` on the example repository.
class DiffCommandTest {
  private static final String CLUSTER = "apps/grafana/cluster.yaml";

  @TempDir Path folder;
  private Workspace workspace;

  @BeforeEach
  void copyExample() throws IOException {
    workspace = new Workspace(Files.createDirectories(folder.resolve("repository")));
    for (var tree : List.of("clusters", "infrastructure", "apps")) {
      workspace.copy(Workspace.PROJECT.resolve(tree), tree + "/");
    }
    workspace.commit();
  }

  private void replace(String path, String before, String after) {
    try {
      var text = Files.readString(workspace.root().resolve(path));
      assertThat(text).contains(before);
      workspace.write(path, text.replace(before, after));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Run diff(String... options) {
    var arguments = new ArrayList<>(List.of("diff", workspace.root().toString()));
    arguments.addAll(List.of(options));
    return Run.of(arguments.toArray(String[]::new));
  }

  private static List<String> objects(Run run, String change) {
    return run.json()
        .mappings("clusters")
        .flatMap(cluster -> cluster.mappings("objects"))
        .filter(each -> each.text("change").filter(change::equals).isPresent())
        .map(each -> name(each.mapping("object").orElseThrow()))
        .toList();
  }

  private static String name(Mapping object) {
    return Stream.of("kind", "namespace", "name")
        .flatMap(key -> object.text(key).stream())
        .reduce((a, b) -> a + "/" + b)
        .orElseThrow();
  }

  @Test
  void a_change_is_told_with_what_it_does_to_the_database() {
    replace(CLUSTER, "256Mi", "1Gi");

    var run = diff("--against", "HEAD");

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("1 object: 0 added, 1 changed, 0 removed")
        .contains("spec.resources.limits.memory: 256Mi → 1Gi")
        .containsPattern("RESTART +Cluster/grafana/grafana-postgresql")
        .contains("1 of 8 has something to apply");
    assertThat(run.out().lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(81));
  }

  @Test
  void what_others_merged_meanwhile_is_no_part_of_the_change() {
    workspace.git("switch", "--quiet", "--create", "change");
    replace(CLUSTER, "256Mi", "1Gi");
    workspace.git("commit", "--quiet", "--all", "--message=change");
    workspace.git("switch", "--quiet", "main");
    replace("apps/home-automation/postgresql/cluster.yaml", "512Mi", "2Gi");
    workspace.git("commit", "--quiet", "--all", "--message=others");
    workspace.git("switch", "--quiet", "change");

    assertThat(objects(diff("--against", "main", "--format", "json"), "changed"))
        .containsExactly("Cluster/grafana/grafana-postgresql");
    assertThat(objects(diff("--against", "change", "--rev", "main", "--format", "json"), "changed"))
        .containsExactly("Cluster/home-automation/homeassistant-postgresql");
  }

  @Test
  void nothing_changed_is_said_in_one_line_for_each_cluster() {
    var run = diff("--against", "HEAD");

    assertThat(run.status()).isZero();
    assertThat(run.out()).endsWith("0 objects: 0 added, 0 changed, 0 removed\n");
    assertThat(diff("--against", "HEAD", "--format", "markdown").out())
        .contains("no cluster notices this change");
  }

  @Test
  void a_cluster_that_is_new_or_goes_is_compared_with_nothing() throws IOException {
    workspace.copy(workspace.root().resolve("clusters/example"), "clusters/second/");
    replace("clusters/second/flux-system/gotk-sync.yaml", "clusters/example", "clusters/second");
    workspace.git("add", "--all");

    var run = diff("--against", "HEAD", "--format", "json");

    assertThat(objects(run, "added")).hasSize(47);
    assertThat(objects(run, "changed")).isEmpty();
    workspace.git("commit", "--quiet", "--message=second");
    assertThat(objects(diff("--against", "HEAD^", "--rev", "HEAD", "--format", "json"), "added"))
        .hasSize(47);
  }

  @Test
  @Tag("S47")
  void deleting_a_kustomization_shows_all_that_goes_and_what_does_not_come_back() {
    var run = diff("--delete", "flux-system/infrastructure-cnpg-barman-plugin", "--format", "json");

    assertThat(objects(run, "removed"))
        .hasSize(18)
        .contains(
            "Deployment/cnpg-system/barman-cloud", "Certificate/cnpg-system/barman-cloud-server");
    assertThat(run.out())
        .contains("it lacks dependsOn infrastructure-cnpg-operator, infrastructure-cert-manager")
        .contains("uses plugin barman-cloud.cloudnative-pg.io, which goes");
    assertThat(diff("--delete", "flux-system/apps-grafna").err())
        .contains("did you mean flux-system/apps-grafana?");
  }

  @Test
  void a_shallow_clone_says_how_to_get_the_base() {
    workspace.git("switch", "--quiet", "--create", "change");
    replace(CLUSTER, "256Mi", "1Gi");
    workspace.git("commit", "--quiet", "--all", "--message=change");
    workspace.git("switch", "--quiet", "main");
    workspace.git("commit", "--quiet", "--allow-empty", "--message=later");
    var clone = folder.resolve("clone");
    workspace.git(
        "clone",
        "--quiet",
        "--depth=1",
        "--no-single-branch",
        "file://" + workspace.root(),
        clone.toString());

    var run = Run.of("diff", clone.toString(), "--against", "origin/change");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("shallow clone", "git fetch --unshallow", "fetch-depth: 0");
    assertThat(diff().status()).as("neither --against nor --delete").isEqualTo(2);
  }

  @Test
  @Tag("interop")
  void objects_come_and_go_as_flux_renders_the_two_states() throws Exception {
    var reference = reference();
    Assumptions.assumeTrue(reference.isPresent(), "skipped, because there is no flux-render");
    var before = rendered(reference.get(), "before");
    replace(CLUSTER, "256Mi", "1Gi");
    Files.delete(
        workspace.root().resolve("apps/home-automation/postgresql/postgresql-backup.yaml"));
    replace(
        "apps/home-automation/postgresql/kustomization.yaml", "  - postgresql-backup.yaml\n", "");
    workspace.write(
        "apps/grafana/extra.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: extra, namespace: grafana}\n");
    replace(
        "apps/grafana/kustomization.yaml",
        "  - cluster.yaml\n",
        "  - cluster.yaml\n  - extra.yaml\n");
    workspace.git("add", "--all");
    var after = rendered(reference.get(), "after");

    var run = diff("--against", "HEAD", "--format", "json");

    var added = new TreeSet<>(after.keySet());
    added.removeAll(before.keySet());
    var removed = new TreeSet<>(before.keySet());
    removed.removeAll(after.keySet());
    var changed = new TreeSet<>(after.keySet());
    changed.removeIf(id -> !before.containsKey(id) || before.get(id).equals(after.get(id)));
    assertThat(objects(run, "added")).containsExactlyInAnyOrderElementsOf(added).isNotEmpty();
    assertThat(objects(run, "removed")).containsExactlyInAnyOrderElementsOf(removed).isNotEmpty();
    assertThat(objects(run, "changed")).containsExactlyInAnyOrderElementsOf(changed).isNotEmpty();
  }

  private static Optional<Path> reference() {
    return Stream.concat(
            Stream.ofNullable(System.getProperty("cooper.interop", System.getenv("COOPER_INTEROP")))
                .map(home -> Path.of(home, "bin")),
            Stream.of(System.getenv("PATH").split(":")).map(Path::of))
        .map(bin -> bin.resolve("flux-render"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// All objects of the working tree as Flux's own packages render them.
  private Map<String, Object> rendered(Path reference, String name) throws Exception {
    var output = Files.createDirectories(folder.resolve(name));
    var vars = Files.writeString(folder.resolve("vars.yaml"), "");
    var process =
        new ProcessBuilder(
                reference.toString(),
                "-repo",
                workspace.root().toString(),
                "-walk",
                "clusters/example",
                "-output",
                output.toString(),
                "-vars",
                vars.toString())
            .inheritIO()
            .start();
    process.waitFor();
    var objects = new TreeMap<String, Object>();
    try (var files = Files.list(output)) {
      for (var file : files.toList()) {
        assertThat(file.toString()).endsWith(".yaml");
        YamlReader.ofRendered()
            .read("reference", Files.readString(file))
            .manifests()
            .forEach(
                (Manifest object) -> objects.put(object.id().toString(), object.root().plain()));
      }
    }
    return objects;
  }
}
