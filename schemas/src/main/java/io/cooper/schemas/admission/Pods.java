package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import io.cooper.schemas.value.Quantity;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

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

  private static final List<String> CONTAINERS = List.of("initContainers", "containers");
  private static final List<String> PROBES =
      List.of("livenessProbe", "readinessProbe", "startupProbe");
  private static final Set<String> HANDLERS = Set.of("exec", "httpGet", "tcpSocket", "grpc");

  /// Sources of a variable.
  private static final Set<String> SOURCES =
      Set.of("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef");

  @Override
  public void check(Subject object, Consumer<Violation> refused) {
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
    pod.ifPresent(spec -> ofPod(object, spec, refused));
  }

  private static void ofPod(Subject object, Subject pod, Consumer<Violation> refused) {
    OF_POD.forEach(enumerated(pod, refused));
    if (!pod.has("containers") || pod.here().items("containers").findAny().isEmpty()) {
      refused.accept(pod.wrong(" is missing, and required", "containers"));
    }
    volumes(pod, refused);
    var volumes = new HashSet<String>();
    for (var each : pod.list("volumes")) {
      each.here().text("name").ifPresent(volumes::add);
    }
    for (var each : object.list("spec", "volumeClaimTemplates")) {
      each.here().text("metadata", "name").ifPresent(volumes::add);
    }
    boolean known = volumes.stream().noneMatch(pod.undecided());
    var names = new HashSet<String>();
    for (var field : CONTAINERS) {
      for (var container : pod.list(field)) {
        container(container, names, refused);
        if (known) {
          mounts(container, volumes, refused);
        }
      }
    }
  }

  private static BiConsumer<String, Set<String>> enumerated(
      Subject subject, Consumer<Violation> refused) {
    return (field, values) ->
        subject
            .text(field)
            .filter(value -> !values.contains(value))
            .ifPresent(_ ->
                refused.accept(
                    subject.wrong(
                        " has to be one of " + String.join(", ", values.stream().sorted().toList()),
                        field)));
  }

  private static void volumes(Subject pod, Consumer<Violation> refused) {
    for (var volume : pod.list("volumes")) {
      long sources =
          volume.here().keys().filter(key -> !key.equals("name") && volume.has(key)).count();
      if (sources > 1) {
        refused.accept(volume.wrong(" has more than one source"));
      }
      volume
          .text("name")
          .filter(name -> !Syntax.isLabel(name))
          .ifPresent(_ ->
              refused.accept(volume.wrong(" may have small letters, digits and - only", "name")));
    }
  }

  private static void container(Subject container, Set<String> names, Consumer<Violation> refused) {
    var name = container.text("name");
    name.filter(text -> !Syntax.isLabel(text))
        .ifPresent(_ ->
            refused.accept(
                container.wrong(
                    " may have small letters, digits and - only, and 63 characters", "name")));
    name.filter(text -> !names.add(text))
        .ifPresent(
            text -> refused.accept(container.wrong(": two containers are called " + text, "name")));
    if (container.here().text("image").filter(image -> !image.isBlank()).isEmpty()) {
      refused.accept(container.wrong(" is missing, and required", "image"));
    }
    OF_CONTAINER.forEach(enumerated(container, refused));
    for (var port : container.list("ports")) {
      Ports.number(port, "containerPort").ifPresent(refused);
      Ports.protocol(port).ifPresent(refused);
    }
    for (var variable : container.list("env")) {
      variable(variable, refused);
    }
    for (var probe : PROBES) {
      container.at(probe).ifPresent(each -> handlers(each, refused));
    }
    container.at("resources").ifPresent(each -> resources(each, refused));
  }

  private static void variable(Subject variable, Consumer<Violation> refused) {
    var from = variable.at("valueFrom");
    if (from.isEmpty()) {
      return;
    }
    if (variable.here().text("value").filter(value -> !value.isEmpty()).isPresent()) {
      refused.accept(variable.wrong(" does not go with value", "valueFrom"));
    }
    long sources = SOURCES.stream().filter(from.get()::has).count();
    if (sources != 1) {
      refused.accept(
          from.get().wrong(sources == 0 ? " names no source" : " has more than one source"));
    }
  }

  private static void handlers(Subject probe, Consumer<Violation> refused) {
    long handlers = HANDLERS.stream().filter(probe::has).count();
    if (handlers != 1) {
      refused.accept(
          probe.wrong(
              handlers == 0
                  ? " does nothing: it needs exec, httpGet, tcpSocket or grpc"
                  : " may have only one of exec, httpGet, tcpSocket and grpc"));
    }
  }

  private static void mounts(Subject container, Set<String> volumes, Consumer<Violation> refused) {
    for (var mount : container.list("volumeMounts")) {
      mount
          .text("name")
          .filter(name -> !volumes.contains(name))
          .ifPresent(name -> refused.accept(mount.wrong(": there is no volume " + name, "name")));
    }
  }

  /// No request is above its limit; where there is only a limit, it is the request.
  static void resources(Subject resources, Consumer<Violation> refused) {
    var limits = new HashMap<String, Quantity>();
    amounts(resources, "limits", limits);
    var requests = new HashMap<String, Quantity>();
    amounts(resources, "requests", requests);
    requests.forEach((name, request) -> {
      var limit = limits.get(name);
      if (limit != null && request.compareTo(limit) > 0) {
        refused.accept(resources.wrong(" is above the limit", "requests", name));
      }
    });
  }

  private static void amounts(Subject resources, String field, Map<String, Quantity> amounts) {
    var map = resources.here().mapping(field);
    for (int i = 0; map.isPresent() && i < map.get().size(); i++) {
      var name = map.get().nameAt(i);
      map.get()
          .valueAt(i)
          .text()
          .flatMap(Quantity::parse)
          .ifPresent(amount -> amounts.put(name, amount));
    }
  }
}
