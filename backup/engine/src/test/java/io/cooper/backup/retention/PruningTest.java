package io.cooper.backup.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.backup.catalog.Backup.Keep;
import io.cooper.backup.catalog.Catalog;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import io.cooper.store.FaultyStore;
import io.cooper.store.FaultyStore.Point;
import io.cooper.store.MemoryStore;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is left of an archive, beside an oracle that thinks object by object.
@Tag("S99")
class PruningTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private final MemoryStore store = new MemoryStore();

  static LongStream seeds() {
    return LongStream.range(0, 400);
  }

  private static RetentionPolicy policy(Random random) {
    return random.nextBoolean()
        ? new RetentionPolicy.Redundancy(1 + random.nextInt(4))
        : new RetentionPolicy.Window(random.nextInt(4));
  }

  private static Pruning pruning(ObjectStore store) {
    return new Pruning(store, MadeArchive.SERVER, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void what_is_needed_stays_and_nothing_else(long seed) throws IOException {
    var random = new Random(seed);
    var archive = MadeArchive.in(store, seed, NOW);
    var policy = policy(random);
    var atLeast = random.nextInt(3);
    var expected = new Oracle(archive, policy, atLeast).left(MadeArchive.keys(store));

    var plan = pruning(store).plan(policy, atLeast);
    var counted = MadeArchive.keys(store).size();
    var pruned = pruning(store).execute(plan);

    assertThat(MadeArchive.keys(store)).as("%s, at least %d", policy, atLeast).isEqualTo(expected);
    assertThat(pruned.left()).isEmpty();
    assertThat(pruned.wal()).isEqualTo(plan.walGoes());
    assertThat(counted - expected.size())
        .as("what was announced")
        .isEqualTo(
            (int) plan.walGoes().objects()
                + plan.doomed().stream().mapToInt(each -> each.keys().size()).sum());
    assertThat(pruning(store).plan(policy, atLeast).isEmpty()).as("a second run").isTrue();
  }

  /// The process ends at the n-th call that changes something.
  @ParameterizedTest
  @MethodSource("seeds")
  void a_run_that_is_killed_leaves_no_half_backup_and_the_next_one_finishes_it(long seed)
      throws IOException {
    var random = new Random(seed);
    var archive = MadeArchive.in(store, seed, NOW);
    var policy = policy(random);
    var oracle = new Oracle(archive, policy, 0);
    var expected = oracle.left(MadeArchive.keys(store));
    var dying = new FaultyStore(store);
    var after = random.nextInt(12);
    dying.fail(Point.DELETE, _ -> true, Code.STORE_UNREACHABLE, after, Integer.MAX_VALUE);

    try {
      pruning(dying).execute(pruning(dying).plan(policy, 0));
    } catch (StoreException killed) {
      assertThat(killed.code()).isEqualTo(Code.STORE_UNREACHABLE);
    }

    assertThat(MadeArchive.keys(store)).as("nothing needed is gone").containsAll(expected);
    for (var made : archive.backups) {
      if (store.find(MadeArchive.SERVER.info(made.id())).isPresent()) {
        assertThat(store.find(MadeArchive.SERVER.base(made.id()) + "data.tar"))
            .as("what is described is whole: %s", made.id())
            .isPresent();
      }
    }
    pruning(store).execute(pruning(store).plan(policy, 0));
    assertThat(MadeArchive.keys(store)).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void two_at_once_do_no_harm(long seed) throws IOException {
    var archive = MadeArchive.in(store, seed, NOW);
    var policy = policy(new Random(seed));
    var expected = new Oracle(archive, policy, 0).left(MadeArchive.keys(store));
    var one = pruning(store).plan(policy, 0);
    var other = pruning(store).plan(policy, 0);

    pruning(store).execute(one);
    pruning(store).execute(other);

    assertThat(MadeArchive.keys(store)).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void a_mark_that_is_set_after_the_plan_was_made_spares_the_backup_and_its_wal(long seed)
      throws IOException {
    var archive = MadeArchive.in(store, seed, NOW);
    var policy = new RetentionPolicy.Redundancy(1);
    var plan = pruning(store).plan(policy, 0);
    var oracle = new Oracle(archive, policy, 0);
    var doomed = archive.backups.stream().filter(oracle::goes).findFirst();
    if (doomed.isEmpty()) {
      assertThat(plan.doomed()).isEmpty();
      return;
    }
    var before = MadeArchive.keys(store);
    var spared = new Catalog(store, MadeArchive.SERVER).backup(doomed.get().id().text());
    new KeepMarks(store, MadeArchive.SERVER).set(spared, Keep.FULL);

    var pruned = pruning(store).execute(plan);

    assertThat(pruned.left())
        .singleElement()
        .extracting(Pruned.Left::reason)
        .asString()
        .contains("kept");
    assertThat(store.find(MadeArchive.SERVER.info(spared.id()))).isPresent();
    var its =
        before.stream()
            .filter(key ->
                MadeArchive.SERVER
                    .walAt(key)
                    .filter(wal ->
                        wal.name() instanceof io.cooper.backup.format.WalName.Segment segment
                            && segment.timeline() == doomed.get().timeline()
                            && segment.number(MadeArchive.SIZE) >= doomed.get().begin())
                    .isPresent())
            .toList();
    assertThat(MadeArchive.keys(store)).containsAll(its);
  }

  @Test
  void what_the_store_refuses_to_delete_is_told_and_the_rest_goes() throws IOException {
    var archive = withObsolete();
    var policy = new RetentionPolicy.Redundancy(1);
    var locked =
        archive.backups.stream()
            .filter(new Oracle(archive, policy, 0)::goes)
            .findFirst()
            .orElseThrow();
    var refusing =
        new FaultyStore(store)
            .fail(
                Point.DELETE,
                MadeArchive.SERVER.info(locked.id())::equals,
                Code.STORE_DENIED,
                0,
                Integer.MAX_VALUE);

    var plan = pruning(refusing).plan(policy, 0);
    var pruned = pruning(refusing).execute(plan);

    assertThat(pruned.left())
        .singleElement()
        .satisfies(left -> {
          assertThat(left.what()).contains(locked.id().text());
          assertThat(left.reason()).contains("planned");
        });
    assertThat(store.find(MadeArchive.SERVER.base(locked.id()) + "data.tar")).isPresent();
    assertThat(pruned.backups()).hasSize(plan.doomed().size() - 1);
  }

  private MadeArchive withObsolete() throws IOException {
    for (long seed = 0; ; seed++) {
      MadeArchive.keys(store)
          .forEach(key -> {
            try {
              store.delete(List.of(key));
            } catch (StoreException failed) {
              throw new IllegalStateException(failed);
            }
          });
      var archive = MadeArchive.in(store, seed, NOW);
      var oracle = new Oracle(archive, new RetentionPolicy.Redundancy(1), 0);
      if (archive.backups.stream().filter(oracle::goes).count() > 1) {
        return archive;
      }
    }
  }

  @Test
  void a_backup_that_cannot_be_read_stops_everything_for_nobody_knows_what_it_needs()
      throws IOException {
    var archive = withObsolete();
    archive.put(MadeArchive.SERVER.info(archive.backups.getFirst().id()), "no description");
    var before = MadeArchive.keys(store);

    assertThatThrownBy(() -> pruning(store).plan(new RetentionPolicy.Redundancy(1), 0))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining(archive.backups.getFirst().id().text());
    assertThat(MadeArchive.keys(store)).isEqualTo(before);
  }

  @Test
  void what_cooper_knows_of_a_backup_goes_with_it_also_when_somebody_else_deleted_it()
      throws IOException {
    var archive = withObsolete();
    var policy = new RetentionPolicy.Redundancy(1);
    var goes =
        archive.backups.stream()
            .filter(new Oracle(archive, policy, 0)::goes)
            .findFirst()
            .orElseThrow();
    archive.put("srv/cooper/backups/%s.json".formatted(goes.id()), "{}");
    archive.put("srv/cooper/backups/20200101T000000.json", "{}");
    archive.put("srv/cooper/backups/20200101T000001.running", "here");
    archive.put(
        "srv/cooper/verified/%s/20261120T000000.000Z-sound.json".formatted(goes.id()), "{}");
    archive.put("srv/cooper/verified/20200101T000000/20200102T000000.000Z-sound.json", "{}");
    archive.put("srv/cooper/identity", "system-identifier=1");

    pruning(store).execute(pruning(store).plan(policy, 0));

    try (var own = store.list("srv/cooper/", "")) {
      assertThat(own.map(io.cooper.store.StoredObject::key))
          .containsExactly("srv/cooper/backups/20200101T000001.running", "srv/cooper/identity");
    }
  }

  @Test
  void one_backup_is_deleted_with_the_wal_that_it_alone_needed() throws IOException {
    var archive = withObsolete();
    var done =
        archive.backups.stream()
            .filter(each -> each.status() == Status.DONE && each.keep().isEmpty())
            .findFirst()
            .orElseThrow();

    pruning(store).execute(pruning(store).planOf(done.id().text(), 0));

    try (var rest = store.list(MadeArchive.SERVER.base(done.id()), "")) {
      assertThat(rest).isEmpty();
    }
    assertThatThrownBy(() -> pruning(store).planOf(done.id().text(), 0))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("no backup '" + done.id());
  }

  @Test
  void the_last_backups_stay_if_so_many_must() throws IOException {
    var archive = withObsolete();
    var done = (int) archive.backups.stream().filter(each -> each.status() == Status.DONE).count();
    var free =
        archive.backups.stream()
            .filter(each -> each.status() == Status.DONE && each.keep().isEmpty())
            .findFirst()
            .orElseThrow();

    assertThatThrownBy(() -> pruning(store).planOf(free.id().text(), done))
        .hasMessageContaining("must stay at least");
    assertThat(pruning(store).planOf(free.id().text(), done - 1).doomed()).hasSize(1);
  }

  @Test
  void only_what_is_done_can_be_kept_and_the_mark_is_barmans() throws IOException {
    var archive = withObsolete();
    var marks = new KeepMarks(store, MadeArchive.SERVER);
    var done =
        new Catalog(store, MadeArchive.SERVER)
            .backup(
                archive.backups.stream()
                    .filter(each -> each.status() == Status.DONE)
                    .findFirst()
                    .orElseThrow()
                    .id()
                    .text());
    marks.set(done, Keep.STANDALONE);
    try (var mark = store.open(MadeArchive.SERVER.keep(done.id()))) {
      assertThat(mark.readAllBytes()).asString().isEqualTo("standalone");
    }
    marks.release(done.id());
    assertThat(store.find(MadeArchive.SERVER.keep(done.id()))).isEmpty();

    archive.put(
        MadeArchive.SERVER.info(done.id()),
        done.info().with(BackupInfo.STATUS, Status.FAILED).toString());
    var failed = new Catalog(store, MadeArchive.SERVER).backup(done.id().text());
    assertThatThrownBy(() -> marks.set(failed, Keep.FULL)).hasMessageContaining("FAILED");
  }

  @Test
  void one_listing_of_the_wal_is_enough_for_a_plan() throws IOException {
    MadeArchive.in(store, 3, NOW);
    var counting = new FaultyStore(store);

    pruning(counting).plan(new RetentionPolicy.Redundancy(2), 0);

    assertThat(counting.calls().stream().filter(call -> call.startsWith("LIST srv/wals/")))
        .hasSize(1);
  }

  @Test
  void policies_are_read_as_barman_and_the_object_store_write_them() {
    assertThat(RetentionPolicy.parse("recovery window  of 4 WEEKS"))
        .isEqualTo(new RetentionPolicy.Window(28));
    assertThat(RetentionPolicy.parse("3m")).isEqualTo(new RetentionPolicy.Window(93));
    assertThat(RetentionPolicy.parse("30d")).isEqualTo(new RetentionPolicy.Window(30));
    assertThat(RetentionPolicy.parse(" REDUNDANCY 2 "))
        .isEqualTo(new RetentionPolicy.Redundancy(2));
    for (var wrong :
        List.of(
            "",
            "30",
            "d",
            "0d",
            "30y",
            "REDUNDANCY 0",
            "REDUNDANCY",
            "REDUNDANCY 99999999999",
            "RECOVERY WINDOW OF 30",
            "RECOVERY WINDOW OF 99999999 DAYS",
            "-3d")) {
      assertThatThrownBy(() -> RetentionPolicy.parse(wrong))
          .as(wrong)
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("policy '%s'".formatted(wrong));
    }
    assertThat(IntStream.of(1, 2).mapToObj(RetentionPolicy.Redundancy::new).toList())
        .hasToString("[REDUNDANCY 1, REDUNDANCY 2]");
  }
}
