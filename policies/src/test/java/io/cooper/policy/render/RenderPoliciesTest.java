package io.cooper.policy.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Place;
import io.cooper.manifest.YamlReader;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S18")
@Tag("S25")
class RenderPoliciesTest {
  private static final Artifact NO_FILES = new Artifact(Path.of("."), List.of());

  private static RenderedTree tree(String entry) {
    var flux =
        new Kustomization(
            YamlReader.ofSources()
                .read(
                    "ks.yaml",
                    "{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {namespace: a, name: b}}")
                .manifests()
                .findFirst()
                .orElseThrow());
    var problems =
        Arrays.stream(Kind.values())
            .map(kind ->
                new RenderProblem(
                    kind,
                    new Place("x.yaml", kind.name().length(), 1),
                    "says " + kind,
                    "do " + kind,
                    Optional.empty()))
            .toList();
    var rendered =
        new RenderedKustomization(
            flux, Optional.empty(), State.FAILED, List.of(), problems, false, Set.of());
    return new RenderedTree(entry, NO_FILES, List.of(rendered));
  }

  private static Stream<String> found(RepositoryPolicy policy, RenderedTree... trees) {
    return policy.check(new Repository(NO_FILES, List.of(trees))).map(Finding::message);
  }

  @Test
  void every_kind_of_trouble_belongs_to_the_rule_that_explains_it() {
    assertThat(found(new RenderFailed(), tree("one")))
        .containsExactlyInAnyOrder("says FILE_MISSING", "says BUILD", "says SUBSTITUTION");
    assertThat(found(new RemoteResource(), tree("one")))
        .containsExactlyInAnyOrder("says REMOTE_RESOURCE", "says REMOTE_PINNED");
    assertThat(found(new DroppedField(), tree("one"))).containsExactly("says DROPPED");
  }

  @Test
  void a_finding_carries_place_remedy_and_kustomization() {
    var finding =
        new RemoteResource()
            .check(new Repository(NO_FILES, List.of(tree("one"))))
            .findFirst()
            .orElseThrow();

    assertThat(finding.place()).isEqualTo(new Place("x.yaml", "REMOTE_RESOURCE".length(), 1));
    assertThat(finding.remedy()).contains("do REMOTE_RESOURCE");
    assertThat(finding.kustomization().map(Object::toString)).contains("a/b");
  }

  @Test
  void what_two_clusters_share_is_found_once() {
    assertThat(found(new RenderFailed(), tree("one"), tree("two"))).hasSize(3);
  }
}
