package io.cooper.flux.render.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.flux.render.walk.RenderOptions.Mode;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every kind of broken input is one clear problem at its place, and what stands beside it is still
/// rendered.
@Tag("S18")
@Tag("S25")
class BadInputTest {
  private final Repositories repository;

  BadInputTest(@TempDir Path folder) {
    repository =
        new Repositories(folder)
            .child("good", "")
            .file("apps/good/a.yaml", Repositories.configMap("good", "x"));
  }

  private RenderedKustomization rendered(String name, Mode mode) {
    var tree = repository.render(mode);
    assertThat(tree.find(new NamespacedName("flux-system", "good")).orElseThrow().objects())
        .hasSize(1);
    return tree.find(new NamespacedName("flux-system", name)).orElseThrow();
  }

  private RenderProblem only(String name) {
    return only(name, Mode.STRICT);
  }

  private RenderProblem only(String name, Mode mode) {
    var rendered = rendered(name, mode);
    assertThat(rendered.state()).isEqualTo(State.FAILED);
    assertThat(rendered.objects()).isEmpty();
    assertThat(rendered.problems()).hasSize(1);
    return rendered.problems().getFirst();
  }

  private BadInputTest bad(String path, String text) {
    repository.child("bad", "").file("apps/bad/" + path, text);
    return this;
  }

  private static String place(RenderProblem problem) {
    return problem.place().file() + ":" + problem.place().line();
  }

  @Test
  void a_listed_file_that_is_absent_is_found_on_its_line() {
    bad("kustomization.yaml", "resources:\n  - a.yaml\n  - gone.yaml\n")
        .bad("a.yaml", Repositories.configMap("a", "x"));

    var problem = only("bad");

    assertThat(problem.kind()).isEqualTo(Kind.FILE_MISSING);
    assertThat(place(problem)).isEqualTo("apps/bad/kustomization.yaml:3");
    assertThat(problem.subject()).contains("apps/bad/gone.yaml");
  }

  @Test
  void a_path_out_of_the_repository_is_refused() {
    bad("kustomization.yaml", "resources:\n  - ../../../etc/passwd\n");

    assertThat(only("bad").message()).contains("leads out");
  }

  @Test
  void a_circle_of_kustomizations_is_told_as_a_circle() {
    bad("kustomization.yaml", "resources: [one]\n")
        .bad("one/kustomization.yaml", "resources: [../two]\n")
        .bad("two/kustomization.yaml", "resources:\n  - ../one\n");

    var problem = only("bad");

    assertThat(place(problem)).isEqualTo("apps/bad/two/kustomization.yaml:2");
    assertThat(problem.message()).contains("apps/bad/one → apps/bad/two → apps/bad/one");
  }

  @Test
  void a_patch_that_matches_nothing_is_named() {
    bad("kustomization.yaml", "resources: [a.yaml]\npatches:\n  - path: patch.yaml\n")
        .bad("a.yaml", Repositories.configMap("a", "x"))
        .bad("patch.yaml", Repositories.configMap("another", "y"));

    assertThat(place(only("bad"))).isEqualTo("apps/bad/patch.yaml:4");
    assertThat(only("bad").message()).contains("ConfigMap/another");
  }

  @Test
  void a_patch_that_cannot_be_parsed_is_named() {
    bad(
            "kustomization.yaml",
            "resources: [a.yaml]\npatches:\n  - path: patch.yaml\n    target: {kind: ConfigMap}\n")
        .bad("a.yaml", Repositories.configMap("a", "x"))
        .bad("patch.yaml", "just text\n");

    assertThat(place(only("bad"))).isEqualTo("apps/bad/patch.yaml:1");
  }

  @Test
  void an_unknown_version_of_kustomization_files_is_refused() {
    bad(
            "kustomization.yaml",
            "apiVersion: kustomize.config.k8s.io/v9\nkind: Kustomization\nresources: [a.yaml]\n")
        .bad("a.yaml", Repositories.configMap("a", "x"));

    var problem = only("bad");

    assertThat(problem.kind()).isEqualTo(Kind.BUILD);
    assertThat(problem.place().file()).isEqualTo("apps/bad/kustomization.yaml");
    assertThat(problem.message()).contains("apiVersion");
  }

  @Test
  void one_object_twice_is_found_at_the_second() {
    bad("kustomization.yaml", "resources: [a.yaml, b.yaml]\n")
        .bad("a.yaml", Repositories.configMap("a", "x"))
        .bad("b.yaml", Repositories.configMap("a", "y"));

    assertThat(place(only("bad"))).isEqualTo("apps/bad/b.yaml:1");
  }

  @Test
  void a_path_that_is_absent_or_a_file_is_found_on_the_path() {
    repository.child("bad", "");

    var problem = only("bad");

    assertThat(problem.kind()).isEqualTo(Kind.PATH_MISSING);
    assertThat(place(problem)).isEqualTo("entry/bad.yaml:7");

    repository.file("apps/bad", "a file\n");
    assertThat(only("bad").message()).contains("is a file");
  }

  @Test
  void an_expression_that_is_not_closed_is_found_on_its_line() {
    bad("a.yaml", Repositories.configMap("a", "\"${X\""))
        .repository
        .child("bad", "  postBuild: {substitute: {X: y}}\n");

    var problem = only("bad", Mode.LENIENT);

    assertThat(problem.kind()).isEqualTo(Kind.SUBSTITUTION);
    assertThat(place(problem)).isEqualTo("apps/bad/a.yaml:6");
  }

  @Test
  void a_variable_without_value_is_found_where_it_is_used() {
    bad("a.yaml", Repositories.configMap("a", "\"${NOBODY}\""))
        .repository
        .child("bad", "  postBuild: {substitute: {X: y}}\n");

    var problem = only("bad");

    assertThat(problem.kind()).isEqualTo(Kind.VARIABLE_UNRESOLVED);
    assertThat(problem.subject()).contains("NOBODY");
    assertThat(place(problem)).isEqualTo("apps/bad/a.yaml:6");
    assertThat(rendered("bad", Mode.LENIENT).state()).isEqualTo(State.RENDERED);
  }

  @Test
  void bad_yaml_is_found_at_its_line() {
    bad("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n");

    assertThat(place(only("bad"))).isEqualTo("apps/bad/a.yaml:4");

    bad("kustomization.yaml", "resources: [a.yaml]\n");
    assertThat(place(only("bad"))).isEqualTo("apps/bad/a.yaml:4");
  }

  @Test
  void binary_bombs_and_giants_are_refused_in_bounded_time() throws IOException {
    var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
      bomb.append(
          "a%d: &a%d [".formatted(i, i)
              + "*a%d, ".formatted(i - 1).repeat(9)
              + "*a%d]\n".formatted(i - 1));
    }
    bad("bomb.yaml", bomb.toString());
    assertThat(only("bad").message()).contains("aliases");

    Files.writeString(repository.root().resolve("apps/bad/bomb.yaml"), "");
    Files.write(repository.root().resolve("apps/bad/binary.yaml"), new byte[] {1, 0, (byte) 0xFF});
    assertThat(only("bad").message()).contains("binary");

    Files.write(repository.root().resolve("apps/bad/binary.yaml"), new byte[100 << 20]);
    assertThat(only("bad").message()).contains("bytes");
  }

  @Test
  void an_empty_file_renders_nothing_without_complaint() {
    bad("zero.yaml", "");

    var rendered = rendered("bad", Mode.STRICT);

    assertThat(rendered.state()).isEqualTo(State.RENDERED);
    assertThat(rendered.problems()).isEmpty();
  }

  @Test
  void names_with_spaces_quotes_breaks_and_accents_are_read() {
    for (var name : new String[] {"with space", "quo'te\"", "é", "new\nline", "#hash", "a: b"}) {
      bad(
          name + "/x.yaml",
          Repositories.configMap("c" + Integer.toHexString(name.hashCode()), "x"));
    }

    var rendered = rendered("bad", Mode.STRICT);

    assertThat(rendered.problems()).isEmpty();
    assertThat(rendered.objects()).hasSize(6);
    assertThat(rendered.objects())
        .allSatisfy(
            object -> assertThat(object.place().file()).startsWith("apps/bad/").endsWith("x.yaml"));
  }

  @Test
  void an_address_on_the_network_is_left_out_and_told() {
    bad(
            "kustomization.yaml",
            "resources:\n  - a.yaml\n  - https://example.invalid/x.yaml\n  - inner\n")
        .bad("a.yaml", Repositories.configMap("a", "x"))
        .bad("inner/kustomization.yaml", "resources:\n  - ../b.yaml\n  - github.com/a/b?ref=v1\n")
        .bad("b.yaml", Repositories.configMap("b", "x"));

    var rendered = rendered("bad", Mode.STRICT);

    assertThat(rendered.state()).isEqualTo(State.RENDERED);
    assertThat(rendered.objects()).hasSize(2);
    assertThat(rendered.problems())
        .extracting(BadInputTest::place)
        .containsExactly("apps/bad/kustomization.yaml:3", "apps/bad/inner/kustomization.yaml:3");
    assertThat(rendered.problems()).allMatch(problem -> problem.kind() == Kind.REMOTE_RESOURCE);
  }

  @Test
  void a_field_that_flux_drops_is_told() {
    bad("kustomization.yaml", "resource: [b.yaml]\nresources: [a.yaml]\n")
        .bad("a.yaml", Repositories.configMap("a", "x"));

    var rendered = rendered("bad", Mode.STRICT);

    assertThat(rendered.state()).isEqualTo(State.RENDERED);
    assertThat(rendered.problems()).extracting(RenderProblem::kind).containsExactly(Kind.DROPPED);
    assertThat(place(rendered.problems().getFirst())).isEqualTo("apps/bad/kustomization.yaml:1");
  }

  private RenderedKustomization with(Path folder, String script, long seconds) throws IOException {
    var tool = Files.writeString(folder.resolve("kustomize"), "#!/bin/sh\n" + script);
    assertThat(tool.toFile().setExecutable(true)).isTrue();
    var options =
        Repositories.options(Mode.STRICT)
            .withEnvironment(Map.of("COOPER_KUSTOMIZE", tool.toString()), seconds);
    return repository.render(options).kustomizations().getFirst();
  }

  @Test
  void a_missing_or_old_kustomize_is_one_clear_problem(@TempDir Path folder) {
    var nowhere =
        Repositories.options(Mode.STRICT)
            .withCache(folder)
            .withEnvironment(Map.of("PATH", folder.toString()), 10);

    assertThatThrownBy(() -> repository.render(nowhere))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().code()).isEqualTo(Code.TOOL_MISSING));
    assertThatThrownBy(() -> with(folder, "echo v4.5.7\n", 10))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().what()).contains("4.5.7 is older"));
  }

  @Test
  void a_kustomize_that_hangs_or_is_killed_fails_that_build_alone(@TempDir Path folder)
      throws IOException {
    var version = "[ $1 = version ] && echo v5.8.1 && exit\n";

    var hanging = with(folder, version + "exec sleep 60\n", 1);
    assertThat(hanging.state()).isEqualTo(State.FAILED);
    assertThat(hanging.problems().getFirst().message()).contains("within 1 seconds");

    var killed = with(folder, version + "kill -9 $$\n", 10);
    assertThat(killed.state()).isEqualTo(State.FAILED);
    assertThat(killed.problems().getFirst().message()).contains("killed by signal 9");
  }
}
