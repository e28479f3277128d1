package io.cooper.backup.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cooper.backup.catalog.Backup.Keep;
import io.cooper.backup.catalog.Catalog;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.format.WalName;
import io.cooper.backup.format.WalName.Segment;
import io.cooper.backup.retention.KeepMarks;
import io.cooper.backup.retention.MadeArchive;
import io.cooper.backup.retention.Oracle;
import io.cooper.backup.retention.Pruning;
import io.cooper.backup.retention.RetentionPolicy;
import io.cooper.store.ObjectStore;
import io.cooper.store.s3.MinioServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same archive, pruned by barman-cloud-backup-delete and by us.
@Tag("interop")
@Tag("S99")
class RetentionInteropTest {
  private static final int ROUNDS = 25;

  @TempDir static Path folder = Path.of(".");

  private static Optional<Barman> started = Optional.empty();

  @BeforeAll
  static void start() throws IOException {
    assumeThat(Barman.installed()).describedAs("barman-cloud: scripts/interop-setup").isPresent();
    assumeThat(MinioServer.program()).describedAs("MinIO: scripts/interop-setup").isPresent();
    started = Optional.of(Barman.start(folder));
  }

  @AfterAll
  static void stop() throws Exception {
    if (started.isPresent()) {
      started.get().close();
    }
  }

  private static Barman barman() {
    return started.orElseThrow();
  }

  private static ObjectStore store() {
    return barman().store();
  }

  private static MadeArchive fresh(long seed, Instant now) throws IOException {
    store().delete(MadeArchive.keys(store()));
    return MadeArchive.in(store(), seed, now);
  }

  private static RetentionPolicy policy(Random random) {
    return random.nextBoolean()
        ? new RetentionPolicy.Redundancy(1 + random.nextInt(3))
        : new RetentionPolicy.Window(random.nextInt(3));
  }

  private static List<String> bases(List<String> keys) {
    return keys.stream()
        .filter(key -> key.startsWith(MadeArchive.SERVER.bases()))
        .filter(key -> !key.endsWith("/keep"))
        .toList();
  }

  private static Segment segmentOf(String key) {
    return switch (MadeArchive.SERVER.walAt(key).orElseThrow().name()) {
      case Segment segment -> segment;
      case WalName.Partial(var segment) -> segment;
      case WalName.Label(var segment, _) -> segment;
      case WalName.History history -> new Segment(history.timeline(), 0, 0);
    };
  }

  @Test
  void the_same_backups_stay_and_no_wal_of_theirs_that_barman_keeps_is_missed() throws Exception {
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    var goneInBoth = 0;
    var onlyWeDelete = 0;
    var onlyBarmanDeletes = 0;
    var deletedBackups = 0;
    for (long seed = 0; seed < ROUNDS; seed++) {
      var random = new Random(seed);
      var policy = policy(random);
      var atLeast = random.nextInt(3);
      var archive = fresh(seed, now);
      var before = MadeArchive.keys(store());
      var ran =
          barman()
              .run(
                  "barman-cloud-backup-delete",
                  List.of(
                      "-r", policy.toString(), "--minimum-redundancy", Integer.toString(atLeast)));
      var round = "round %d, %s, at least %d: %s".formatted(seed, policy, atLeast, ran.output());
      assertThat(ran.exit()).as(round).isZero();
      var theirs = MadeArchive.keys(store());

      fresh(seed, now);
      var pruning = new Pruning(store(), MadeArchive.SERVER, Clock.fixed(now, ZoneOffset.UTC));
      pruning.execute(pruning.plan(policy, atLeast));
      var ours = MadeArchive.keys(store());

      assertThat(bases(ours)).as(round).isEqualTo(bases(theirs));
      deletedBackups += bases(before).size() - bases(ours).size();
      var oracle = new Oracle(archive, policy, atLeast);
      for (var key : before) {
        if (!key.startsWith(MadeArchive.SERVER.wals())) {
          continue;
        }
        if (ours.contains(key) && !theirs.contains(key)) {
          // barman does not think of backups under way, nor of timelines that branched off from a
          // backup that stays.
          assertThat(oracle.isAskedFor(segmentOf(key)))
              .as("%s: %s stays because it is needed; %s", round, key, archive)
              .isTrue();
          onlyBarmanDeletes++;
        }
        if (!ours.contains(key)) {
          assertThat(oracle.isAskedFor(segmentOf(key))).as("%s: %s", round, key).isFalse();
          if (theirs.contains(key)) {
            onlyWeDelete++;
          } else {
            goneInBoth++;
          }
        }
      }
    }
    assertThat(deletedBackups).isGreaterThan(10);
    assertThat(goneInBoth).isGreaterThan(100);
    // barman deletes WAL with a backup only, and spares the timelines of all others.
    assertThat(onlyWeDelete).isPositive();
    assertThat(onlyBarmanDeletes).isPositive();
  }

  @Test
  void a_backup_by_its_id_goes_with_the_same_wal() throws Exception {
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    var rounds = 0;
    for (long seed = 100; rounds < 8; seed++) {
      var archive = fresh(seed, now);
      var done =
          archive.backups.stream()
              .filter(each -> each.status() == Status.DONE && each.keep().isEmpty())
              .findFirst();
      if (done.isEmpty()) {
        continue;
      }
      rounds++;
      var before = MadeArchive.keys(store());
      var id = done.get().id().text();
      var ran = barman().run("barman-cloud-backup-delete", List.of("-b", id));
      assertThat(ran.exit()).as(ran.output()).isZero();
      var theirs = MadeArchive.keys(store());

      fresh(seed, now);
      var pruning = new Pruning(store(), MadeArchive.SERVER, Clock.fixed(now, ZoneOffset.UTC));
      pruning.execute(pruning.planOf(id, 0));
      var ours = MadeArchive.keys(store());

      assertThat(bases(ours)).as("seed %d", seed).isEqualTo(bases(theirs));
      var lost = new ArrayList<>(before);
      lost.removeAll(ours);
      for (var key : lost) {
        if (key.startsWith(MadeArchive.SERVER.wals())) {
          assertThat(isNeededByAnother(archive, id, segmentOf(key))).as(key).isFalse();
        }
      }
    }
  }

  private static boolean isNeededByAnother(MadeArchive archive, String id, Segment segment) {
    return archive.backups.stream()
        .filter(each -> each.status() == Status.DONE && !each.id().text().equals(id))
        .anyMatch(each ->
            segment.number(MadeArchive.SIZE) >= each.begin()
                && archive.comesBy(segment.timeline(), each.timeline(), each.begin()));
  }

  @Test
  void barman_sees_our_mark_and_we_see_barmans() throws Exception {
    var now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    var archive = fresh(4, now);
    for (long seed = 5; archive.backups.stream().noneMatch(RetentionInteropTest::isFree); seed++) {
      archive = fresh(seed, now);
    }
    var id =
        archive.backups.stream()
            .filter(RetentionInteropTest::isFree)
            .findFirst()
            .orElseThrow()
            .id();
    var backup = new Catalog(store(), MadeArchive.SERVER).backup(id.text());

    new KeepMarks(store(), MadeArchive.SERVER).set(backup, Keep.STANDALONE);
    assertThat(barman().run("barman-cloud-backup-keep", List.of("-s"), id.text()).output())
        .contains("standalone");
    assertThat(barman().run("barman-cloud-backup-delete", List.of("-b", id.text())).exit())
        .isEqualTo(1);
    assertThat(barman().run("barman-cloud-backup-keep", List.of("-r"), id.text()).exit()).isZero();
    assertThat(
            barman().run("barman-cloud-backup-keep", List.of("--target", "full"), id.text()).exit())
        .isZero();
    assertThat(new Catalog(store(), MadeArchive.SERVER).backup(id.text()).keep())
        .contains(Keep.FULL);
  }

  private static boolean isFree(MadeArchive.Made backup) {
    return backup.status() == Status.DONE && backup.keep().isEmpty();
  }
}
