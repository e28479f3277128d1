package io.cooper.schemas.admission;

import io.cooper.manifest.Manifest;
import io.cooper.schemas.validate.Violation;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Predicate;

/// Judges objects by what no schema holds. Asked of objects that are sound otherwise.
public final class Admission {
  private static final List<AdmissionRule> RULES =
      List.of(
          new Names(),
          new Labels(),
          new Data(),
          new Services(),
          new CronJobs(),
          new Workloads(),
          new Pods(),
          new Clusters());

  private final Predicate<String> undecided;

  /// @param undecided whether a text stands for a value that only the cluster has
  public Admission(Predicate<String> undecided) {
    this.undecided = undecided;
  }

  /// Why the object is refused; nothing if it is not.
  public List<Violation> check(Manifest manifest) {
    var object = new Subject(manifest, undecided);
    var found = new LinkedHashSet<Violation>(0);
    for (var rule : RULES) {
      rule.check(object, found::add);
    }
    return List.copyOf(found);
  }
}
