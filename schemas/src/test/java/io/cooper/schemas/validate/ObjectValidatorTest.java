package io.cooper.schemas.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.manifest.Manifest;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectValidatorTest {
  private static final String STORE =
      """
      type: object
      required: [metadata, spec]
      properties:
        apiVersion: {type: string}
        kind: {type: string}
        metadata: {type: object}
        spec:
          type: object
          required: [configuration, mode, owner]
          properties:
            mode: {type: string, default: fast, enum: [fast, safe]}
            owner: {type: string, nullable: true}
            jobs: {type: integer, format: int32, minimum: 1}
            since: {type: string, format: date-time}
            odd: {type: string, format: made-up}
            name: {type: string, pattern: '^[a-z]+$', maxLength: 5}
            port: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
            half: {type: number, exclusiveMinimum: true, minimum: 0}
            nothing: {type: object}
            anything: {type: object, x-kubernetes-preserve-unknown-fields: true}
            labels: {type: object, additionalProperties: {type: string}}
            template: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
            hosts: {type: array, items: {type: string}, x-kubernetes-list-type: set}
            jobsByName:
              type: array
              items:
                type: object
                properties: {name: {type: string}, kind: {type: string, default: a}}
              x-kubernetes-list-type: map
              x-kubernetes-list-map-keys: [name, kind]
            configuration:
              type: object
              properties:
                destinationPath: {type: string, minLength: 1}
                wal: {type: object, properties: {maxParallel: {type: integer}, compression: {type: string}}}
                s3: {type: object, x-kubernetes-preserve-unknown-fields: true}
                azure: {type: object, x-kubernetes-preserve-unknown-fields: true}
                ttl: {type: string, format: duration}
              oneOf: [{required: [s3]}, {required: [azure]}]
        status: {type: object, required: [phase], properties: {phase: {type: string}}}
      """;

  private static final String POD =
      """
      type: object
      properties:
        apiVersion: {type: string}
        kind: {type: string}
        metadata: {allOf: [{$ref: meta}], default: {}}
        spec: {allOf: [{$ref: podspec}], default: {}}
      """;

  private static final TestCatalogue CATALOGUE =
      new TestCatalogue()
          .custom("Store", STORE)
          .builtIn("v1", "Pod", POD)
          .builtIn(
              "v1",
              "Secret",
              """
              type: object
              properties:
                apiVersion: {type: string}
                kind: {type: string}
                metadata: {allOf: [{$ref: meta}], default: {}}
                data: {type: object, additionalProperties: {type: string, format: byte}}
                stringData: {type: object, additionalProperties: {type: string, default: ''}}
              """)
          .definition(
              "meta",
              "{type: object, properties: {name: {type: string}, labels: {type: object, additionalProperties: {type: string}}}}")
          .definition(
              "podspec",
              """
              type: object
              required: [containers]
              properties:
                containers: {type: array, items: {allOf: [{$ref: container}], default: {}},
                  x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name]}
              """)
          .definition(
              "container",
              """
              type: object
              required: [name]
              properties:
                name: {type: string, default: ''}
                image: {type: string}
                limits: {type: object, additionalProperties: {$ref: quantity}}
                probe: {oneOf: [{type: integer}, {type: string}], format: int-or-string}
                free: {type: object}
                ports: {type: array, items: {allOf: [{$ref: port}], default: {}},
                  x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [containerPort, protocol]}
              """)
          .definition(
              "port",
              "{type: object, properties: {containerPort: {type: integer, format: int32, default: 0}, protocol: {type: string, default: TCP}}}")
          .definition("quantity", "{oneOf: [{type: string}, {type: number}]}");

  private static final ObjectValidator VALIDATOR =
      new ObjectValidator(CATALOGUE, text -> text.contains("..PLACEHOLDER_"));

  private static Manifest store(String... spec) {
    var own = Stream.of(spec).anyMatch(line -> line.startsWith("configuration:"));
    return TestCatalogue.object(
        """
        apiVersion: example.org/v1
        kind: Store
        metadata: {name: a}
        spec:
          owner: me
        """
            + (own ? "" : "  configuration: {s3: {}}\n")
            + Stream.of(spec).map(line -> "  " + line + "\n").reduce("", String::concat));
  }

  private static Manifest pod(String container) {
    return TestCatalogue.object(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: a}
        spec:
          containers:
            - name: web
        """
            + container.indent(6));
  }

  private static List<Violation> violations(Manifest manifest) {
    return switch (VALIDATOR.validate(manifest)) {
      case Outcome.Judged(var _, var violations, var _) -> violations;
      case Outcome other -> throw new AssertionError(other);
    };
  }

  private static List<String> messages(Manifest manifest) {
    return violations(manifest).stream().map(Violation::message).toList();
  }

  @Test
  void a_sound_object_is_accepted() {
    assertThat(
            messages(
                store(
                    "jobs: 3",
                    "since: 2026-01-31T12:00:00Z",
                    "odd: anything at all",
                    "port: http",
                    "half: 0.5",
                    "anything: {goes: [1, a]}",
                    "labels: {a: b}",
                    "template: {apiVersion: v1, kind: Pod, spec: {}}",
                    "hosts: [a, b]",
                    "jobsByName: [{name: a}, {name: a, kind: b}]")))
        .isEmpty();
  }

  @Test
  void a_misspelt_field_is_named_with_its_path_and_the_nearest_one() {
    var found = violations(store("configuration: {s3: {}, wal: {maxParalel: 4}}"));
    assertThat(found)
        .singleElement()
        .satisfies(violation -> {
          assertThat(violation.message())
              .isEqualTo(
                  "unknown field spec.configuration.wal.maxParalel – did you mean maxParallel?");
          assertThat(violation.path())
              .containsExactly("spec", "configuration", "wal", "maxParalel");
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          jobs: many             | spec.jobs has to be an integer, and is the string "many"
          jobs: 1.5              | spec.jobs has to be an integer, and is 1.5
          jobs: 0                | spec.jobs is 0, and has to be at least 1
          jobs: 3000000000       | spec.jobs is 3000000000, and has to be at most 2147483647
          since: yesterday       | spec.since is the string "yesterday", and has to be a time such as 2027-01-31T12:00:00Z
          mode: safer            | spec.mode is the string "safer", and has to be one of fast, safe – did you mean safe?
          name: UPPER            | spec.name is the string "UPPER", which does not match ^[a-z]+$
          name: longer           | spec.name is longer than 5 characters
          port: [80]             | spec.port has to be an integer or a string, and is a list
          half: 0                | spec.half is 0, and has to be more than 0
          nothing: {at: all}     | unknown field spec.nothing.at
          labels: {a: 1}         | spec.labels.a has to be a string, and is 1
          labels: {a.b/c: true}  | spec.labels[a.b/c] has to be a string, and is true
          template: {kind: Pod}  | spec.template.apiVersion is missing, and required
          hosts: [a, b, a]       | spec.hosts is there twice: spec.hosts[2] is "a", like spec.hosts[0]
          hosts: [a, ~]          | spec.hosts[1] has to be a string, and is null
          jobsByName: [{name: x, kind: a}, {name: x}] | spec.jobsByName is there twice: spec.jobsByName[1] is kind a, name x, like spec.jobsByName[0]
          """)
  void what_is_wrong_is_said_once_and_at_its_place(String line, String message) {
    assertThat(messages(store(line))).containsExactly(message);
  }

  @Test
  void all_mistakes_of_an_object_are_reported_at_once() {
    assertThat(messages(store("jobs: many", "mode: safer", "more: 1"))).hasSize(3);
  }

  @Test
  void a_required_field_is_missed_unless_it_has_a_default_or_may_be_null() {
    var empty = TestCatalogue.object("apiVersion: example.org/v1\nkind: Store\nspec: {owner: ~}");
    assertThat(messages(empty))
        .containsExactlyInAnyOrder(
            "metadata is missing, and required", "spec.configuration is missing, and required");
  }

  @Test
  void null_is_nothing_where_a_default_fills_it_in_or_a_field_may_be_null_or_anything() {
    assertThat(messages(store("mode: ~", "owner: ", "anything: {a: null}"))).isEmpty();
  }

  /// Server-side apply does not drop it, unlike `kubectl create`: compared with a running server.
  @Test
  void any_other_null_of_a_custom_resource_has_the_wrong_type() {
    assertThat(messages(store("jobs: ~", "labels: {a: }")))
        .containsExactly(
            "spec.jobs has to be an integer, and is null",
            "spec.labels.a has to be a string, and is null");
  }

  @Test
  void metadata_is_judged_though_a_crd_says_nothing_of_it() {
    var object =
        TestCatalogue.object(
            """
            apiVersion: example.org/v1
            kind: Store
            metadata: {name: a, lables: {a: b}, annotations: {a: true}, creationTimestamp: null}
            spec: {configuration: {s3: {}}}
            """);
    assertThat(messages(object))
        .containsExactlyInAnyOrder(
            "unknown field metadata.lables – did you mean labels?",
            "metadata.annotations.a has to be a string, and is true");
  }

  @Test
  void the_status_is_left_alone() {
    var object =
        TestCatalogue.object(
            "apiVersion: example.org/v1\nkind: Store\nmetadata: {name: a}\nspec: {configuration: {s3: {}}}\nstatus: {old: 1}");
    assertThat(messages(object)).isEmpty();
  }

  @Test
  void a_choice_is_one_finding_that_names_the_alternatives() {
    assertThat(messages(store("configuration: {destinationPath: s3://a}")))
        .containsExactly("spec.configuration needs exactly one of s3, azure");
    assertThat(messages(store("configuration: {s3: {}, azure: {}}")))
        .containsExactly("spec.configuration may have only one of s3, azure");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "limits: {cpu: 500m, memory: 1.5Gi, a: 2, b: 0.5, c: 1e3, d: 12E6}",
        "probe: http",
        "probe: 80",
        "free: {a: [1]}",
        "ports: [{containerPort: 53}, {containerPort: 53, protocol: UDP}]",
        "image: ~"
      })
  void kinds_of_kubernetes_follow_their_go_types(String line) {
    assertThat(messages(pod(line))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          limits: {memory: 1GB}   | spec.containers[0].limits.memory is the string "1GB", and has to be a quantity such as 500m or 2Gi
          limits: {cpu: true}     | spec.containers[0].limits.cpu has to be a string or a number, and is true
          probe: 1.5              | spec.containers[0].probe has to be an integer or a string, and is 1.5
          imagePullPolicy: Always | unknown field spec.containers[0].imagePullPolicy
          ports: [{containerPort: 53}, {containerPort: 53, protocol: TCP}] | spec.containers[0].ports is there twice: spec.containers[0].ports[1] is containerPort 53, protocol TCP, like spec.containers[0].ports[0]
          """)
  void kinds_of_kubernetes_are_strict_too(String line, String message) {
    assertThat(messages(pod(line))).singleElement().asString().startsWith(message);
  }

  @Test
  void zero_values_that_openapi_calls_defaults_fill_nothing_in() {
    var pod =
        TestCatalogue.object(
            "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: a}, {image: b}]}");
    assertThat(messages(pod))
        .containsExactly(
            "spec.containers[0].name is missing, and required",
            "spec.containers[1].name is missing, and required");
  }

  @Test
  void a_field_that_is_there_without_a_value_is_missing() {
    var pod = TestCatalogue.object("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n");
    assertThat(messages(pod)).containsExactly("spec.containers is missing, and required");
  }

  @Test
  void what_only_the_cluster_knows_is_not_judged() {
    assertThat(
            messages(
                store(
                    "jobs: ..PLACEHOLDER_JOBS..",
                    "mode: x..PLACEHOLDER_MODE..",
                    "since: ..PLACEHOLDER_SINCE..",
                    "hosts: [..PLACEHOLDER_A.., ..PLACEHOLDER_A..]",
                    "configuration: ..PLACEHOLDER_ALL..")))
        .isEmpty();
  }

  @Test
  void what_sops_encrypted_is_not_judged_and_the_rest_is() {
    var secret =
        TestCatalogue.object(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: a}
            data: {password: "ENC[AES256_GCM,data:abc=,iv:def=,tag:ghi=,type:str]"}
            stringdata: {password: "ENC[AES256_GCM,data:abc=,iv:def=,tag:ghi=,type:str]"}
            sops: {mac: "ENC[AES256_GCM,data:x]", version: 3.9.0}
            """);
    assertThat(messages(secret))
        .containsExactly("unknown field stringdata – did you mean stringData?");
  }

  @Test
  void what_a_secret_holds_is_not_repeated() {
    var secret =
        TestCatalogue.object(
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {password: hunter2}");
    assertThat(messages(secret))
        .containsExactly("data.password is the string (not shown), and has to be base64");
  }

  @Test
  void a_kind_that_nobody_knows_is_said_to_be_unknown() {
    assertThat(VALIDATOR.validate(TestCatalogue.object("apiVersion: v2\nkind: Pod")))
        .isInstanceOf(Outcome.UnknownKind.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          just a text                                                       | it is no object but STRING
          {type: object, properties: {spec: {type: string, pattern: '('}}}  | the pattern ( is no regular expression
          {type: object, properties: {spec: {$ref: nowhere}}}               | nowhere
          {type: object, properties: {spec: {$ref: circle}}}                | it leads in circles
          """)
  void a_schema_that_is_none_is_said_to_be_unusable(String schema, String reason) {
    var catalogue =
        new TestCatalogue().custom("Odd", schema).definition("circle", "{allOf: [{$ref: circle}]}");
    assertThat(
            new ObjectValidator(catalogue, _ -> false)
                .validate(
                    TestCatalogue.object(
                        "apiVersion: example.org/v1\nkind: Odd\nmetadata: {name: a}\nspec: abc")))
        .isInstanceOfSatisfying(
            Outcome.Unusable.class,
            unusable -> assertThat(unusable.reason()).contains(reason).doesNotContain("\n"));
  }

  @Test
  void a_schema_that_refers_to_itself_ends() {
    var catalogue =
        new TestCatalogue()
            .builtIn("v1", "Ring", "{type: object, properties: {spec: {$ref: a}}}")
            .definition("a", "{allOf: [{$ref: b}]}")
            .definition("b", "{allOf: [{$ref: a}]}");
    assertThat(
            new ObjectValidator(catalogue, _ -> false)
                .validate(TestCatalogue.object("apiVersion: v1\nkind: Ring\nspec: {}")))
        .isInstanceOfSatisfying(
            Outcome.Unusable.class,
            unusable -> assertThat(unusable.reason()).isEqualTo("it leads in circles"));
  }

  @Test
  void an_expression_that_would_backtrack_for_ever_does_not() {
    var catalogue =
        new TestCatalogue()
            .custom(
                "Slow", "{type: object, properties: {spec: {type: string, pattern: '^(a+)+$'}}}");
    var object =
        TestCatalogue.object(
            "apiVersion: example.org/v1\nkind: Slow\nmetadata: {name: a}\nspec: "
                + "a".repeat(5_000)
                + "!");
    var outcome =
        org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () -> new ObjectValidator(catalogue, _ -> false).validate(object));
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Judged.class, judged -> assertThat(judged.violations()).hasSize(1));
  }
}
