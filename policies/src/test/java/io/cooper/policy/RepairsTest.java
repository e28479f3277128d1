package io.cooper.policy;

import static io.cooper.policy.Severity.ERROR;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.source.Artifact;
import io.cooper.flux.source.SourceTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.YamlReader;
import io.cooper.manifest.edit.YamlChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a policy proposes becomes an edit only where the text alone decides.
class RepairsTest {
  private static final String WRITTEN =
      """
      apiVersion: v1
      kind: Thing
      metadata:
        name: thing
      spec:
        size: 1
        list:
          - name: a
            value: 1
          - name: b
            value: 1
      """;

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("thing.yaml"), WRITTEN);
  }

  /// Demands of some objects that they are changed.
  private record Demand(Predicate<Manifest> of, YamlChange change) implements ManifestPolicy {
    @Override
    public About about() {
      return new About("flux/test", ERROR, "", "", "");
    }

    @Override
    public Stream<Finding> check(Manifest manifest) {
      return Stream.of(manifest)
          .filter(of)
          .map(each -> Finding.about(each, "no").repairedBy("change", each, change));
    }
  }

  private static Mapping map(String text) {
    return (Mapping) YamlReader.ofSources().read("thing.yaml", text).documents().getFirst();
  }

  private static Manifest rendered(String text) {
    return Manifest.rendered(map(text), () -> Optional.of(map(WRITTEN)));
  }

  private RenderedTree tree(Manifest... objects) {
    var owner =
        map(
            """
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata: {name: owner, namespace: flux-system}
            """);
    var rendered =
        new RenderedKustomization(
            new Kustomization(Manifest.asWritten(owner)),
            Optional.empty(),
            RenderedKustomization.State.RENDERED,
            List.of(objects),
            List.of(),
            false,
            Set.of("thing.yaml"));
    return new RenderedTree("clusters/one", artifact(), List.of(rendered));
  }

  private Artifact artifact() {
    return new Artifact(folder, List.of("thing.yaml"));
  }

  private Repair repair(YamlChange change, Manifest manifest) {
    return repair(change, _ -> true, tree(manifest));
  }

  private Repair repair(YamlChange change, Predicate<Manifest> of, RenderedTree... trees) {
    var repository = new Repository(SourceTree.of(artifact()), List.of(trees));
    return new Checker(List.of(new Demand(of, change)), (_, own) -> Optional.of(own))
        .check(repository)
        .getFirst()
        .finding()
        .repair()
        .orElseThrow();
  }

  private static YamlChange size(long value) {
    return new YamlChange.Replace(List.of("spec", "size"), value);
  }

  private static String reason(Repair repair) {
    assertThat(repair).isInstanceOf(ByHand.class);
    return ((ByHand) repair).reason();
  }

  @Test
  void what_is_rendered_as_it_is_written_is_repaired_in_its_file() {
    assertThat(repair(size(2), rendered(WRITTEN)))
        .isEqualTo(new Fix("change", List.of(new Edit("thing.yaml", 6, "1", "2"))));
  }

  @Test
  void an_item_is_found_by_its_name_where_a_build_reorders_a_list() {
    var reordered =
        WRITTEN.replace("name: a", "name: x").replace("name: b", "name: a").replace("x", "b");

    assertThat(
            repair(
                new YamlChange.Replace(List.of("spec", "list", "0", "value"), 2L),
                rendered(reordered)))
        .isEqualTo(new Fix("change", List.of(new Edit("thing.yaml", 11, "1", "2"))));
  }

  @Test
  void a_value_that_something_else_decides_is_left_to_a_person() {
    var patched = rendered(WRITTEN.replace("size: 1", "size: 7"));
    assertThat(reason(repair(size(2), patched))).contains("a patch, a variable or a generator");

    var added = rendered(WRITTEN + "  more: {}\n");
    assertThat(reason(repair(new YamlChange.Put(List.of("spec", "more"), "a", true), added)))
        .contains("a patch");

    var removed = rendered(WRITTEN.replace("  size: 1\n", ""));
    assertThat(reason(repair(new YamlChange.Put(List.of("spec"), "size", 2L), removed)))
        .contains("a patch");

    var longer = rendered(WRITTEN + "    - name: c\n      value: 1\n");
    assertThat(reason(repair(new YamlChange.Append(List.of("spec", "list"), "d"), longer)))
        .contains("a patch");
  }

  @Test
  void an_object_that_the_build_makes_or_renames_is_left_to_a_person() {
    assertThat(reason(repair(size(2), rendered(WRITTEN.replace("name: thing", "name: my-thing")))))
        .contains("is made of thing.yaml:1:1 by the build");
    assertThat(reason(repair(size(2), Manifest.rendered(map(WRITTEN), Optional::empty))))
        .contains("stands in no file");
  }

  @Test
  void a_text_that_two_clusters_share_changes_only_if_both_ask_for_it() {
    var one = rendered(WRITTEN);
    var other = rendered(WRITTEN);

    assertThat(repair(size(2), _ -> true, tree(one), tree(other))).isInstanceOf(Fix.class);
    assertThat(reason(repair(size(2), each -> each == one, tree(one), tree(other))))
        .contains("would reach");
  }

  @Test
  void a_file_that_is_not_of_the_repository_is_not_touched() {
    var elsewhere =
        (Mapping) YamlReader.ofSources().read("vendored.yaml", WRITTEN).documents().getFirst();

    assertThat(
            reason(repair(size(2), Manifest.rendered(map(WRITTEN), () -> Optional.of(elsewhere)))))
        .contains("vendored.yaml is no file of this repository");
  }
}
