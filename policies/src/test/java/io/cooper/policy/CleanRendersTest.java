package io.cooper.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.policy.schema.DeprecatedVersion;
import io.cooper.policy.schema.Invalid;
import io.cooper.schemas.ReleasesInUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanRendersTest {
  private static final String WIDGET =
      """
      apiVersion: example.com/v1
      kind: Widget
      metadata: {name: one}
      spec: {size: big}
      """;

  private final List<String> looked = new ArrayList<>();
  @TempDir private Path folder;

  /// Finds objects whose name begins with `bad`, and keeps a list of what it looked at.
  private final class Named implements ManifestPolicy {
    @Override
    public About about() {
      return new About("test/named", Severity.ERROR, "", "", "");
    }

    @Override
    public Stream<Finding> check(Manifest manifest) {
      looked.add(manifest.name());
      return manifest.name().startsWith("bad")
          ? Stream.of(Finding.about(manifest, "bad name", "metadata", "name"))
          : Stream.empty();
    }
  }

  private List<String> check(String build, Policy policy, RenderedTree tree) {
    return check(build, policy, tree, ReleasesInUse.NONE);
  }

  private List<String> check(
      String build, Policy policy, RenderedTree tree, ReleasesInUse releases) {
    looked.clear();
    var clean = CleanRenders.in(folder, build);
    var source = new Repository(tree.artifact(), List.of(tree)).source();
    var repository = new Repository(source, List.of(tree), releases, clean);
    var found =
        new Checker(List.of(policy), (_, severity) -> Optional.of(severity)).check(repository);
    clean.save();
    return found.stream().map(verdict -> verdict.finding().message()).toList();
  }

  private static String kustomization(String name) {
    return TestTree.kustomization(name);
  }

  private static TestTree two(String a, String b) {
    return TestTree.entry(kustomization("a") + "---\n" + kustomization("b"))
        .with("a", configMap(a))
        .with("b", configMap(b));
  }

  private static String configMap(String name) {
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n".formatted(name);
  }

  @Test
  void only_what_had_findings_or_is_new_is_looked_at_again() {
    check("b1", new Named(), two("good", "bad").tree());
    assertThat(looked).contains("good", "bad");

    assertThat(check("b1", new Named(), two("good", "bad").tree())).containsExactly("bad name");
    assertThat(looked).containsExactly("bad");

    assertThat(check("b1", new Named(), two("good-too", "bad").tree())).containsExactly("bad name");
    assertThat(looked).containsExactlyInAnyOrder("good-too", "bad");
  }

  @Test
  void another_build_of_the_program_looks_for_itself() {
    check("b1", new Named(), two("good", "better").tree());

    check("b2", new Named(), two("good", "better").tree());

    assertThat(looked).contains("good", "better");
  }

  @Test
  void an_object_is_judged_anew_when_the_definition_of_its_kind_changes() {
    var before = widgets("size: {type: string}");
    assertThat(check("b1", new Invalid(), before)).isEmpty();

    assertThat(check("b1", new Invalid(), widgets("size: {type: integer}"))).hasSize(1);
    assertThat(check("b1", new Invalid(), before)).isEmpty();
  }

  @Test
  void an_object_is_judged_anew_when_another_release_is_in_use() {
    var flow =
        TestTree.entry(
                """
                apiVersion: flowcontrol.apiserver.k8s.io/v1beta3
                kind: FlowSchema
                metadata: {name: jobs}
                spec: {priorityLevelConfiguration: {name: global-default}}
                """)
            .tree();
    assertThat(check("b1", new DeprecatedVersion(), flow, kubernetes("1.28.0"))).isEmpty();

    assertThat(check("b1", new DeprecatedVersion(), flow, kubernetes("1.34.0"))).hasSize(1);
  }

  private static ReleasesInUse kubernetes(String version) {
    return ReleasesInUse.given(Map.of("kubernetes", version), "test", _ -> Optional.empty());
  }

  private static RenderedTree widgets(String property) {
    return TestTree.entry(kustomization("crds") + "---\n" + kustomization("app"))
        .with(
            "crds",
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {kind: Widget, plural: widgets}
              versions:
                - name: v1
                  served: true
                  storage: true
                  schema:
                    openAPIV3Schema:
                      type: object
                      properties:
                        spec: {type: object, properties: {%s}}
            """
                .formatted(property))
        .with("app", WIDGET)
        .tree();
  }

  @Test
  void a_file_that_is_damaged_or_cannot_be_written_costs_time_only() throws IOException {
    check("b1", new Named(), two("good", "bad").tree());
    Files.writeString(folder.resolve("clean/b1"), "\t\nno tab\n\0\t\0 \0");
    assertThat(check("b1", new Named(), two("good", "bad").tree())).containsExactly("bad name");
    assertThat(looked).contains("good");

    Files.write(folder.resolve("clean/b1"), new byte[] {(byte) 0xff, '\t', (byte) 0xfe});
    assertThat(check("b1", new Named(), two("good", "bad").tree())).containsExactly("bad name");

    var blocked = Files.writeString(folder.resolve("file"), "a file where the folder should be");
    CleanRenders.in(blocked, "b1").save();
    assertThat(blocked).hasContent("a file where the folder should be");
  }
}
