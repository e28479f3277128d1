package io.cooper.flux.render.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.render.substitute.Placeholder;
import io.cooper.flux.render.walk.RenderOptions.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("S18")
@Tag("S20")
class WalkTest {
  private final Repositories repository;

  WalkTest(@TempDir Path folder) {
    repository = new Repositories(folder);
  }

  private static RenderedKustomization find(RenderedTree tree, String name) {
    return tree.find(new NamespacedName("flux-system", name)).orElseThrow();
  }

  private static String value(RenderedKustomization rendered) {
    return rendered.objects().getFirst().text("data", "a").orElseThrow();
  }

  private static final String FROM_SETTINGS =
      "  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}\n";

  private static String settings(String value) {
    return Repositories.configMap("settings", value)
        .replace("name: settings", "name: settings\n  namespace: flux-system")
        .replace("  a:", "  HOST:");
  }

  @Test
  void variables_come_from_what_another_kustomization_renders_later() {
    repository
        .child("a-user", FROM_SETTINGS)
        .file("apps/a-user/x.yaml", Repositories.configMap("x", "\"${HOST}\""))
        .child("z-giver", "")
        .file("apps/z-giver/settings.yaml", settings("example.com"));

    var user = find(repository.render(Mode.STRICT), "a-user");

    assertThat(value(user)).isEqualTo("example.com");
    assertThat(user.problems()).isEmpty();
  }

  @Test
  void a_file_of_values_wins_over_the_repository(@TempDir Path other) throws IOException {
    repository
        .child("user", FROM_SETTINGS)
        .file("apps/user/x.yaml", Repositories.configMap("x", "\"${HOST}\""))
        .file("entry/settings.yaml", settings("from.repository"));
    var vars = Files.writeString(other.resolve("vars.yaml"), settings("from.file"));

    var tree = repository.render(Repositories.options(Mode.STRICT).withVars(vars));

    assertThat(value(find(tree, "user"))).isEqualTo("from.file");
  }

  @Test
  void what_only_the_cluster_knows_is_a_placeholder_and_a_notice() {
    repository
        .child("user", FROM_SETTINGS)
        .file("apps/user/x.yaml", Repositories.configMap("x", "\"${HOST} ${OTHER:=default}\""));

    var checked = find(repository.render(Mode.CHECK), "user");
    var strict = find(repository.render(Mode.STRICT), "user");
    var lenient = find(repository.render(Mode.LENIENT), "user");

    assertThat(Placeholder.isIn(value(checked))).isTrue();
    assertThat(checked.problems())
        .extracting(RenderProblem::kind)
        .containsExactly(Kind.VARIABLE_SOURCE_MISSING);
    assertThat(checked.problems().getFirst().subject()).contains("ConfigMap/flux-system/settings");
    assertThat(lenient.problems()).hasSize(1);
    assertThat(strict.problems())
        .extracting(RenderProblem::kind)
        .contains(Kind.VARIABLE_SOURCE_MISSING);
  }

  @Test
  void an_encrypted_value_is_a_placeholder_and_no_problem() {
    repository
        .child("user", "  postBuild: {substituteFrom: [{kind: Secret, name: secret}]}\n")
        .file("apps/user/x.yaml", Repositories.configMap("x", "\"${TOKEN}\""))
        .file(
            "entry/secret.yaml",
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: secret, namespace: flux-system}
            stringData: {TOKEN: "ENC[AES256_GCM,data:AA,iv:AA,tag:AA,type:str]"}
            sops: {mac: "ENC[AES256_GCM,data:AA,iv:AA,tag:AA,type:str]"}
            """);

    var user = find(repository.render(Mode.STRICT), "user");

    assertThat(value(user)).isEqualTo(Placeholder.of("TOKEN"));
    assertThat(user.problems()).isEmpty();
  }

  @Test
  void a_secret_that_an_external_secret_makes_is_not_called_missing() {
    repository
        .child("user", "  postBuild: {substituteFrom: [{kind: Secret, name: made}]}\n")
        .file("apps/user/x.yaml", Repositories.configMap("x", "\"${TOKEN}\""))
        .file(
            "entry/external.yaml",
            """
            apiVersion: external-secrets.io/v1
            kind: ExternalSecret
            metadata: {name: x, namespace: flux-system}
            spec: {target: {name: made}}
            """);

    assertThat(find(repository.render(Mode.CHECK), "user").problems()).isEmpty();
  }

  @Test
  void always_substitutes_without_any_variable() {
    repository
        .child("always", "  postBuild: {substituteStrategy: Always}\n")
        .file("apps/always/x.yaml", Repositories.configMap("x", "\"${X:=default}\""))
        .child("with", "  postBuild: {substituteStrategy: WithVariables}\n")
        .file("apps/with/x.yaml", Repositories.configMap("x", "\"${X:=default}\""));

    var tree = repository.render(Mode.STRICT);

    assertThat(value(find(tree, "always"))).isEqualTo("default");
    assertThat(value(find(tree, "with"))).isEqualTo("${X:=default}");
  }

  @Test
  void another_repository_is_external_and_an_undefined_source_is_missing() {
    repository
        .child("other", "")
        .child("nobody", "")
        .file("apps/other/x.yaml", "")
        .file("apps/nobody/x.yaml", "")
        .file(
            "entry/source.yaml",
            """
            apiVersion: source.toolkit.fluxcd.io/v1
            kind: GitRepository
            metadata: {name: elsewhere, namespace: flux-system}
            spec: {url: "https://example.com/another/repository.git"}
            """);
    rename("other", "elsewhere");
    rename("nobody", "nowhere");

    var tree =
        repository.render(
            Repositories.options(Mode.CHECK).withRemotes(Set.of("git@example.com:own/one.git")));

    assertThat(find(tree, "other").state()).isEqualTo(State.EXTERNAL);
    assertThat(find(tree, "nobody").problems())
        .extracting(RenderProblem::kind)
        .containsExactly(Kind.SOURCE_MISSING);
    assertThat(find(tree, "nobody").problems().getFirst().place().toString())
        .startsWith("entry/nobody.yaml:8");
  }

  @Test
  void a_source_with_this_repositorys_address_is_this_repository() {
    repository
        .child("same", "")
        .file("apps/same/x.yaml", Repositories.configMap("x", "y"))
        .file(
            "entry/z-source.yaml",
            """
            apiVersion: source.toolkit.fluxcd.io/v1
            kind: GitRepository
            metadata: {name: mine, namespace: flux-system}
            spec: {url: "ssh://git@example.com/Own/One"}
            """);
    rename("same", "mine");

    var tree =
        repository.render(
            Repositories.options(Mode.CHECK).withRemotes(Set.of("git@example.com:own/one.git")));

    assertThat(find(tree, "same").state()).isEqualTo(State.RENDERED);
  }

  private void rename(String child, String source) {
    var file = repository.root().resolve("entry/%s.yaml".formatted(child));
    try {
      Files.writeString(
          file, Files.readString(file).replace("name: flux-system\n", "name: " + source + "\n"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void every_object_leads_to_its_file_and_line() {
    repository
        .child("app", "  namePrefix: p-\n  postBuild: {substitute: {NAME: two}}\n")
        .file(
            "apps/app/kustomization.yaml",
            "resources: [x.yaml]\nconfigMapGenerator:\n  - name: made\n    literals: [a=b]\n")
        .file(
            "apps/app/x.yaml",
            Repositories.configMap("one", "x") + "---\n" + Repositories.configMap("${NAME}", "y"));

    var objects = find(repository.render(Mode.STRICT), "app").objects();

    assertThat(objects)
        .extracting(object ->
            object.name().replaceFirst("made-.*", "made") + " " + object.placeAt("data", "a"))
        .containsExactly(
            "p-one apps/app/x.yaml:6:6",
            "p-two apps/app/x.yaml:13:6",
            "p-made apps/app/kustomization.yaml:3:5");
  }

  @Test
  void a_json_patch_on_annotations_sees_no_annotation_of_ours() {
    repository
        .child(
            "app",
            "  patches:\n    - target: {kind: ConfigMap}\n      patch: '[{\"op\": \"add\", \"path\": \"/metadata/annotations/a\", \"value\": b}]'\n")
        .file("apps/app/x.yaml", Repositories.configMap("x", "y"));

    assertThat(find(repository.render(Mode.STRICT), "app").state()).isEqualTo(State.FAILED);
  }

  @Test
  void progress_is_told_of_every_kustomization() {
    repository
        .child("one", "")
        .file("apps/one/x.yaml", "")
        .child("two", "")
        .file("apps/two/x.yaml", "");
    var heard = new ArrayList<String>();

    new Renderer(Repositories.options(Mode.CHECK))
        .render(
            Reference.artifact(repository.root()),
            List.of("entry"),
            (done, known, last) -> heard.add("%d of %d %s".formatted(done, known, last.name())));

    assertThat(heard).hasSize(3).first().isEqualTo("1 of 1 flux-system");
    assertThat(heard.getLast()).startsWith("3 of 3 ");
  }

  @Test
  void a_cached_build_gives_the_same_and_a_damaged_one_is_built_again(@TempDir Path cache)
      throws IOException {
    repository
        .child("app", "  postBuild: {substitute: {A: b}}\n")
        .file("apps/app/x.yaml", Repositories.configMap("x", "\"${A} 0777\\nmore\""));
    var options = Repositories.options(Mode.STRICT).withCache(cache);
    var first = RenderFolder.yaml(find(repository.render(options), "app"));

    var second = RenderFolder.yaml(find(repository.render(options), "app"));
    int damaged = 0;
    try (var files = Files.walk(cache.resolve("builds"))) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        damaged++;
      }
    }
    var third = RenderFolder.yaml(find(repository.render(options), "app"));

    assertThat(damaged).isEqualTo(2);
    assertThat(second).isEqualTo(first).contains("b 0777");
    assertThat(third).isEqualTo(first);
    repository.file("apps/app/x.yaml", Repositories.configMap("x", "changed"));
    assertThat(value(find(repository.render(options), "app"))).isEqualTo("changed");
  }

  @Test
  void the_folder_of_results_holds_a_file_for_each(@TempDir Path output) throws IOException {
    repository
        .child("good", "")
        .file("apps/good/x.yaml", Repositories.configMap("x", "\"on\""))
        .child("bad", "");

    int refused = new RenderFolder(output).write(repository.render(Mode.STRICT));

    assertThat(refused).isEqualTo(1);
    assertThat(output.resolve("flux-system_good.yaml")).content().contains("a: \"on\"");
    assertThat(output.resolve("flux-system_bad.error"))
        .content()
        .contains("entry/bad.yaml:7", "apps/bad");
    assertThat(output.resolve("flux-system_flux-system.yaml")).exists();
  }

  @Test
  void the_users_tree_is_not_written_to() throws IOException {
    repository.child("app", "").file("apps/app/x.yaml", Repositories.configMap("x", "y"));
    var before = Reference.artifact(repository.root()).files();

    var state = find(repository.render(Mode.CHECK), "app");

    assertThat(state.generated()).isTrue();
    assertThat(Reference.artifact(repository.root()).files()).isEqualTo(before);
  }

  private static final String REMOTE_BASE =
      "resources:\n  - own.yaml\n  - https://example.com/base.yaml\n";

  @Test
  void a_patch_may_be_for_what_is_on_the_network() {
    repository
        .child("user", "")
        .file("apps/user/kustomization.yaml", "resources: [base]\n")
        .file(
            "apps/user/base/kustomization.yaml",
            REMOTE_BASE
                + """
                patches:
                  - patch: |-
                      apiVersion: v1
                      kind: ConfigMap
                      metadata: {name: theirs}
                      data: {a: patched}
                  - path: own-patch.yaml
                patchesStrategicMerge:
                  - |-
                    apiVersion: v1
                    kind: Namespace
                    metadata: {name: theirs}
                """)
        .file("apps/user/base/own-patch.yaml", Repositories.configMap("own", "patched"))
        .file("apps/user/base/own.yaml", Repositories.configMap("own", "plain"));

    var user = find(repository.render(Mode.STRICT), "user");

    assertThat(user.state()).isEqualTo(State.RENDERED);
    assertThat(value(user)).isEqualTo("patched");
    assertThat(user.problems())
        .extracting(RenderProblem::kind)
        .containsExactly(Kind.REMOTE_RESOURCE);
  }

  @Test
  void a_patch_beside_what_is_on_the_network_is_refused_for_any_other_reason() {
    repository
        .child("user", "")
        .file(
            "apps/user/kustomization.yaml",
            REMOTE_BASE + "patches:\n  - target: {kind: ConfigMap}\n    patch: '[{op: sing}]'\n")
        .file("apps/user/own.yaml", Repositories.configMap("own", "plain"));

    assertThat(find(repository.render(Mode.STRICT), "user").problems())
        .extracting(RenderProblem::kind)
        .containsExactlyInAnyOrder(Kind.REMOTE_RESOURCE, Kind.BUILD);
  }

  @Test
  void a_webhook_that_writes_variables_leaves_them_to_the_cluster() {
    repository
        .child("user", "  postBuild: {substitute: {OWN: x}}\n")
        .file("apps/user/x.yaml", Repositories.configMap("x", "\"${HOST}\""))
        .child("webhook", "")
        .file(
            "apps/webhook/source.yaml",
            """
            apiVersion: source.toolkit.fluxcd.io/v1
            kind: OCIRepository
            metadata: {name: webhook, namespace: flux-system}
            spec: {url: 'oci://example.com/charts/kustomize-mutating-webhook'}
            """);

    assertThat(find(repository.render(Mode.CHECK), "user").problems()).isEmpty();
    assertThat(find(repository.render(Mode.STRICT), "user").problems())
        .extracting(RenderProblem::kind)
        .containsExactly(Kind.VARIABLE_UNRESOLVED);
  }
}
