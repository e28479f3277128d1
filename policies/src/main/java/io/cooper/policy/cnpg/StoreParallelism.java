package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.NOTICE;

import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.Optional;
import java.util.stream.Stream;

/// `cnpg/store-parallelism`
public final class StoreParallelism implements RepositoryPolicy {
  /// Smaller databases are through in minutes either way.
  private static final long LARGE = 100L << 30;

  @Override
  public About about() {
    return new About(
        "cnpg/store-parallelism",
        NOTICE,
        "A large database archives and uploads through more than one connection.",
        """
        `wal.maxParallel` is 1 where it is left out: one WAL file after the other, in both directions. A busy database
        writes faster than that after a bulk load, WAL piles up on its volume, and a restore replays at the speed of a single
        download. `data.jobs` is 2 where it is left out; 1 makes a base backup of a large volume take twice as long as
        it has to.

        2 is a good beginning, 4 what busy databases are tuned to; each worker costs memory of the sidecar. What your
        store takes is measured by `cooper store measure --store URL --sample FILE`: MB/s with 1, 2, 4 and 8 connections, what each
        compression makes of the sample, and the settings that follow. Only volumes of 100Gi and more are looked at.
        """,
        "Set wal.maxParallel, and data.jobs if it is there, to 2, or to what cooper store measure"
            + " says.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Databases.in(repository)
        .flatMap(databases ->
            databases.clusters().stream().flatMap(cluster -> check(databases, cluster)))
        .distinct();
  }

  private static Stream<Finding> check(Databases databases, Manifest cluster) {
    var size =
        cluster
            .text("spec", "storage", "size")
            .filter(text -> Quantity.bytes(text).filter(bytes -> bytes >= LARGE).isPresent());
    if (size.isEmpty()) {
      return Stream.empty();
    }
    return Databases.pluginsOf(cluster)
        .filter(plugin -> plugin.isBarman() && plugin.archivesWal())
        .flatMap(plugin -> plugin.store().stream())
        .flatMap(name -> Databases.named(databases.stores(), cluster.namespace(), name).stream())
        .flatMap(store ->
            Stream.of(wal(store, cluster, size.get()), data(store, cluster, size.get()))
                .flatMap(Optional::stream));
  }

  private static Optional<Finding> wal(Manifest store, Manifest cluster, String size) {
    var parallel = store.text("spec", "configuration", "wal", "maxParallel");
    return parallel.isEmpty() || parallel.get().equals("1")
        ? Optional.of(
            Finding.about(
                store,
                "%s archives WAL of Cluster %s (%s) one file at a time: wal.maxParallel is %s"
                    .formatted(
                        store.id(),
                        cluster.name(),
                        size,
                        parallel.isEmpty() ? "left out, which means 1" : "1"),
                "spec",
                "configuration",
                "wal",
                "maxParallel"))
        : Optional.empty();
  }

  private static Optional<Finding> data(Manifest store, Manifest cluster, String size) {
    return store
        .text("spec", "configuration", "data", "jobs")
        .filter("1"::equals)
        .map(_ ->
            Finding.about(
                store,
                "%s uploads base backups of Cluster %s (%s) through one connection: data.jobs is 1"
                    .formatted(store.id(), cluster.name(), size),
                "spec",
                "configuration",
                "data",
                "jobs"));
  }
}
