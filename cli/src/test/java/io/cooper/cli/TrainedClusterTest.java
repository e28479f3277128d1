package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.BaseBackup;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.restore.Restore;
import io.cooper.backup.restore.RestoreSettings;
import io.cooper.store.Secret;
import io.cooper.store.s3.S3Credentials;
import io.cooper.store.s3.S3Profile;
import io.cooper.store.s3.S3Settings;
import io.cooper.store.s3.S3Store;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Training tells nobody when it fails: it would only leave classes out of the cache.
class TrainedClusterTest {
  private static final int PART = 5 << 20;

  @ParameterizedTest
  @EnumSource(
      value = Codec.class,
      names = {"NONE", "ZSTD", "LZ4"})
  void a_base_backup_of_it_has_sound_pages_and_is_restored(Codec codec, @TempDir Path folder)
      throws IOException, InterruptedException {
    var pgdata = folder.resolve("pgdata");
    var database = TrainedCluster.in(pgdata);
    var server = new ServerFolder("main");
    try (var archive = new TrainedArchive();
        var store = new S3Store(settings(archive.endpoint()))) {
      var settings = BackupSettings.of(pgdata).compressed(codec).awaitingWal(Optional.empty());
      var taken = new BaseBackup(database, store, server, settings).run(_ -> {});
      assertThat(taken.info().status()).isEqualTo(BackupInfo.Status.DONE);
      assertThat(taken.inventory().damagedPages()).isZero();

      var to = folder.resolve("restored");
      var restored = new Restore(store, server, RestoreSettings.newest()).into(to, _ -> {});
      assertThat(restored.verified()).isTrue();
      assertThat(to.resolve("base/5/3")).hasSameBinaryContentAs(pgdata.resolve("base/5/3"));
    }
  }

  private static S3Settings settings(String endpoint) {
    var keys = new S3Credentials.Keys("train", new Secret("train"), Optional.empty());
    return S3Settings.of("train", "x", Optional.of(URI.create(endpoint)), keys)
        .as(S3Profile.MINIO)
        .inRegion("us-east-1")
        .inParts(PART, 1);
  }
}
