package io.cooper.backup.restore;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.BackupInfo.Status;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.Lsn;
import io.cooper.backup.format.ServerFolder;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.function.UnaryOperator;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// A backup that was never one: the least that a restore takes, and what a test adds to it.
final class MadeBackup {
  static final ServerFolder SERVER = new ServerFolder("srv");
  static final byte[] CONTROL = {1, 2, 3, 4, 5, 6, 7, 8, 9};

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar =
      new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name());

  MadeBackup() {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    folder("./").folder("global/").file("./PG_VERSION", "18\n");
  }

  MadeBackup folder(String name) {
    var entry = new TarArchiveEntry(name, TarConstants.LF_DIR, true);
    entry.setMode(0700);
    return add(entry, new byte[0]);
  }

  MadeBackup file(String name, String text) {
    return file(name, text.getBytes(StandardCharsets.UTF_8));
  }

  MadeBackup file(String name, byte[] content) {
    return add(new TarArchiveEntry(name, TarConstants.LF_NORMAL, true), content);
  }

  MadeBackup link(byte kind, String name, String to) {
    var entry = new TarArchiveEntry(name, kind, true);
    entry.setLinkName(to);
    return add(entry, new byte[0]);
  }

  private MadeBackup add(TarArchiveEntry entry, byte[] content) {
    try {
      entry.setSize(content.length);
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
      return this;
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /// The whole tar, with the files that must be in it.
  byte[] tar() {
    try {
      file("global/pg_control", CONTROL).file("backup_label", "START WAL LOCATION: 0/2000028\n");
      tar.close();
      return bytes.toByteArray();
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  static byte[] encoded(Codec codec, byte[] plain) throws IOException {
    var encoded = new ByteArrayOutputStream();
    try (var encoder = codec.encodeData(encoded, 0)) {
      encoder.write(plain);
    }
    return encoded.toByteArray();
  }

  static void put(ObjectStore store, String key, byte[] content) throws IOException {
    try (var object = store.create(key, Intent.replacing())) {
      object.bytes().write(content);
      object.commit();
    }
  }

  /// Stores the tar and a description, which a test may change.
  BackupId store(ObjectStore store, String id, UnaryOperator<BackupInfo> change)
      throws IOException {
    var backup = new BackupId(id);
    put(store, SERVER.data(backup, 0, Codec.NONE), tar());
    put(store, SERVER.info(backup), change.apply(info(id)).bytes());
    return backup;
  }

  static BackupInfo info(String id) {
    var end =
        OffsetDateTime.parse(
            "%s-%s-%sT%s:%s:%sZ"
                .formatted(
                    id.substring(0, 4),
                    id.substring(4, 6),
                    id.substring(6, 8),
                    id.substring(9, 11),
                    id.substring(11, 13),
                    id.substring(13)));
    return BackupInfo.of(Status.DONE)
        .with(BackupInfo.VERSION, 180_006L)
        .with(BackupInfo.TIMELINE, 1L)
        .with(BackupInfo.END_TIME, end)
        .with(BackupInfo.END_LSN, Lsn.parse("0/%s00138".formatted(id.substring(13))));
  }
}
