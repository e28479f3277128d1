package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import java.util.Set;
import java.util.stream.Stream;

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
  public Stream<Violation> check(Subject object) {
    if (!object.at("metadata").filter(it -> it.has("name") || it.has("generateName")).isPresent()) {
      return Stream.of(object.wrong(" is missing, and required", "metadata", "name"));
    }
    return object.text("metadata", "name").stream().flatMap(name -> check(object, name));
  }

  private static Stream<Violation> check(Subject object, String name) {
    var kind = object.manifest().group() + "/" + object.manifest().kind();
    if (SUBDOMAINS.contains(kind) && !Syntax.isSubdomain(name)) {
      return Stream.of(
          object.wrong(
              " is \""
                  + name
                  + "\", and may have small letters, digits, - and . only, a letter or digit at both ends, and 253 characters",
              "metadata",
              "name"));
    }
    if (LABELS.contains(kind) && !Syntax.isLabel(name)) {
      return Stream.of(
          object.wrong(
              " is \""
                  + name
                  + "\", and may have small letters, digits and - only, a letter or digit at both ends, and 63 characters",
              "metadata",
              "name"));
    }
    return object.is("batch", "CronJob") && name.length() > CRON_JOB_LENGTH
        ? Stream.of(object.wrong(" has more than 52 characters", "metadata", "name"))
        : Stream.empty();
  }
}
