package io.cooper.backup.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cooper.backup.retention.MadeArchive;
import io.cooper.backup.retention.Oracle;
import io.cooper.backup.retention.PruneText;
import io.cooper.backup.retention.Pruning;
import io.cooper.backup.retention.RetentionPolicy;
import io.cooper.store.probe.ImmutabilityProbe;
import io.cooper.store.probe.ImmutabilityReport.Level;
import io.cooper.store.s3.MinioServer;
import io.cooper.store.s3.S3Profile;
import io.cooper.store.s3.S3Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Buckets of a real S3 server that keep versions, or lock what is written.
@Tag("interop")
class LockedBucketTest {
  private static final int DAYS = 3;
  private static final int ATTEMPTS = 100;

  @TempDir static Path folder = Path.of(".");

  private static Optional<MinioServer> started = Optional.empty();

  @BeforeAll
  static void start() throws IOException {
    assumeThat(MinioServer.program()).describedAs("MinIO: scripts/interop-setup").isPresent();
    started =
        Optional.of(
            MinioServer.start(
                MinioServer.program().orElseThrow(),
                Files.createDirectories(folder.resolve("minio/data"))));
    for (int attempt = 1; ; attempt++) {
      try {
        server().makeBucket("plain");
        break;
      } catch (RuntimeException notYet) {
        if (attempt == ATTEMPTS) {
          throw notYet;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
    }
    server().makeVersionedBucket("versioned");
    server().makeLockedBucket("locked", DAYS);
  }

  @AfterAll
  static void stop() {
    started.ifPresent(MinioServer::close);
  }

  private static MinioServer server() {
    return started.orElseThrow();
  }

  private static S3Store store(String bucket) throws IOException {
    return new S3Store(server().settings(bucket, "some/prefix").as(S3Profile.MINIO));
  }

  @Test
  void the_owners_key_destroys_everything_but_what_is_locked() throws Exception {
    try (var plain = store("plain");
        var versioned = store("versioned");
        var locked = store("locked")) {
      assertThat(ImmutabilityProbe.of(plain).level()).isEqualTo(Level.NONE);
      assertThat(ImmutabilityProbe.of(versioned).level()).isEqualTo(Level.NONE);

      var report = ImmutabilityProbe.of(locked);

      assertThat(report.level()).as(report.text()).isEqualTo(Level.LOCKED);
      assertThat(report.survived()).isTrue();
      assertThat(report.lock()).isPresent();
      assertThat(report.lock().orElseThrow().isFirm()).isTrue();
      assertThat(report.lock().orElseThrow().until())
          .isBetween(
              Instant.now().plus(Duration.ofDays(DAYS - 1)),
              Instant.now().plus(Duration.ofDays(DAYS + 1)));
    }
  }

  @Test
  void what_is_locked_stays_and_it_is_said_until_when() throws Exception {
    var now = Instant.now();
    try (var store = store("locked")) {
      var policy = new RetentionPolicy.Redundancy(1);
      var archive = withObsolete(store, policy, now);
      var before = MadeArchive.keys(store);
      var pruning = new Pruning(store, MadeArchive.SERVER, Clock.systemUTC());
      var plan = pruning.plan(policy, 0);

      var pruned = pruning.execute(plan);

      assertThat(MadeArchive.keys(store)).isEqualTo(before);
      assertThat(pruned.backups()).isEmpty();
      assertThat(pruned.left()).hasSizeGreaterThanOrEqualTo(plan.doomed().size());
      assertThat(pruned.left()).allSatisfy(left -> assertThat(left.until()).isPresent());
      assertThat(PruneText.text(pruned))
          .contains("NOT deleted: backup")
          .contains("locked until 20");
      assertThat(archive.backups).isNotEmpty();
    }
  }

  @Test
  void what_is_deleted_where_versions_are_kept_is_only_hidden_and_that_is_said() throws Exception {
    var now = Instant.now();
    try (var store = store("versioned")) {
      var policy = new RetentionPolicy.Redundancy(1);
      var archive = withObsolete(store, policy, now);
      var expected = new Oracle(archive, policy, 0).left(MadeArchive.keys(store));
      var pruning = new Pruning(store, MadeArchive.SERVER, Clock.systemUTC());

      var pruned = pruning.execute(pruning.plan(policy, 0));

      assertThat(MadeArchive.keys(store)).isEqualTo(expected);
      assertThat(pruned.isHidden()).isTrue();
      assertThat(PruneText.text(pruned)).contains("keeps versions");
    }
  }

  private static MadeArchive withObsolete(S3Store store, RetentionPolicy policy, Instant now)
      throws IOException {
    for (long seed = 0; ; seed++) {
      var trial = MadeArchive.in(new io.cooper.store.MemoryStore(), seed, now);
      if (trial.backups.stream().anyMatch(new Oracle(trial, policy, 0)::goes)) {
        return MadeArchive.in(store, seed, now);
      }
    }
  }
}
