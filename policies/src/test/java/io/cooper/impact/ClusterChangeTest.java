package io.cooper.impact;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.impact.Effect.Weight;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterChangeTest {
  private static final String MAP =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: map, namespace: app}
      data: {a: "1"}
      """;
  private static final String CLAIM =
      """
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: data, namespace: app}
      spec: {storageClassName: fast, resources: {requests: {storage: 2Gi}}}
      """;

  private static ClusterChange between(Cluster before, Cluster after) {
    return ClusterChange.between(before.tree(), after.tree());
  }

  private static ClusterChange changed(String before, String after) {
    return between(
        new Cluster().with("app", "prune: true", before),
        new Cluster().with("app", "prune: true", after));
  }

  private static List<String> fields(ClusterChange change) {
    return change.objects().stream()
        .filter(ObjectChange.Changed.class::isInstance)
        .flatMap(each -> ((ObjectChange.Changed) each).fields().stream())
        .map(FieldChange::toString)
        .toList();
  }

  private static ObjectChange.Fate fate(ClusterChange change, String object) {
    return change.objects().stream()
        .filter(ObjectChange.Removed.class::isInstance)
        .map(ObjectChange.Removed.class::cast)
        .filter(each -> each.id().toString().equals(object))
        .findFirst()
        .orElseThrow()
        .fate();
  }

  private static Effect effect(ClusterChange change, String object) {
    return change.effects().stream()
        .filter(each -> each.object().toString().equals(object))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void the_same_cluster_twice_is_no_change() {
    assertThat(changed(MAP, MAP).isEmpty()).isTrue();
    assertThat(changed(MAP, MAP).effects()).isEmpty();
  }

  @Test
  void fields_are_told_by_path_and_items_by_name() {
    var deployment =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: app}
        spec:
          template:
            spec:
              containers:
                - {name: web, image: "web:1", args: [a, b]}
                - {name: log, image: "log:1"}
        """;
    var after =
        deployment
            .replace("web:1", "web:2")
            .replace("[a, b]", "[a, c]")
            .replace("        - {name: log, image: \"log:1\"}\n", "");

    assertThat(fields(changed(deployment, after)))
        .containsExactly(
            "spec.template.spec.containers[web].image: web:1 → web:2",
            "spec.template.spec.containers[web].args[]: b (gone)",
            "spec.template.spec.containers[web].args[]: c (new)",
            "spec.template.spec.containers[log]: {name: log, image: log:1} (gone)");
    assertThat(effect(changed(deployment, after), "Deployment/app/web"))
        .extracting(Effect::weight)
        .isEqualTo(Weight.RESTART);
  }

  @Test
  void secrets_are_never_shown() {
    var secret =
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: s, namespace: app}
        stringData: {password: hunter1}
        """;
    var values =
        """
        apiVersion: helm.toolkit.fluxcd.io/v2
        kind: HelmRelease
        metadata: {name: r, namespace: app}
        spec: {values: {auth: {rootPassword: hunter1}, env: {x: "ENC[AES256,abc]"}}}
        """;
    var change =
        changed(
            secret + "---\n" + values,
            (secret + "---\n" + values).replace("hunter1", "hunter2").replace("abc", "def"));

    assertThat(fields(change))
        .containsExactlyInAnyOrder(
            "stringData.password: (hidden) → (hidden)",
            "spec.values.auth.rootPassword: (hidden) → (hidden)",
            "spec.values.env.x: (hidden) → (hidden)");
    assertThat(fields(changed(values, values.replace("auth: {rootPassword: hunter1}, ", ""))))
        .containsExactly("spec.values.auth: (hidden) (gone)");
  }

  @Test
  void what_is_no_longer_rendered_is_pruned_unless_something_keeps_it() {
    var kept =
        MAP.replace(
            "{name: map,",
            "{name: kept, annotations: {kustomize.toolkit.fluxcd.io/prune: Disabled},");
    var before = new Cluster().with("app", "prune: true", MAP, kept);

    assertThat(
            fate(
                between(before, new Cluster().with("app", "prune: true", "")), "ConfigMap/app/map"))
        .isEqualTo(new ObjectChange.Fate(true, "pruned"));
    assertThat(
            fate(
                between(before, new Cluster().with("app", "prune: true", "")),
                "ConfigMap/app/kept"))
        .isEqualTo(new ObjectChange.Fate(false, "it is marked prune: Disabled"));
    assertThat(
            fate(
                    between(before, new Cluster().with("app", "prune: false", "")),
                    "ConfigMap/app/map")
                .deleted())
        .isFalse();
    assertThat(
            fate(
                    between(before, new Cluster().with("app", "prune: true, suspend: true", "")),
                    "ConfigMap/app/map")
                .reason())
        .contains("is suspended");
  }

  @ParameterizedTest
  @CsvSource({
    "'prune: true', true",
    "'prune: false', false",
    "'prune: false, deletionPolicy: Delete', true",
    "'prune: true, deletionPolicy: Orphan', false"
  })
  void a_kustomization_that_goes_takes_its_objects_as_its_policy_says(
      String spec, boolean deleted) {
    var change = between(new Cluster().with("app", spec, MAP), new Cluster());

    assertThat(fate(change, "ConfigMap/app/map").deleted()).isEqualTo(deleted);
    assertThat(fate(change, "Kustomization/flux-system/app").deleted()).isTrue();
  }

  @Test
  void what_cannot_be_rendered_removes_nothing() {
    var before = new Cluster().with("app", "prune: true", MAP);

    var broken = between(before, new Cluster().with("app", "prune: true", State.FAILED));
    assertThat(broken.objects()).isEmpty();
    assertThat(broken.unrendered()).containsExactly(new NamespacedName("flux-system", "app"));

    var brokenEntry = ClusterChange.between(before.tree(), before.tree(State.FAILED));
    assertThat(brokenEntry.objects()).as("children of what cannot be rendered").isEmpty();
    assertThat(brokenEntry.isEmpty()).isFalse();

    var repaired = ClusterChange.between(before.tree(State.FAILED), before.tree());
    assertThat(repaired.objects()).isEmpty();
    assertThat(effect(repaired, "Kustomization/flux-system/app").text()).contains("is not known");
  }

  @Test
  void an_object_that_moves_may_be_pruned_by_its_old_owner() {
    var change =
        between(
            new Cluster().with("old", "prune: true", CLAIM, MAP).with("new", "prune: true"),
            new Cluster().with("old", "prune: true").with("new", "prune: true", CLAIM, MAP));

    assertThat(effect(change, "PersistentVolumeClaim/app/data"))
        .satisfies(effect -> {
          assertThat(effect.weight()).isEqualTo(Weight.LOSS);
          assertThat(effect.text()).contains("moves from flux-system/old to flux-system/new");
        });
    assertThat(effect(change, "ConfigMap/app/map").weight()).isEqualTo(Weight.NOTE);
  }

  @Test
  void the_end_of_what_holds_data_is_a_loss() {
    var change =
        between(
            new Cluster().with("app", "prune: true", CLAIM),
            new Cluster().with("app", "prune: true"));

    assertThat(effect(change, "PersistentVolumeClaim/app/data").weight()).isEqualTo(Weight.LOSS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          batch/v1 | Job | template: {spec: {a: 1}} | template: {spec: {a: 2}} | spec.template
          apps/v1 | StatefulSet | serviceName: a | serviceName: b | spec.serviceName
          apps/v1 | StatefulSet | volumeClaimTemplates: [{metadata: {name: a}}] | volumeClaimTemplates: [{metadata: {name: b}}] | spec.volumeClaimTemplates
          apps/v1 | Deployment | selector: {matchLabels: {a: b}} | selector: {matchLabels: {a: c}} | spec.selector
          v1 | Service | clusterIP: 10.0.0.1 | clusterIP: 10.0.0.2 | spec.clusterIP
          v1 | Service | ports: [] | clusterIP: None | spec.clusterIP
          v1 | PersistentVolumeClaim | storageClassName: a | storageClassName: b | spec.storageClassName
          v1 | PersistentVolumeClaim | resources: {requests: {storage: 2Gi}} | resources: {requests: {storage: 1024Mi}} | smaller than before
          """)
  void what_the_api_refuses_is_told_and_what_force_makes_of_it(
      String version, String kind, String before, String after, String field) {
    var object = "apiVersion: %s\nkind: %s\nmetadata: {name: x, namespace: app}\nspec: {%s}\n";
    var old = object.formatted(version, kind, before);
    var fresh = object.formatted(version, kind, after);
    var id = kind + "/app/x";

    var refused = effect(changed(old, fresh), id);
    assertThat(refused.weight()).isEqualTo(Weight.REFUSED);
    assertThat(refused.text()).contains(field, "flux-system/app");

    var forced =
        between(
            new Cluster().with("app", "prune: true, force: true", old),
            new Cluster().with("app", "prune: true, force: true", fresh));
    assertThat(effect(forced, id).text()).contains("is deleted and made anew");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          apps/v1 | StatefulSet | replicas: 1 | replicas: 2
          v1 | Service | clusterIP: None | ports: []
          v1 | Service | type: ClusterIP | type: NodePort
          v1 | PersistentVolumeClaim | resources: {requests: {storage: 1Gi}} | resources: {requests: {storage: 2Gi}}
          apps/v1 | Deployment | replicas: 1 | replicas: 3
          """)
  void what_may_change_is_not_refused(String version, String kind, String before, String after) {
    var object = "apiVersion: %s\nkind: %s\nmetadata: {name: x, namespace: app}\nspec: {%s}\n";

    assertThat(
            changed(object.formatted(version, kind, before), object.formatted(version, kind, after))
                .effects())
        .extracting(Effect::weight)
        .doesNotContain(Weight.REFUSED);
  }

  @Test
  void who_runs_is_told_in_waves_with_those_who_wait() {
    var change =
        between(
            new Cluster()
                .with("base", "prune: true, wait: true", MAP)
                .with("middle", "prune: true, dependsOn: [{name: base}]")
                .with("top", "prune: true, dependsOn: [{name: middle}]"),
            new Cluster()
                .with("base", "prune: true, wait: true", MAP.replace("\"1\"", "\"2\""))
                .with("middle", "prune: true, dependsOn: [{name: base}]", CLAIM)
                .with("top", "prune: true, dependsOn: [{name: middle}]"));

    assertThat(change.runs())
        .extracting(run -> run.id().name(), Run::added, Run::changed, Run::checksHealth)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("base", 0, 1, true),
            org.assertj.core.groups.Tuple.tuple("middle", 1, 0, false));
    assertThat(change.runs().getFirst().holdsBack())
        .extracting(NamespacedName::name)
        .containsExactly("middle", "top");
    assertThat(change.runs().getFirst().wave()).isLessThan(change.runs().getLast().wave());
  }

  @Test
  @Tag("S47")
  void a_kustomization_that_comes_back_with_less_says_what_it_lost() {
    var full =
        "prune: true, wait: true, timeout: 5m, dependsOn: [{name: base}], healthChecks: [{kind:"
            + " Deployment, name: web}]";

    var stripped =
        between(
            new Cluster().with("base", "prune: true").with("app", full, MAP),
            new Cluster().with("base", "prune: true").with("app", "prune: true", MAP));
    assertThat(effect(stripped, "Kustomization/flux-system/app").text())
        .isEqualTo("loses dependsOn base; healthChecks of Deployment/web; wait: true; timeout: 5m");
  }

  @Test
  @Tag("S47")
  void deleting_a_kustomization_lists_all_it_takes_along_and_who_is_stranded() {
    var tree =
        new Cluster()
            .with("app", "prune: true, dependsOn: [{name: base}]", MAP, CLAIM)
            .with("base", "prune: true")
            .with("later", "prune: true, dependsOn: [{name: app}]")
            .tree();

    var change =
        ClusterChange.withoutKustomization(tree, new NamespacedName("flux-system", "app"))
            .orElseThrow();

    assertThat(change.objects())
        .extracting(each -> each.id().toString())
        .containsExactly(
            "ConfigMap/app/map", "PersistentVolumeClaim/app/data", "Kustomization/flux-system/app");
    assertThat(effect(change, "Kustomization/flux-system/app").text())
        .endsWith("lacks dependsOn base");
    assertThat(effect(change, "Kustomization/flux-system/later").text()).contains("waits for ever");
    assertThat(ClusterChange.withoutKustomization(tree, new NamespacedName("flux-system", "x")))
        .isEmpty();
  }
}
