package io.cooper.backup.restore;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.BaseBackup;
import io.cooper.backup.base.Progress;
import io.cooper.backup.format.Codec;
import io.cooper.store.FolderStore;
import java.nio.file.Path;
import java.util.Optional;
import org.postgresql.ds.PGSimpleDataSource;

/// What [KillTest] kills: a process that takes a backup, or restores the newest one.
final class KilledWork {
  static final String BEGINS = "begins";

  private KilledWork() {}

  /// Says that it begins, and does it.
  ///
  /// @param args what, the store, the folder of the data, and for a backup the port
  public static void main(String[] args) throws Exception {
    try (var store = new FolderStore(Path.of(args[1]))) {
      System.out.println(BEGINS);
      var data = Path.of(args[2]);
      if (args[0].equals("restore")) {
        new Restore(store, Site.SERVER, RestoreSettings.newest()).into(data, Progress.silent());
        return;
      }
      var database = new PGSimpleDataSource();
      database.setUrl("jdbc:postgresql://127.0.0.1:" + args[3] + "/postgres?user=postgres");
      new BaseBackup(
              database,
              store,
              Site.SERVER,
              BackupSettings.of(data)
                  .immediately()
                  .compressed(Codec.LZ4)
                  .splitAfter(2 << 20)
                  .awaitingWal(Optional.empty()))
          .run(Progress.silent());
    }
  }
}
