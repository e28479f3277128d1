package io.cooper.backup.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.cooper.backup.audit.ArchiveAudit.Reading;
import io.cooper.backup.audit.Finding.Kind;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.WalName.Segment;
import io.cooper.backup.restore.BackupChoice;
import io.cooper.backup.restore.Target;
import io.cooper.backup.restore.Wanted;
import io.cooper.problem.ProblemException;
import io.cooper.store.FaultyStore;
import io.cooper.store.MemoryStore;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Archives that are damaged by chance: every damage is found, and nothing else.
class AuditTest {
  private static final AuditedArchive WHOLE = AuditedArchive.make();

  private final MemoryStore store = new MemoryStore();

  static LongStream seeds() {
    return LongStream.range(0, 320);
  }

  private Audit audit(Reading reading) throws Exception {
    return new ArchiveAudit(
            store, AuditedArchive.SERVER, ArchiveAudit.Settings.usual().reading(reading))
        .run();
  }

  /// What a test names of a finding.
  private record Told(Kind kind, String where) {}

  private static Set<Told> told(Audit audit) {
    var told = new HashSet<Told>();
    for (var finding : audit.findings()) {
      if (finding.kind() == Kind.MISSING) {
        for (var segment : WHOLE.between(finding.where())) {
          told.add(new Told(finding.kind(), segment.text()));
        }
      } else {
        told.add(new Told(finding.kind(), finding.where()));
      }
    }
    return told;
  }

  @ParameterizedTest
  @EnumSource(Reading.class)
  void a_sound_archive_is_sound_however_it_is_read(Reading reading) throws Exception {
    WHOLE.into(store);

    var audit = audit(reading);

    assertThat(audit.findings()).isEmpty();
    assertThat(audit.isSound()).isTrue();
    assertThat(AuditText.text(audit)).contains(": sound").doesNotContain("·");
    assertThat(audit.spans())
        .extracting(Audit.Span::timeline, Audit.Span::isHole)
        .containsExactly(tuple(1, false), tuple(2, false));
    if (reading != Reading.NONE) {
      assertThat(audit.spans().getLast().horizon().newest())
          .contains(WHOLE.child().ends().getLast().time());
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void every_damage_is_found_and_no_other_is_reported(long seed) throws Exception {
    WHOLE.into(store);
    var random = new Random(seed);
    var expected = new HashSet<Told>();
    var touched = new TreeSet<Segment>();
    var gone = new HashSet<Segment>();
    var done = new StringBuilder();
    var isWithoutHistory = random.nextInt(6) == 0;
    for (int count = 1 + random.nextInt(4); count > 0; count--) {
      var segment = WHOLE.any(random);
      if (!touched.add(segment)) {
        continue;
      }
      var key = WHOLE.key(segment);
      var kind = random.nextInt(8);
      done.append(kind).append(" of ").append(key).append("; ");
      switch (kind) {
        case 0, 1 -> {
          store.delete(List.of(key));
          gone.add(segment);
        }
        case 2 -> {
          WHOLE.truncate(store, segment, random);
          expected.add(new Told(WHOLE.isPlain(segment) ? Kind.WRONG_SIZE : Kind.DAMAGED, key));
        }
        case 3 -> {
          WHOLE.corrupt(store, segment, random);
          expected.add(new Told(Kind.DAMAGED, key));
        }
        case 4 -> {
          var other = WHOLE.any(random);
          // Without a history, nobody can tell where a timeline begins.
          if ((other.timeline() == segment.timeline() || !isWithoutHistory) && touched.add(other)) {
            WHOLE.swap(store, segment, other);
            expected.add(new Told(Kind.DAMAGED, key));
            expected.add(new Told(Kind.DAMAGED, WHOLE.key(other)));
          }
        }
        case 5 -> {
          WHOLE.foreign(store, segment);
          expected.add(new Told(Kind.FOREIGN, key));
        }
        case 6 -> expected.add(new Told(Kind.DUPLICATE, WHOLE.duplicate(store, segment)));
        default -> {
          AuditedArchive.put(store, key + ".orig", new byte[] {1});
          expected.add(new Told(Kind.NO_WAL, key + ".orig"));
        }
      }
    }
    if (isWithoutHistory) {
      WHOLE.withoutHistory(store);
      expected.add(new Told(Kind.HISTORY_MISSING, "00000002.history"));
      WHOLE
          .missingWithoutHistory(gone)
          .forEach(each -> expected.add(new Told(Kind.MISSING, each.text())));
    } else {
      WHOLE.missing(gone).forEach(each -> expected.add(new Told(Kind.MISSING, each.text())));
    }

    var audit = audit(Reading.ALL);

    assertThat(told(audit)).as("%s", done).isEqualTo(expected);
    assertThat(audit.findings().stream().noneMatch(each -> each.kind().isFault()))
        .as("%s", done)
        .isEqualTo(expected.stream().noneMatch(each -> each.kind().isFault()));
  }

  /// Reads what the generator wrote, and no other way.
  @ParameterizedTest
  @MethodSource("seeds")
  void the_planner_never_offers_an_instant_or_place_inside_of_a_hole(long seed) throws Exception {
    WHOLE.into(store);
    var random = new Random(seed);
    var gone = new TreeSet<Segment>();
    for (int count = random.nextInt(4); count > 0; count--) {
      var segment = WHOLE.any(random);
      store.delete(List.of(WHOLE.key(segment)));
      gone.add(segment);
    }
    for (int question = 0; question < 6; question++) {
      var time = WHOLE.anyTime(random);
      assertThat(isOffered(new Target.Time(time.atOffset(ZoneOffset.UTC))))
          .as("%s without %s", time, gone)
          .isEqualTo(WHOLE.reaches(time, gone));
      var place = WHOLE.anyPlace(random);
      assertThat(isOffered(new Target.Place(place)))
          .as("%s without %s", place, gone)
          .isEqualTo(WHOLE.reaches(place, gone));
    }
  }

  private boolean isOffered(Target target) throws Exception {
    try {
      var plan =
          new BackupChoice(store, AuditedArchive.SERVER)
              .plan(new Wanted.Fitting(), target, "latest");
      for (var nearest : plan.nearest()) {
        if (nearest.isBefore() && target instanceof Target.Time) {
          var earlier = nearest.time().orElseThrow().minusMillis(1).atOffset(ZoneOffset.UTC);
          if (WHOLE.isAfterABackup(earlier.toInstant())) {
            assertThat(
                    new BackupChoice(store, AuditedArchive.SERVER)
                        .plan(
                            new Wanted.Id(nearest.backup().id()),
                            new Target.Time(earlier),
                            "latest")
                        .obstacle())
                .isEmpty();
          }
        }
      }
      return plan.obstacle().isEmpty();
    } catch (ProblemException beforeAllBackups) {
      return false;
    }
  }

  @Test
  void a_backup_whose_last_segment_never_came_is_told() throws Exception {
    WHOLE.into(store);
    AuditedArchive.put(
        store,
        AuditedArchive.SERVER.info(new BackupId("20261121T200000")),
        WHOLE.info(2, 13, 15).bytes());
    AuditedArchive.put(
        store, AuditedArchive.SERVER.bases() + "20261121T200000/data.tar", new byte[9]);

    var audit = audit(Reading.ENDS);

    assertThat(audit.broken())
        .containsExactly(new Audit.Broken(new BackupId("20261121T200000"), new Segment(2, 0, 15)));
    assertThat(audit.isSound()).isFalse();
    assertThat(AuditText.text(audit)).contains("20261121T200000 cannot be restored");
  }

  @Test
  void an_audit_that_reads_no_wal_asks_for_nothing_but_listings_and_descriptions()
      throws Exception {
    WHOLE.into(store);
    var counting = new FaultyStore(store);

    new ArchiveAudit(
            counting, AuditedArchive.SERVER, ArchiveAudit.Settings.usual().reading(Reading.NONE))
        .run();

    assertThat(counting.calls())
        .filteredOn(call -> call.startsWith("OPEN "))
        .allMatch(call -> call.contains("backup.info") || call.contains(".history"));
    assertThat(counting.calls()).filteredOn(call -> call.startsWith("LIST ")).hasSize(2);
  }

  @Test
  void a_budget_is_not_exceeded_and_what_is_read_lies_evenly_apart() throws Exception {
    WHOLE.into(store);
    var settings = ArchiveAudit.Settings.usual().reading(Reading.ALL).within(1L << 20);

    var audit = new ArchiveAudit(store, AuditedArchive.SERVER, settings).run();

    assertThat(audit.looked().read()).isBetween(2L, audit.looked().objects() - 2);
    assertThat(audit.looked().bytesRead()).isLessThan(2L << 20);
    assertThat(audit.isSound()).isTrue();
  }

  @Test
  void an_empty_archive_is_sound_and_has_nothing() throws Exception {
    var audit = audit(Reading.ALL);

    assertThat(audit.isSound()).isTrue();
    assertThat(AuditText.text(audit)).contains("nothing can be restored");
    assertThat(AuditText.json(audit)).contains("\"sound\" : true");
  }

  @Test
  void a_history_that_is_none_is_told() throws Exception {
    WHOLE.into(store);
    AuditedArchive.put(store, "srv/wals/00000002.history", "nonsense\n".getBytes(US_ASCII));

    var audit = audit(Reading.ENDS);

    assertThat(audit.findings()).extracting(Finding::kind).containsExactly(Kind.HISTORY_DAMAGED);
    assertThat(audit.findings().getFirst().where()).contains("00000002.history");
  }

  @Test
  void a_hole_is_a_gap_in_the_picture_and_an_end_in_the_intervals() throws Exception {
    WHOLE.into(store);
    store.delete(List.of(WHOLE.key(new Segment(1, 0, 5))));

    var text = AuditText.text(audit(Reading.ENDS));

    assertThat(text).contains("NOT SOUND").contains("·").contains("then WAL is missing");
    assertThat(text.lines()).allMatch(line -> line.codePointCount(0, line.length()) <= 100);
  }
}
