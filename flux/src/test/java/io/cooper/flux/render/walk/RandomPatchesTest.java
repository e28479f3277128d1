package io.cooper.flux.render.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.render.walk.RenderOptions.Mode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random patches over random objects, in the Flux object, the root file and a component, through
/// our renderer and through Flux's own packages: the schema that we spare kustomize must never be
/// missed.
@Tag("interop")
@Tag("S18")
class RandomPatchesTest {
  private static final int CHILDREN = 60;
  private static final List<String> TYPES =
      List.of(
          "helm.toolkit.fluxcd.io/v2 HelmRelease",
          "apps/v1 Deployment",
          "apps/v1 StatefulSet",
          "v1 List",
          "v1 ConfigMap",
          "example.com/v1 Deployment",
          "v1 Service",
          "rbac.authorization.k8s.io/v1 ClusterRole",
          "gateway.networking.k8s.io/v1 HTTPRoute",
          "autoscaling/v2 HorizontalPodAutoscaler");
  private static final String CONTAINERS =
      "{template: {spec: {containers: [{name: main, image: %s}, {name: %s, image: c}]}}}";
  private static final List<String> BODIES =
      List.of(
          "spec: {embedded: {apiVersion: apps/v1, kind: Deployment, spec: %s}}"
              .formatted(CONTAINERS.formatted("a", "one")),
          "spec: {embedded: {apiVersion: apps/v1, kind: Deployment, spec: %s}}"
              .formatted(CONTAINERS.formatted("b", "two")),
          "spec: " + CONTAINERS.formatted("b", "new"),
          "spec: {ports: [{port: 80, name: http, targetPort: 1}, {port: 81, name: more}]}",
          "spec: {values: {list: [1], map: {b: 2}}}",
          "spec: {template: {spec: {volumes: [{name: a, emptyDir: {}}], tolerations: [{key: k}],"
              + " containers: [{name: main, env: [{name: A, value: b}], ports: [{containerPort: 1}],"
              + " volumeMounts: [{mountPath: /a, name: a}]}]}}}",
          "spec: {template: {spec: {volumes: [{name: b, emptyDir: {}}], tolerations: [{key: l}],"
              + " containers: [{name: main, env: [{name: B, value: c}], ports: [{containerPort: 2}],"
              + " volumeMounts: [{mountPath: /b, name: b}]}]}}}",
          "data: {b: '2'}",
          "metadata: {name: one, labels: {l: m}, finalizers: [b]}",
          "spec: null",
          "spec: {values: {$patch: replace, only: this}}",
          "rules: [{apiGroups: [''], verbs: [get]}]");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void random_patches_give_what_flux_gives(long seed, @TempDir Path folder) throws Exception {
    var reference = Reference.found();
    var random = new Random(seed);
    var repository = new Repositories(folder.resolve("repository"));
    for (int i = 0; i < CHILDREN; i++) {
      var app = "apps/k%d/".formatted(i);
      var objects = new StringBuilder();
      for (int n = 0; n < 1 + random.nextInt(4); n++) {
        objects.append(object(pick(random, TYPES), "o" + n, pick(random, BODIES)));
      }
      repository
          .file(app + "objects.yaml", objects.toString())
          .file(
              app + "kustomization.yaml",
              "resources: [objects.yaml]\n"
                  + (random.nextInt(3) == 0 ? "namespace: team\n" : "")
                  + (random.nextInt(4) == 0 ? "components: [c]\n" : "")
                  + (random.nextInt(3) == 0 ? patches(random, "") : ""))
          .file(
              app + "c/kustomization.yaml",
              "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
                  + patches(random, ""))
          .child("k" + i, patches(random, "  "));
    }
    var vars = Files.writeString(folder.resolve("vars.yaml"), "");

    var tree = repository.render(Mode.LENIENT);
    var walked = reference.walk(repository.root(), "entry", vars, folder.resolve("out"), false);

    assertThat(Reference.differences(tree, walked)).isEmpty();
    assertThat(walked.values().stream().filter(each -> each.error().isEmpty()).count())
        .isGreaterThan(CHILDREN / 5);
  }

  private static String object(String type, String name, String body) {
    var parts = type.split(" ", -1);
    var metadata = body.startsWith("metadata") ? "" : "metadata: {name: %s}\n".formatted(name);
    return "---\napiVersion: %s\nkind: %s\n%s%s\n"
        .formatted(parts[0], parts[1], metadata, body.replace("name: one", "name: " + name));
  }

  private static String patches(Random random, String indent) {
    var out = new StringBuilder(indent + "patches:\n");
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      var type = pick(random, TYPES).split(" ", -1);
      var target =
          switch (random.nextInt(5)) {
            case 0 -> "{kind: %s}".formatted(type[1]);
            case 1 -> "{kind: '%s.*'}".formatted(type[1].charAt(0));
            case 2 -> "{name: 'o[01]'}";
            case 3 ->
                "{group: '%s', kind: %s}"
                    .formatted(type[0].contains("/") ? type[0].split("/", -1)[0] : "", type[1]);
            default -> "{labelSelector: 'l=m'}";
          };
      out.append(indent).append("  - target: ").append(target).append('\n');
      if (random.nextInt(4) == 0) {
        out.append(indent)
            .append(
                "    patch: '[{\"op\": \"add\", \"path\": \"/metadata/%s\", \"value\": {\"x\": \"y\"}}]'\n"
                    .formatted(random.nextBoolean() ? "labels" : "annotations"));
      } else {
        out.append(indent).append("    patch: |\n");
        object(
                String.join(" ", random.nextInt(3) > 0 ? type : pick(random, TYPES).split(" ", -1)),
                "_",
                pick(random, BODIES))
            .lines()
            .skip(1)
            .forEach(line -> out.append(indent).append("      ").append(line).append('\n'));
      }
    }
    return out.toString();
  }

  /// Every other time one of the first two, so that they meet.
  private static String pick(Random random, List<String> from) {
    return from.get(random.nextInt(random.nextBoolean() ? 2 : from.size()));
  }
}
