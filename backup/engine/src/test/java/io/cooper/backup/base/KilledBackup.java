package io.cooper.backup.base;

import io.cooper.backup.format.ServerFolder;
import io.cooper.store.FolderStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.postgresql.ds.PGSimpleDataSource;

/// A program that begins a backup and hangs in the middle of it, to be killed.
final class KilledBackup {
  private KilledBackup() {}

  /// Begins, and hangs.
  ///
  /// @param args the data directory, the port, the store, and a file to be made when it hangs
  public static void main(String[] args) throws Exception {
    var database = new PGSimpleDataSource();
    database.setUrl("jdbc:postgresql://127.0.0.1:" + args[1] + "/postgres?user=postgres");
    var store =
        new BrokenStore(
            new FolderStore(Path.of(args[2])),
            1 << 20,
            () -> {
              Files.createFile(Path.of(args[3]));
              while (true) {
                Thread.onSpinWait();
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000_000);
              }
            });
    new BaseBackup(
            database,
            store,
            new ServerFolder("srv"),
            BackupSettings.of(Path.of(args[0]))
                .immediately()
                .withJobs(1)
                .awaitingWal(Optional.empty()))
        .run(Progress.silent());
  }
}
