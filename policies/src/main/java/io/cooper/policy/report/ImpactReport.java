package io.cooper.policy.report;

import io.cooper.impact.ClusterChange;
import io.cooper.impact.Effect;
import io.cooper.impact.ObjectChange;
import java.util.List;

/// What a change does, for all clusters of a repository.
///
/// @param version of this program
/// @param base the state before, as Flux writes revisions
/// @param head the state after
/// @param files that differ
/// @param clusters one for each entry of either state
public record ImpactReport(
    String version, String base, String head, int files, List<ClusterChange> clusters) {
  public ImpactReport {
    clusters = List.copyOf(clusters);
  }

  /// Whether no cluster notices anything.
  public boolean isEmpty() {
    return clusters.stream().allMatch(ClusterChange::isEmpty);
  }

  /// How many objects of a cluster have this fate.
  static long count(ClusterChange cluster, Class<? extends ObjectChange> kind) {
    return cluster.objects().stream().filter(kind::isInstance).count();
  }

  static boolean has(ClusterChange cluster, Effect.Weight weight) {
    return cluster.effects().stream().anyMatch(effect -> effect.weight() == weight);
  }

  /// `3 objects: 1 added, 2 changed, 0 removed`.
  static String counts(ClusterChange cluster) {
    long all = cluster.objects().size();
    return "%d object%s: %d added, %d changed, %d removed"
        .formatted(
            all,
            all == 1 ? "" : "s",
            count(cluster, ObjectChange.Added.class),
            count(cluster, ObjectChange.Changed.class),
            count(cluster, ObjectChange.Removed.class));
  }
}
