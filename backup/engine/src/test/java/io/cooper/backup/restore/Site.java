package io.cooper.backup.restore;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.BaseBackup;
import io.cooper.backup.base.Progress;
import io.cooper.backup.format.ServerFolder;
import io.cooper.backup.postgres.Binaries;
import io.cooper.backup.postgres.Postgres;
import io.cooper.store.FolderStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A live server that archives into a folder, and servers restored from there.
public final class Site implements AutoCloseable {
  public static final ServerFolder SERVER = new ServerFolder("srv");
  public static final String SUMS =
      "SELECT count(*) || ' ' || coalesce(sum(hashtext(body)::bigint), 0) FROM notes";

  private final Path folder;
  private final FolderStore store;
  private final ArrayList<Postgres> servers = new ArrayList<>();

  public Site(Path folder) {
    this.folder = folder;
    this.store = new FolderStore(folder.resolve("store"));
  }

  public FolderStore store() {
    return store;
  }

  /// Starts a server with a table `notes`.
  ///
  /// @param initdb its options
  public Postgres primary(Binaries binaries, List<String> initdb, String... settings)
      throws Exception {
    var server =
        Postgres.create(
            binaries,
            folder.resolve("primary"),
            initdb,
            "archive_mode = on",
            "archive_command = '%s'".formatted(archiveCommand()));
    servers.add(server);
    server.configure(settings).start();
    server.execute(
        "CREATE TABLE notes (id bigserial PRIMARY KEY, body text)",
        "INSERT INTO notes (body) SELECT repeat(md5(i::text), 20) FROM generate_series(1, 5000) i");
    return server;
  }

  private String archiveCommand() {
    var wals = folder.resolve("store/srv/wals");
    return ("d=%s/$(echo %%f | cut -c1-16); case %%f in *.history) d=%s;; esac;"
            + " mkdir -p $d && cp %%p $d/%%f.tmp && mv $d/%%f.tmp $d/%%f")
        .formatted(wals, wals);
  }

  public Recovery recovery() {
    var wals = folder.resolve("store/srv/wals");
    return Recovery.by(
        "cp %s/$(echo %%f | cut -c1-16)/%%f %%p || cp %s/%%f %%p".formatted(wals, wals));
  }

  public BaseBackup.Taken backUp(Postgres server, BackupSettings settings) throws Exception {
    return new BaseBackup(server.database(), store, SERVER, settings).run(Progress.silent());
  }

  /// Restores into a folder, and waits until the server there has ended its recovery.
  ///
  /// @param configuration beside that of the first server, whose archive it shares
  public Postgres restored(
      Binaries binaries, String name, RestoreSettings settings, String... configuration)
      throws Exception {
    var data = folder.resolve(name);
    new Restore(store, SERVER, settings).into(data, Progress.silent());
    var server = Postgres.of(binaries, data);
    servers.add(server);
    return server.configure(configuration).start().awaitPromotion();
  }

  /// Waits until all that was committed is archived.
  public static void awaitArchived(Postgres server) throws Exception {
    // A segment without a record in it is not switched, and so never archived.
    var last = server.ask("SELECT pg_walfile_name(pg_create_restore_point('archived'))");
    server.execute("SELECT pg_switch_wal()");
    for (int look = 0; look < 600; look++) {
      if (server.ask("SELECT last_archived_wal FROM pg_stat_archiver").compareTo(last) >= 0) {
        return;
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException(last + " is not archived");
  }

  @Override
  public void close() throws Exception {
    for (var server : servers) {
      server.close();
    }
    store.close();
  }
}
