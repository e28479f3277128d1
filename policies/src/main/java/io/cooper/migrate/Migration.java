package io.cooper.migrate;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Place;
import io.cooper.policy.Repository;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The move of all Clusters of a repository that use the built-in store.
///
/// @param moves one for each Cluster, by place
/// @param files that change; those of Clusters with obstacles are not among them
public record Migration(List<ClusterMove> moves, SortedMap<String, ChangedFile> files) {
  static final String CNPG = "postgresql.cnpg.io";
  static final String STORE = "barmanObjectStore";

  /// The name of the plugin in a Cluster.
  public static final String PLUGIN = "barman-cloud.cloudnative-pg.io";

  /// What the user decides.
  ///
  /// @param clusters which ones to move
  /// @param storeName of the new ObjectStore; without it, that of the Cluster
  /// @param accepted obstacles that are known and do not count
  public record Choices(
      Predicate<Manifest> clusters, Optional<String> storeName, Set<Obstacle.Kind> accepted) {
    /// All Clusters, and nothing accepted.
    public static final Choices NONE = new Choices(_ -> true, Optional.empty(), Set.of());

    public Choices {
      accepted = Set.copyOf(accepted);
    }
  }

  public Migration {
    moves = List.copyOf(moves);
    files = new TreeMap<>(files);
  }

  /// Plans the move. Nothing is written.
  public static Migration of(Repository repository, Choices choices) {
    var draft = new FileDraft(repository.artifact());
    var moves = new ArrayList<ClusterMove>();
    for (var same : byText(repository, choices.clusters()).values()) {
      var attempt = draft.copy();
      var move = new MoveOfOne(repository, choices, attempt, same).plan();
      moves.add(move);
      if (move.obstacles().isEmpty()) {
        draft = attempt;
      }
    }
    return new Migration(moves, draft.files());
  }

  /// Whether a Cluster backs up to, or reads from, a built-in store.
  public static boolean usesBuiltInStore(Manifest object) {
    return object.is(CNPG, "Cluster")
        && (object.find("spec", "backup", STORE).isPresent()
            || object
                .root()
                .mappings("spec", "externalClusters")
                .anyMatch(external -> external.get(STORE).isPresent()));
  }

  /// The Clusters to move, those that are made of the same text together.
  private static Map<Place, List<Manifest>> byText(
      Repository repository, Predicate<Manifest> wanted) {
    var clusters = new LinkedHashMap<Place, List<Manifest>>();
    repository.trees().stream()
        .flatMap(tree -> tree.objects())
        .filter(Migration::usesBuiltInStore)
        .filter(wanted)
        .sorted(java.util.Comparator.comparing(Manifest::place))
        .forEach(each -> clusters.computeIfAbsent(each.place(), _ -> new ArrayList<>()).add(each));
    return clusters;
  }

  /// Why Clusters are left as they are.
  public Stream<Obstacle> obstacles() {
    return moves.stream().flatMap(move -> move.obstacles().stream());
  }
}
