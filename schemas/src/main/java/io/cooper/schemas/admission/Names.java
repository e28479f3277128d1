package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import java.util.Set;
import java.util.function.Consumer;

/// `metadata.name`: there, and of the form that its kind wants. Kinds whose form has changed over
/// the releases, or that have one of their own, are left out.
final class Names implements AdmissionRule {
  private static final Set<String> SUBDOMAINS =
      Set.of(
          "/ConfigMap",
          "/Secret",
          "/ServiceAccount",
          "/PersistentVolumeClaim",
          "/Pod",
          "apps/Deployment",
          "apps/DaemonSet",
          "apps/ReplicaSet",
          "batch/Job",
          "batch/CronJob",
          "networking.k8s.io/Ingress",
          "networking.k8s.io/NetworkPolicy");
  private static final Set<String> LABELS = Set.of("/Namespace", "/Service");

  /// The controller adds eleven characters for its Jobs, which have 63.
  private static final int CRON_JOB_LENGTH = 52;

  @Override
  public void check(Subject object, Consumer<Violation> refused) {
    if (!object.at("metadata").filter(it -> it.has("name") || it.has("generateName")).isPresent()) {
      refused.accept(object.wrong(" is missing, and required", "metadata", "name"));
    }
    object.text("metadata", "name").ifPresent(name -> check(object, name, refused));
  }

  private static void check(Subject object, String name, Consumer<Violation> refused) {
    var kind = object.manifest().group() + "/" + object.manifest().kind();
    if (SUBDOMAINS.contains(kind) && !Syntax.isSubdomain(name)) {
      refused.accept(
          object.wrong(
              " is \""
                  + name
                  + "\", and may have small letters, digits, - and . only, a letter or digit at both ends, and 253 characters",
              "metadata",
              "name"));
    } else if (LABELS.contains(kind) && !Syntax.isLabel(name)) {
      refused.accept(
          object.wrong(
              " is \""
                  + name
                  + "\", and may have small letters, digits and - only, a letter or digit at both ends, and 63 characters",
              "metadata",
              "name"));
    } else if (object.is("batch", "CronJob") && name.length() > CRON_JOB_LENGTH) {
      refused.accept(object.wrong(" has more than 52 characters", "metadata", "name"));
    }
  }
}
