package io.cooper.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.BaseBackup;
import io.cooper.backup.base.Progress;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Codec;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.wal.WalArchive;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.Abandoned;
import io.cooper.store.AroundStore;
import io.cooper.store.Intent;
import io.cooper.store.NewObject;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A key that may write new objects and read, and nothing else.
class WriteOnceTest {
  @TempDir private Path folder;

  /// As a policy of a bucket that demands `If-None-Match` and denies deletion.
  private static final class WriteOnce extends AroundStore {
    WriteOnce(ObjectStore inner) {
      super(inner);
    }

    private StoreException denied(String what) {
      return new StoreException(
          new Problem(Code.STORE_DENIED, name(), what + " is denied to this key", "use another"));
    }

    @Override
    public NewObject create(String key, Intent intent) throws StoreException {
      if (intent.replace()) {
        throw denied("overwriting " + key);
      }
      return super.create(key, intent);
    }

    @Override
    public void delete(Collection<String> keys) throws StoreException {
      throw denied("deleting " + keys);
    }

    @Override
    public List<Abandoned> abandoned(String prefix) throws StoreException {
      throw denied("listing uploads");
    }
  }

  @Test
  void archive_backups_and_restore_work_without_the_right_to_delete_or_overwrite()
      throws Exception {
    try (var site = new Site(folder)) {
      var primary = site.primary(Binaries.embedded(), List.of("-k"));
      var store = new WriteOnce(site.store());
      var settings =
          BackupSettings.of(primary.data())
              .immediately()
              .unannounced()
              .awaitingWal(Optional.empty());

      // The second one finds what the first could not clear away.
      new BaseBackup(primary.database(), store, Site.SERVER, settings).run(Progress.silent());
      Thread.sleep(1100);
      var taken =
          new BaseBackup(primary.database(), store, Site.SERVER, settings).run(Progress.silent());
      var expected = primary.ask(Site.SUMS);
      Site.awaitArchived(primary);
      var archive = new WalArchive(store, Site.SERVER, WalArchive.Settings.with(Codec.NONE));
      var segment = taken.info().get(BackupInfo.BEGIN_WAL).orElseThrow();
      assertThat(archive.has(segment)).isTrue();

      var restored =
          site.restored(
              Binaries.embedded(),
              "restored",
              RestoreSettings.newest().recovering(site.recovery()),
              "archive_mode = off");
      assertThat(restored.ask(Site.SUMS)).isEqualTo(expected);
    }
  }
}
