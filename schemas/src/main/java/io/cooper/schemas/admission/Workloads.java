package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import java.util.Set;
import java.util.stream.Stream;

/// Deployments and their like: the selector finds the Pods of the template, which are restarted.
final class Workloads implements AdmissionRule {
  private static final Set<String> KINDS =
      Set.of("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet");

  @Override
  public Stream<Violation> check(Subject object) {
    var manifest = object.manifest();
    if (object.is("batch", "Job")) {
      return object.at("spec", "template", "spec").stream().flatMap(Workloads::ends);
    }
    if (object.is("batch", "CronJob")) {
      return object.at("spec", "jobTemplate", "spec", "template", "spec").stream()
          .flatMap(Workloads::ends);
    }
    return manifest.group().equals("apps") && KINDS.contains(manifest.kind())
        ? Stream.concat(selector(object), restarts(object))
        : Stream.empty();
  }

  private static Stream<Violation> selector(Subject object) {
    var selected = object.at("spec", "selector", "matchLabels");
    if (selected.isEmpty()) {
      return object.at("spec", "selector").stream()
          .filter(selector -> !selector.has("matchExpressions"))
          .map(selector -> selector.wrong(" is empty, and would select nothing of its own"));
    }
    var labels = object.at("spec", "template", "metadata", "labels");
    return selected
        .get()
        .here()
        .keys()
        .flatMap(key ->
            selected.get().text(key).stream()
                .filter(value ->
                    labels
                        .flatMap(each -> each.here().text(key))
                        .filter(label -> label.equals(value) || object.undecided().test(label))
                        .isEmpty())
                .map(_ ->
                    selected
                        .get()
                        .wrong(
                            " is no label of the template, so that the selector misses it", key)));
  }

  private static Stream<Violation> restarts(Subject object) {
    return object.at("spec", "template", "spec").stream()
        .filter(pod -> pod.text("restartPolicy").filter(it -> !it.equals("Always")).isPresent())
        .map(pod ->
            pod.wrong(" has to be Always in a " + object.manifest().kind(), "restartPolicy"));
  }

  private static Stream<Violation> ends(Subject pod) {
    boolean sound =
        pod.here()
            .text("restartPolicy")
            .filter(policy ->
                policy.equals("OnFailure")
                    || policy.equals("Never")
                    || pod.undecided().test(policy))
            .isPresent();
    return sound
        ? Stream.empty()
        : Stream.of(pod.wrong(" has to be OnFailure or Never in a Job", "restartPolicy"));
  }
}
