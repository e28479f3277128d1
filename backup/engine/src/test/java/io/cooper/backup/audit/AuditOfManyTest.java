package io.cooper.backup.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.backup.audit.ArchiveAudit.Reading;
import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.WalName.Segment;
import io.cooper.backup.retention.Pruning;
import io.cooper.backup.retention.RetentionPolicy;
import io.cooper.store.s3.LocalS3;
import io.cooper.store.s3.S3Profile;
import io.cooper.store.s3.S3Store;
import java.time.Clock;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A hundred thousand segments in a cloud: what is asked of it.
class AuditOfManyTest {
  private static final int SEGMENTS = 100_000;
  private static final int PAGE = 1000;
  private static final String BUCKET = "backups";

  private LocalS3 server = startedServer();

  private static LocalS3 startedServer() {
    try {
      return new LocalS3("secret").withBucket(BUCKET);
    } catch (java.io.IOException cause) {
      throw new java.io.UncheckedIOException(cause);
    }
  }

  @BeforeEach
  void fill() {
    var small = new byte[100];
    for (var number = 1L; number <= SEGMENTS; number++) {
      var segment = Segment.numbered(1, number, SegmentSize.USUAL);
      server.withObject(BUCKET, AuditedArchive.SERVER.anyWal(segment) + ".zst", small);
    }
    for (var number = 1; number <= 3; number++) {
      var begin = Segment.numbered(1, number * 30_000L, SegmentSize.USUAL);
      var end = SegmentSize.USUAL.beginOf(number * 30_000L).plus(0x138);
      var id = new BackupId("2026112%dT000000".formatted(number));
      server.withObject(BUCKET, AuditedArchive.SERVER.bases() + id + "/data.tar", small);
      server.withObject(BUCKET, AuditedArchive.SERVER.info(id), info(begin, end, number).bytes());
    }
  }

  private static BackupInfo info(Segment begin, Lsn end, int day) {
    return BackupInfo.of(BackupInfo.Status.DONE)
        .with(BackupInfo.BEGIN_WAL, begin)
        .with(BackupInfo.END_WAL, begin)
        .with(BackupInfo.END_LSN, end)
        .with(BackupInfo.END_TIME, OffsetDateTime.parse("2026-11-2%dT00:01:00Z".formatted(day)))
        .with(BackupInfo.TIMELINE, 1L)
        .with(BackupInfo.SEGMENT_SIZE, SegmentSize.USUAL);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private S3Store store() throws Exception {
    return new S3Store(server.settings(BUCKET, "").as(S3Profile.MINIO));
  }

  @Test
  void an_audit_asks_little_more_than_the_pages_of_the_listing() throws Exception {
    try (var store = store()) {
      var settings = ArchiveAudit.Settings.usual().reading(Reading.NONE);

      var audit = new ArchiveAudit(store, AuditedArchive.SERVER, settings).run();

      assertThat(audit.looked().objects()).isEqualTo(SEGMENTS);
      assertThat(audit.isSound()).isTrue();
      assertThat(server.requests().size()).isLessThanOrEqualTo(SEGMENTS / PAGE * 11 / 10);
    }
  }

  @Test
  void a_retention_plan_asks_no_more_either() throws Exception {
    try (var store = store()) {
      var plan =
          new Pruning(store, AuditedArchive.SERVER, Clock.systemUTC())
              .plan(new RetentionPolicy.Redundancy(1), 0);

      assertThat(plan.walGoes().objects()).isEqualTo(3 * 30_000 - 1);
      assertThat(plan.walStays().objects()).isEqualTo(SEGMENTS - 3 * 30_000 + 1);
      assertThat(server.requests().size()).isLessThanOrEqualTo(SEGMENTS / PAGE * 11 / 10);
    }
  }
}
