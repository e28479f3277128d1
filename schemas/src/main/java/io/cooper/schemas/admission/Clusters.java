package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import io.cooper.schemas.value.Quantity;
import java.util.Set;
import java.util.stream.Stream;

/// CloudNativePG's Clusters, as its webhook judges them: what it says of a single object without
/// looking at a cluster.
final class Clusters implements AdmissionRule {
  private static final int MAX_NAME = 50;
  private static final Set<String> BOOTSTRAPS = Set.of("initdb", "recovery", "pg_basebackup");

  @Override
  public Stream<Violation> check(Subject object) {
    if (!object.is("postgresql.cnpg.io", "Cluster")) {
      return Stream.empty();
    }
    var wrong = Stream.<Violation>builder();
    object
        .text("metadata", "name")
        .filter(name -> !Syntax.isOldLabel(name) || name.length() > MAX_NAME)
        .ifPresent(_ ->
            wrong.add(
                object.wrong(
                    " of a Cluster begins with a letter, and has small letters, digits and - only, at most 50",
                    "metadata",
                    "name")));
    object.at("spec").ifPresent(spec -> ofSpec(spec, wrong));
    return wrong.build();
  }

  private static void ofSpec(Subject spec, Stream.Builder<Violation> wrong) {
    spec.at("bootstrap")
        .filter(bootstrap -> BOOTSTRAPS.stream().filter(bootstrap::has).count() > 1)
        .ifPresent(bootstrap ->
            wrong.add(bootstrap.wrong(" may have only one of initdb, recovery and pg_basebackup")));
    storage(spec, wrong);
    spec.at("walStorage").ifPresent(volume -> size(volume, wrong));
    synchronous(spec, wrong);
    spec.at("resources").ifPresent(resources -> Pods.resources(resources, wrong));
    spec.number("bootstrap", "initdb", "walSegmentSize")
        .filter(size -> size > 0 && Long.bitCount(size) != 1)
        .ifPresent(_ ->
            wrong.add(
                spec.wrong(" has to be a power of 2", "bootstrap", "initdb", "walSegmentSize")));
  }

  /// A Cluster without `storage` has one without a size.
  private static void storage(Subject spec, Stream.Builder<Violation> wrong) {
    var volume = spec.at("storage");
    if (volume.isPresent()) {
      size(volume.get(), wrong);
    } else if (!spec.has("storage")) {
      wrong.add(spec.wrong(" is missing: a Cluster needs storage of some size", "storage", "size"));
    }
  }

  private static void size(Subject volume, Stream.Builder<Violation> wrong) {
    if (volume.has("size")) {
      volume
          .text("size")
          .filter(size -> Quantity.parse(size).isEmpty())
          .ifPresent(_ -> wrong.add(volume.wrong(" is no quantity such as 10Gi", "size")));
    } else if (volume.here().find("pvcTemplate", "resources", "requests", "storage").isEmpty()) {
      wrong.add(
          volume.wrong(" is missing, and so is the request of storage in pvcTemplate", "size"));
    }
  }

  private static void synchronous(Subject spec, Stream.Builder<Violation> wrong) {
    long instances = spec.number("instances").orElse(1L);
    long most = spec.number("maxSyncReplicas").orElse(0L);
    long least = spec.number("minSyncReplicas").orElse(0L);
    if (!spec.here().text("instances").filter(spec.undecided()).isPresent()
        && most > 0
        && most >= instances) {
      wrong.add(spec.wrong(" has to be below the number of instances", "maxSyncReplicas"));
    }
    if (least > most) {
      wrong.add(spec.wrong(" is above maxSyncReplicas", "minSyncReplicas"));
    }
  }
}
