package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import io.cooper.schemas.value.Quantity;
import java.util.Set;
import java.util.function.Consumer;

/// CloudNativePG's Clusters, as its webhook judges them: what it says of a single object without
/// looking at a cluster.
final class Clusters implements AdmissionRule {
  private static final int MAX_NAME = 50;
  private static final Set<String> BOOTSTRAPS = Set.of("initdb", "recovery", "pg_basebackup");

  @Override
  public void check(Subject object, Consumer<Violation> refused) {
    if (!object.is("postgresql.cnpg.io", "Cluster")) {
      return;
    }
    object
        .text("metadata", "name")
        .filter(name -> !Syntax.isOldLabel(name) || name.length() > MAX_NAME)
        .ifPresent(_ ->
            refused.accept(
                object.wrong(
                    " of a Cluster begins with a letter, and has small letters, digits and - only, at most 50",
                    "metadata",
                    "name")));
    object.at("spec").ifPresent(spec -> ofSpec(spec, refused));
  }

  private static void ofSpec(Subject spec, Consumer<Violation> refused) {
    spec.at("bootstrap")
        .filter(bootstrap -> BOOTSTRAPS.stream().filter(bootstrap::has).count() > 1)
        .ifPresent(bootstrap ->
            refused.accept(
                bootstrap.wrong(" may have only one of initdb, recovery and pg_basebackup")));
    storage(spec, refused);
    spec.at("walStorage").ifPresent(volume -> size(volume, refused));
    synchronous(spec, refused);
    spec.at("resources").ifPresent(resources -> Pods.resources(resources, refused));
    spec.number("bootstrap", "initdb", "walSegmentSize")
        .filter(size -> size > 0 && Long.bitCount(size) != 1)
        .ifPresent(_ ->
            refused.accept(
                spec.wrong(" has to be a power of 2", "bootstrap", "initdb", "walSegmentSize")));
  }

  /// A Cluster without `storage` has one without a size.
  private static void storage(Subject spec, Consumer<Violation> refused) {
    var volume = spec.at("storage");
    if (volume.isPresent()) {
      size(volume.get(), refused);
    } else if (!spec.has("storage")) {
      refused.accept(
          spec.wrong(" is missing: a Cluster needs storage of some size", "storage", "size"));
    }
  }

  private static void size(Subject volume, Consumer<Violation> refused) {
    if (volume.has("size")) {
      volume
          .text("size")
          .filter(size -> Quantity.parse(size).isEmpty())
          .ifPresent(_ -> refused.accept(volume.wrong(" is no quantity such as 10Gi", "size")));
    } else if (volume.here().find("pvcTemplate", "resources", "requests", "storage").isEmpty()) {
      refused.accept(
          volume.wrong(" is missing, and so is the request of storage in pvcTemplate", "size"));
    }
  }

  private static void synchronous(Subject spec, Consumer<Violation> refused) {
    long instances = spec.number("instances").orElse(1L);
    long most = spec.number("maxSyncReplicas").orElse(0L);
    long least = spec.number("minSyncReplicas").orElse(0L);
    if (!spec.here().text("instances").filter(spec.undecided()).isPresent()
        && most > 0
        && most >= instances) {
      refused.accept(spec.wrong(" has to be below the number of instances", "maxSyncReplicas"));
    }
    if (least > most) {
      refused.accept(spec.wrong(" is above maxSyncReplicas", "minSyncReplicas"));
    }
  }
}
