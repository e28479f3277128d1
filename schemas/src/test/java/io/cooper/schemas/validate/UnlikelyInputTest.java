package io.cooper.schemas.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.YamlReader;
import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.CustomResources;
import io.cooper.schemas.LayeredCatalogue;
import io.cooper.schemas.admission.Admission;
import io.cooper.schemas.admission.Review;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// No object and no schema makes validation throw or run away.
@Tag("S30")
class UnlikelyInputTest {
  private static final BuiltInCatalogue CATALOGUE = BuiltInCatalogue.newest();
  private static final ObjectValidator VALIDATOR = new ObjectValidator(CATALOGUE, _ -> false);
  private static final Admission ADMISSION = new Admission(_ -> false);

  static IntStream seeds() {
    return IntStream.range(0, 40);
  }

  /// All kinds with all sorts of values everywhere; then what was said of them has to be sayable.
  @ParameterizedTest
  @MethodSource("seeds")
  void spoilt_objects_are_judged(int seed) {
    var random = new Random(seed);
    var objects = new RandomObjects(CATALOGUE, random);
    var kinds = CATALOGUE.kinds().toList();
    for (int i = 0; i < 40; i++) {
      var object = objects.sound(kinds.get(random.nextInt(kinds.size())));
      for (int times = random.nextInt(5); times >= 0; times--) {
        objects.spoil(object);
      }
      judged(RandomObjects.manifest(object), VALIDATOR);
    }
  }

  private static Review judged(Manifest manifest, ObjectValidator validator) {
    var review = Review.of(manifest, validator, ADMISSION);
    review
        .violations()
        .forEach(violation -> {
          assertThat(violation.message()).isNotBlank().doesNotContain("\n");
          assertThatCode(() -> manifest.placeAt(violation.path().toArray(String[]::new)))
              .doesNotThrowAnyException();
        });
    return review;
  }

  static Stream<String> values() {
    return Stream.of(
        ".nan",
        "-.inf",
        "1e400",
        "-1e30",
        "1e30",
        "99999999999999999999999999",
        "9223372036854775808",
        "-9223372036854775809",
        "4.0",
        "-0.0",
        "0x7fffffffffffffffff",
        "\"\"",
        "\"\\u0000\\ud83d\"",
        "'" + "x".repeat(2_000_000) + "'",
        "'" + "a.".repeat(100_000) + "'",
        "[" + "[],".repeat(100_000) + "]",
        "{"
            + IntStream.range(0, 50_000)
                .mapToObj(i -> "k" + i + ": 1,")
                .reduce("", String::concat)
                .substring(0, 8)
            + "}",
        "[".repeat(90) + "]".repeat(90),
        "{a: ".repeat(90) + "1" + "}".repeat(90));
  }

  @ParameterizedTest
  @MethodSource("values")
  void values_that_nobody_writes_are_judged_wherever_they_stand(String value) {
    for (var object :
        List.of(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: %s}, spec: {selector: {}}}",
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, labels: {a: %s}}, spec: {replicas: %s}}",
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {spec: {containers: %s}}}}",
            "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{port: %s, targetPort: %s}]}}",
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: %s}}",
            "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: %s}}",
            "{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {schedule: %s}}",
            "{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: a}, spec: {instances: %s, storage: {size: %s}}}",
            "{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, metadata: {name: a}, spec: {interval: %s, values: %s}}",
            "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a}, spec: {versions: %s}}",
            "{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: %s, spec: %s}")) {
      for (var document :
          YamlReader.ofRendered().read("a.yaml", object.replace("%s", value)).documents()) {
        judged(Manifest.asWritten((Mapping) document), VALIDATOR);
      }
    }
  }

  /// A CRD of the repository, whose schema may be anything.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{$ref: '#'}",
        "{$ref: io.example.v1.Web}",
        "{type: object, properties: {spec: {$ref: '#/properties/spec'}}}",
        "{type: object, properties: {spec: {$ref: '#/nowhere'}}}",
        "{type: object, properties: {spec: {$ref: 'http://[::bad'}}}",
        "{type: object, properties: {spec: {$ref: 7}}}",
        "{type: object, properties: {spec: {type: [object]}}}",
        "{type: object, properties: {spec: {type: nothing}}}",
        "{type: object, properties: {spec: {pattern: '('}}}",
        "{type: object, properties: {spec: {pattern: 7}}}",
        "{type: object, properties: {spec: {minimum: many}}}",
        "{type: object, properties: {spec: {multipleOf: 0}}}",
        "{type: object, properties: {spec: {maxLength: -1, maxItems: 1.5, minProperties: 1e30}}}",
        "{type: object, properties: {spec: {enum: 7}}}",
        "{type: object, properties: {spec: {required: spec}}}",
        "{type: object, properties: {spec: {required: [7, {}]}}}",
        "{type: object, properties: {spec: {oneOf: {}}}}",
        "{type: object, properties: {spec: {anyOf: []}}}",
        "{type: object, properties: {spec: {not: 7}}}",
        "{type: object, properties: {spec: {items: [{}]}}}",
        "{type: object, properties: {spec: {additionalProperties: 7}}}",
        "{type: object, properties: [spec]}",
        "{type: object, properties: {spec: 7}}",
        "{type: object, properties: {spec: {x-kubernetes-list-type: map, x-kubernetes-list-map-keys: 7}}}",
        "{type: object, properties: {spec: {x-kubernetes-validations: 7}}}",
        "{type: object, properties: {spec: {x-kubernetes-validations: [{rule: 7}, {rule: 'self.('}]}}}",
        "{type: object, required: 7, properties: {metadata: 7, apiVersion: 7}}",
        "[]",
        "7",
        "null"
      })
  void schemas_that_are_none_are_of_no_use_or_ignored(String schema) {
    var crd =
        TestCatalogue.object(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: webs.example.io}
            spec:
              group: example.io
              names: {kind: Web, plural: webs}
              scope: Namespaced
              versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: %s}}]
            """
                .formatted(schema));
    judged(crd, VALIDATOR);
    var catalogue = LayeredCatalogue.of(CATALOGUE, List.of(CustomResources.of(Stream.of(crd))));
    var validator = new ObjectValidator(catalogue, _ -> false);
    for (var spec : List.of("{}", "a", "7", "[1, 1]", "{a: {b: [c]}}", "1.5", "null")) {
      judged(
          TestCatalogue.object(
              "{apiVersion: example.io/v1, kind: Web, metadata: {name: a}, spec: %s}"
                  .formatted(spec)),
          validator);
    }
  }
}
