package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import java.util.Set;
import java.util.function.Consumer;

/// Deployments and their like: the selector finds the Pods of the template, which are restarted.
final class Workloads implements AdmissionRule {
  private static final Set<String> KINDS =
      Set.of("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet");

  @Override
  public void check(Subject object, Consumer<Violation> refused) {
    if (object.is("batch", "Job")) {
      object.at("spec", "template", "spec").ifPresent(pod -> ends(pod, refused));
    } else if (object.is("batch", "CronJob")) {
      object
          .at("spec", "jobTemplate", "spec", "template", "spec")
          .ifPresent(pod -> ends(pod, refused));
    } else if (object.manifest().group().equals("apps")
        && KINDS.contains(object.manifest().kind())) {
      selector(object, refused);
      restarts(object, refused);
    }
  }

  private static void selector(Subject object, Consumer<Violation> refused) {
    var selected = object.at("spec", "selector", "matchLabels");
    if (selected.isEmpty()) {
      object
          .at("spec", "selector")
          .filter(selector -> !selector.has("matchExpressions"))
          .ifPresent(selector ->
              refused.accept(selector.wrong(" is empty, and would select nothing of its own")));
    } else {
      selector(object, selected.get(), refused);
    }
  }

  private static void selector(Subject object, Subject selected, Consumer<Violation> refused) {
    var labels = object.at("spec", "template", "metadata", "labels");
    for (int i = 0; i < selected.here().size(); i++) {
      var key = selected.here().nameAt(i);
      var value = selected.text(key);
      if (value.isPresent()
          && labels
              .flatMap(each -> each.here().text(key))
              .filter(label -> label.equals(value.get()) || object.undecided().test(label))
              .isEmpty()) {
        refused.accept(
            selected.wrong(" is no label of the template, so that the selector misses it", key));
      }
    }
  }

  private static void restarts(Subject object, Consumer<Violation> refused) {
    object
        .at("spec", "template", "spec")
        .filter(pod -> pod.text("restartPolicy").filter(it -> !it.equals("Always")).isPresent())
        .ifPresent(pod ->
            refused.accept(
                pod.wrong(" has to be Always in a " + object.manifest().kind(), "restartPolicy")));
  }

  private static void ends(Subject pod, Consumer<Violation> refused) {
    boolean sound =
        pod.here()
            .text("restartPolicy")
            .filter(policy ->
                policy.equals("OnFailure")
                    || policy.equals("Never")
                    || pod.undecided().test(policy))
            .isPresent();
    if (!sound) {
      refused.accept(pod.wrong(" has to be OnFailure or Never in a Job", "restartPolicy"));
    }
  }
}
