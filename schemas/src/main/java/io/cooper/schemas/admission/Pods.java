package io.cooper.schemas.admission;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import io.cooper.schemas.validate.Violation;
import io.cooper.schemas.value.Quantity;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/// What Pods are made of: containers, their environment, probes and resources, and volumes.
final class Pods implements AdmissionRule {
  private static final Set<String> WORKLOADS =
      Set.of(
          "apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "apps/ReplicaSet", "batch/Job");

  /// Values of an enumeration that OpenAPI shows as any string.
  private static final Map<String, Set<String>> OF_POD =
      Map.of(
          "restartPolicy",
          Set.of("Always", "OnFailure", "Never"),
          "dnsPolicy",
          Set.of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"));

  private static final Map<String, Set<String>> OF_CONTAINER =
      Map.of(
          "imagePullPolicy",
          Set.of("Always", "IfNotPresent", "Never"),
          "terminationMessagePolicy",
          Set.of("File", "FallbackToLogsOnError"));

  private static final List<String> PROBES =
      List.of("livenessProbe", "readinessProbe", "startupProbe");
  private static final Set<String> HANDLERS = Set.of("exec", "httpGet", "tcpSocket", "grpc");

  /// Sources of a variable.
  private static final Set<String> SOURCES =
      Set.of("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef");

  @Override
  public Stream<Violation> check(Subject object) {
    var kind = object.manifest().group() + "/" + object.manifest().kind();
    Optional<Subject> pod =
        switch (kind) {
          case "/Pod" -> object.at("spec");
          case "batch/CronJob" -> object.at("spec", "jobTemplate", "spec", "template", "spec");
          default ->
              WORKLOADS.contains(kind)
                  ? object.at("spec", "template", "spec")
                  : Optional.<Subject>empty();
        };
    return pod.stream().flatMap(spec -> ofPod(object, spec));
  }

  private static Stream<Violation> ofPod(Subject object, Subject pod) {
    var wrong = Stream.<Violation>builder();
    OF_POD.forEach(enumerated(pod, wrong));
    if (!pod.has("containers") || pod.here().items("containers").findAny().isEmpty()) {
      wrong.add(pod.wrong(" is missing, and required", "containers"));
    }
    volumes(pod, wrong);
    var volumes = new HashSet<String>();
    pod.each("volumes").forEach(each -> each.here().text("name").ifPresent(volumes::add));
    object
        .each("spec", "volumeClaimTemplates")
        .forEach(each -> each.here().text("metadata", "name").ifPresent(volumes::add));
    boolean known = volumes.stream().noneMatch(pod.undecided());
    var names = new HashSet<String>();
    Stream.of("initContainers", "containers")
        .flatMap(pod::each)
        .forEach(container -> {
          container(container, names, wrong);
          if (known) {
            mounts(container, volumes, wrong);
          }
        });
    return wrong.build();
  }

  private static BiConsumer<String, Set<String>> enumerated(
      Subject subject, Stream.Builder<Violation> wrong) {
    return (field, values) ->
        subject
            .text(field)
            .filter(value -> !values.contains(value))
            .ifPresent(_ ->
                wrong.add(
                    subject.wrong(
                        " has to be one of " + String.join(", ", values.stream().sorted().toList()),
                        field)));
  }

  private static void volumes(Subject pod, Stream.Builder<Violation> wrong) {
    pod.each("volumes")
        .forEach(volume -> {
          long sources =
              volume.here().keys().filter(key -> !key.equals("name") && volume.has(key)).count();
          if (sources > 1) {
            wrong.add(volume.wrong(" has more than one source"));
          }
          volume
              .text("name")
              .filter(name -> !Syntax.isLabel(name))
              .ifPresent(_ ->
                  wrong.add(volume.wrong(" may have small letters, digits and - only", "name")));
        });
  }

  private static void container(
      Subject container, Set<String> names, Stream.Builder<Violation> wrong) {
    var name = container.text("name");
    name.filter(text -> !Syntax.isLabel(text))
        .ifPresent(_ ->
            wrong.add(
                container.wrong(
                    " may have small letters, digits and - only, and 63 characters", "name")));
    name.filter(text -> !names.add(text))
        .ifPresent(
            text -> wrong.add(container.wrong(": two containers are called " + text, "name")));
    if (container.here().text("image").filter(image -> !image.isBlank()).isEmpty()) {
      wrong.add(container.wrong(" is missing, and required", "image"));
    }
    OF_CONTAINER.forEach(enumerated(container, wrong));
    container
        .each("ports")
        .forEach(port -> {
          Ports.number(port, "containerPort").ifPresent(wrong::add);
          Ports.protocol(port).ifPresent(wrong::add);
        });
    container.each("env").forEach(variable -> variable(variable, wrong));
    PROBES.forEach(probe -> container.at(probe).ifPresent(each -> handlers(each, wrong)));
    container.at("resources").ifPresent(each -> resources(each, wrong));
  }

  private static void variable(Subject variable, Stream.Builder<Violation> wrong) {
    var from = variable.at("valueFrom");
    if (from.isEmpty()) {
      return;
    }
    if (variable.here().text("value").filter(value -> !value.isEmpty()).isPresent()) {
      wrong.add(variable.wrong(" does not go with value", "valueFrom"));
    }
    long sources = SOURCES.stream().filter(from.get()::has).count();
    if (sources != 1) {
      wrong.add(from.get().wrong(sources == 0 ? " names no source" : " has more than one source"));
    }
  }

  private static void handlers(Subject probe, Stream.Builder<Violation> wrong) {
    long handlers = HANDLERS.stream().filter(probe::has).count();
    if (handlers != 1) {
      wrong.add(
          probe.wrong(
              handlers == 0
                  ? " does nothing: it needs exec, httpGet, tcpSocket or grpc"
                  : " may have only one of exec, httpGet, tcpSocket and grpc"));
    }
  }

  private static void mounts(
      Subject container, Set<String> volumes, Stream.Builder<Violation> wrong) {
    container
        .each("volumeMounts")
        .forEach(mount ->
            mount
                .text("name")
                .filter(name -> !volumes.contains(name))
                .ifPresent(name -> wrong.add(mount.wrong(": there is no volume " + name, "name"))));
  }

  /// No request is above its limit; where there is only a limit, it is the request.
  static void resources(Subject resources, Stream.Builder<Violation> wrong) {
    var limits = new HashMap<String, Quantity>();
    amounts(resources, "limits", limits);
    var requests = new HashMap<String, Quantity>();
    amounts(resources, "requests", requests);
    requests.forEach((name, request) -> {
      var limit = limits.get(name);
      if (limit != null && request.compareTo(limit) > 0) {
        wrong.add(resources.wrong(" is above the limit", "requests", name));
      }
    });
  }

  private static void amounts(Subject resources, String field, Map<String, Quantity> amounts) {
    resources.here().mapping(field).stream()
        .flatMap(Mapping::entries)
        .forEach(entry ->
            text(entry.value())
                .flatMap(Quantity::parse)
                .ifPresent(amount -> amounts.put(entry.name(), amount)));
  }

  private static Optional<String> text(Value value) {
    return value.text();
  }
}
