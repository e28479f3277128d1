package io.cooper.backup.format;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where everything of one server lies below the store's prefix: `NAME/base/…` and `NAME/wals/…`,
/// as barman-cloud has it, and `NAME/cooper/…` beside them, where its readers never look.
///
/// @param name of the server, one level of the key
public record ServerFolder(String name) {
  private static final String INFO = "backup.info";
  private static final Pattern STEM =
      Pattern.compile("(?:data|(?<oid>\\d{1,10}))(?:_(?<part>\\d{4,9}))?");

  /// @throws io.cooper.problem.ProblemException with [Code#BAD_USE] if no key can have this name
  public ServerFolder {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new Problem(
              Code.BAD_USE,
              "server name '%s'".formatted(name),
              "cannot be one level of a key: it is empty, a dot, or holds a slash or a control"
                  + " character",
              "give the name under which the server's archive lies, such as pg-main")
          .asException();
    }
  }

  /// Below it lie all WAL files: `NAME/wals/`.
  public String wals() {
    return name + "/wals/";
  }

  /// Below it lie the folders of the backups: `NAME/base/`.
  public String bases() {
    return name + "/base/";
  }

  /// Below it lies what Cooper knows beside: `NAME/cooper/`. All of it can be made again.
  public String own() {
    return name + "/cooper/";
  }

  /// Where a WAL file lies under a compression.
  public String wal(WalName file, Codec codec) {
    return anyWal(file) + codec.walSuffix();
  }

  /// How the keys of a WAL file begin, whatever its compression; so do those of other files, such
  /// as the partial one.
  public String anyWal(WalName file) {
    return wals() + file.folder().map(folder -> folder + "/").orElse("") + file.text();
  }

  /// Below it lies a folder for each backup that was verified, by its id, with what was found.
  public String verified() {
    return own() + "verified/";
  }

  /// Reads a key below [#wals()]; empty if no WAL file can lie there.
  public Optional<StoredName> walAt(String key) {
    if (!key.startsWith(wals())) {
      return Optional.empty();
    }
    var file = key.substring(key.lastIndexOf('/') + 1);
    var codec = Codec.ofWal(file);
    return WalName.find(file.substring(0, file.length() - codec.walSuffix().length()))
        .map(name -> new StoredName(name, codec))
        .filter(stored -> key.equals(wal(stored.name(), codec)));
  }

  /// The folder of a backup: `NAME/base/ID/`.
  public String base(BackupId id) {
    return bases() + id + "/";
  }

  /// The file that describes a backup.
  public String info(BackupId id) {
    return base(id) + INFO;
  }

  /// A part of the data directory: `data.tar`, `data_0001.tar`, …
  ///
  /// @param part counted from 0
  /// @throws IllegalArgumentException if data is never stored in that compression
  public String data(BackupId id, int part, Codec codec) {
    return archive(id, "data", part, codec);
  }

  /// A part of a tablespace: `16386.tar`, `16386_0001.tar`, …
  ///
  /// @param oid of the tablespace, unsigned
  /// @param part counted from 0
  /// @throws IllegalArgumentException if data is never stored in that compression
  public String tablespace(BackupId id, long oid, int part, Codec codec) {
    return archive(id, Long.toString(oid), part, codec);
  }

  /// The note that a backup must not be deleted by a policy; holds `full` or `standalone`.
  public String keep(BackupId id) {
    return base(id) + "annotations/keep";
  }

  /// The label of a backup that consists of snapshots of disks.
  public String label(BackupId id) {
    return base(id) + "backup_label";
  }

  /// Reads a key of a backup's folder; empty if it is no data archive.
  public Optional<DataName> dataAt(BackupId id, String key) {
    if (!key.startsWith(base(id))) {
      return Optional.empty();
    }
    var file = key.substring(base(id).length());
    return Codec.ofData(file)
        .flatMap(codec -> {
          var stem = file.substring(0, file.length() - codec.dataSuffix().orElse("").length());
          var parts = STEM.matcher(stem);
          return parts.matches()
              ? Optional.of(
                  new DataName(
                      Optional.ofNullable(parts.group("oid")).map(Long::valueOf),
                      Optional.ofNullable(parts.group("part")).map(Integer::valueOf).orElse(0),
                      codec))
              : Optional.<DataName>empty();
        });
  }

  private String archive(BackupId id, String stem, int part, Codec codec) {
    var suffix =
        codec
            .dataSuffix()
            .orElseThrow(
                () -> new IllegalArgumentException("data archives are never in " + codec.option()));
    var number = part == 0 ? "" : "_%04d".formatted(part);
    return base(id) + stem + number + suffix;
  }

  /// A WAL file as a key names it.
  public record StoredName(WalName name, Codec codec) {}

  /// A data archive as a key names it.
  ///
  /// @param tablespace its oid; empty for the data directory itself
  /// @param part counted from 0
  public record DataName(Optional<Long> tablespace, int part, Codec codec) {}

  @Override
  public String toString() {
    return name;
  }
}
