package io.cooper.schemas.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.YamlReader;
import io.cooper.schemas.validate.Violation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
  private static final Admission ADMISSION = new Admission(text -> text.contains("PLACEHOLDER_"));

  private static Manifest object(String yaml) {
    return Manifest.asWritten(
        (Mapping) YamlReader.ofRendered().read("a.yaml", yaml).documents().getFirst());
  }

  private static List<String> messages(String yaml) {
    return ADMISSION.check(object(yaml)).stream().map(Violation::message).toList();
  }

  private static String deployment(String container, String... spec) {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          volumes: [{name: data, emptyDir: {}}]
    """
        + String.join("", List.of(spec).stream().map(line -> "      " + line + "\n").toList())
        + "      containers:\n        - {name: web, image: nginx, "
        + container
        + "}\n";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ports: [{containerPort: 80}]",
        "env: [{name: A, value: b}, {name: B, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]",
        "resources: {requests: {cpu: 500m}, limits: {cpu: 1}}",
        "resources: {requests: {memory: 1Gi}, limits: {memory: 1024Mi}}",
        "livenessProbe: {httpGet: {port: 80}}",
        "volumeMounts: [{name: data, mountPath: /a}]",
        "imagePullPolicy: ..PLACEHOLDER_A.."
      })
  void a_sound_workload_is_accepted(String container) {
    assertThat(messages(deployment(container))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ports: [{containerPort: 70000}] | spec.template.spec.containers[0].ports[0].containerPort is 70000, and has to be 1 to 65535
          ports: [{containerPort: 80, protocol: tcp}] | spec.template.spec.containers[0].ports[0].protocol has to be TCP, UDP or SCTP
          env: [{name: A, value: b, valueFrom: {fieldRef: {fieldPath: a}}}] | spec.template.spec.containers[0].env[0].valueFrom does not go with value
          env: [{name: A, valueFrom: {}}] | spec.template.spec.containers[0].env[0].valueFrom names no source
          resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}} | spec.template.spec.containers[0].resources.requests.memory is above the limit
          livenessProbe: {periodSeconds: 3} | spec.template.spec.containers[0].livenessProbe does nothing: it needs exec, httpGet, tcpSocket or grpc
          volumeMounts: [{name: date, mountPath: /a}] | spec.template.spec.containers[0].volumeMounts[0].name: there is no volume date
          imagePullPolicy: always | spec.template.spec.containers[0].imagePullPolicy has to be one of Always, IfNotPresent, Never
          """)
  void what_the_api_server_refuses_in_a_container_is_found(String container, String message) {
    assertThat(messages(deployment(container))).containsExactly(message);
  }

  @Test
  void a_container_without_an_image_and_a_second_one_of_the_same_name_are_found() {
    assertThat(messages(deployment("tty: false", "initContainers: [{name: web, command: [a]}]")))
        .containsExactly(
            "spec.template.spec.initContainers[0].image is missing, and required",
            "spec.template.spec.containers[0].name: two containers are called web");
  }

  @Test
  void a_selector_that_misses_the_template_is_found() {
    var yaml = deployment("tty: false").replace("labels: {app: web}", "labels: {app: other}");
    assertThat(messages(yaml))
        .containsExactly(
            "spec.selector.matchLabels.app is no label of the template, so that the selector misses it");
  }

  @Test
  void a_restart_policy_that_does_not_go_with_the_kind_is_found() {
    assertThat(messages(deployment("tty: false", "restartPolicy: Never")))
        .containsExactly("spec.template.spec.restartPolicy has to be Always in a Deployment");
    assertThat(
            messages(
                "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{name: a, image: b}]}}}"))
        .containsExactly("spec.template.spec.restartPolicy has to be OnFailure or Never in a Job");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {ports: [{port: 80}]}                              |
          {clusterIP: None}                                  |
          {type: ExternalName, externalName: a.example}      |
          {ports: [{name: a, port: 80}, {name: b, port: 81}]} |
          {selector: {app: a}}                               | spec.ports is missing, and required
          {ports: [{port: 80}, {name: b, port: 81}]}         | spec.ports[0].name is missing: a Service of several ports names each of them
          {ports: [{name: a, port: 80}, {name: a, port: 81}]} | spec.ports[1].name: two ports are called a
          {ports: [{port: 0}]}                               | spec.ports[0].port is 0, and has to be 1 to 65535
          {type: Loadbalancer, ports: [{port: 80}]}          | spec.type has to be ClusterIP, NodePort, LoadBalancer or ExternalName
          """)
  void services_are_judged(String spec, String message) {
    assertThat(messages("apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: " + spec))
        .isEqualTo(message == null ? List.of() : List.of(message));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 3 * * *",
        "*/5 * * * *",
        "0 0 1 jan-mar mon",
        "@daily",
        "0,30 8-17 * * 1-5",
        "0 3 ? * ?",
        "15 3/2 * * *",
        "@every 5m"
      })
  void a_schedule_of_five_fields_is_accepted(String schedule) {
    assertThat(CronJobs.isSchedule(schedule)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 3 * *",
        "0 0 3 * * *",
        "60 3 * * *",
        "0 24 * * *",
        "0 3 0 * *",
        "0 3 * 13 *",
        "0 3 * * 7",
        "@often",
        "",
        "a b c d e",
        "5-1 * * * *",
        "*/0 * * * *",
        "1,,2 * * * *",
        "TZ=UTC 0 3 * * *"
      })
  void any_other_schedule_is_refused(String schedule) {
    assertThat(CronJobs.isSchedule(schedule)).isFalse();
  }

  @Test
  void data_of_five_megabytes_is_refused_at_once() {
    var yaml =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  big: \""
            + "x".repeat(5 << 20)
            + "\"\n";
    assertThat(messages(yaml))
        .containsExactly(
            "the data has 5242880 bytes, more than the 1048576 that the API server takes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {name: Web}                              | metadata.name is "Web", and may have
          {labels: {a: b}}                         | metadata.name is missing, and required
          {name: a, labels: {a: "b c"}}            | metadata.labels.a may have letters
          {name: a, labels: {"a b": c}}            | metadata.labels[a b] is no key of a label
          {name: a, annotations: {"a b": c}}       | metadata.annotations[a b] is no key of an annotation
          """)
  void names_and_labels_have_a_form(String metadata, String message) {
    assertThat(messages("apiVersion: v1\nkind: ConfigMap\nmetadata: " + metadata))
        .singleElement()
        .asString()
        .startsWith(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {storage: {size: 1Gi}}                         |
          {storage: {pvcTemplate: {resources: {requests: {storage: 1Gi}}}}} |
          {instances: 3, maxSyncReplicas: 2, minSyncReplicas: 1, storage: {size: 1Gi}} |
          {instances: 3}                                 | spec.storage.size is missing: a Cluster needs storage of some size
          {storage: {size: 1GB}}                         | spec.storage.size is no quantity such as 10Gi
          {storage: {size: 1Gi}, bootstrap: {initdb: {}, recovery: {}}} | spec.bootstrap may have only one of initdb, recovery and pg_basebackup
          {instances: 2, maxSyncReplicas: 2, storage: {size: 1Gi}} | spec.maxSyncReplicas has to be below the number of instances
          {storage: {size: 1Gi}, resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}} | spec.resources.requests.memory is above the limit
          """)
  void the_webhook_of_cloudnativepg_is_followed(String spec, String message) {
    assertThat(
            messages(
                "apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: {name: a}\nspec: "
                    + spec))
        .isEqualTo(message == null ? List.of() : List.of(message));
  }
}
