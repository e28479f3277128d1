package io.cooper.backup.format;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The description of a backup, the object `backup.info`: lines `key=value`, as barman has them.
///
/// Reads what any barman-cloud from 3.10 on and the operator's own method write. Writes only keys
/// that barman knows: one that it does not know makes barman fail for every backup of the server.
/// What was read and not changed is written as it was. Values never change; [#with] gives another
/// description.
public final class BackupInfo {
  /// The text of `backup_label`, the same bytes as in the data archive.
  public static final Field<String> LABEL = Field.of("backup_label", FieldType.QUOTED);

  /// The name given by the user; CloudNativePG finds its backups by it.
  public static final Field<String> NAME = Field.of("backup_name", FieldType.WORD).leftOutIfNone();

  /// How far the begin lies in its segment, in bytes.
  public static final Field<Long> BEGIN_OFFSET = Field.of("begin_offset", FieldType.NUMBER);

  /// When the start call was made, by PostgreSQL's clock.
  public static final Field<OffsetDateTime> BEGIN_TIME = Field.of("begin_time", FieldType.TIME);

  /// The first segment that a restore needs.
  public static final Field<WalName.Segment> BEGIN_WAL = Field.of("begin_wal", FieldType.SEGMENT);

  /// Where recovery begins.
  public static final Field<Lsn> BEGIN_LSN = Field.of("begin_xlog", FieldType.LSN);

  /// Always none in an object store.
  public static final Field<String> CHILDREN =
      Field.of("children_backup_ids", FieldType.WORD).since311();

  /// Bytes of all tablespaces when the backup began.
  public static final Field<Long> CLUSTER_SIZE =
      Field.of("cluster_size", FieldType.NUMBER).since311();

  /// Always none in an object store: it is not the compression of the archives.
  public static final Field<String> COMPRESSION = Field.of("compression", FieldType.WORD);

  /// The path of `postgresql.conf`.
  public static final Field<String> CONFIG_FILE = Field.of("config_file", FieldType.WORD);

  /// How long the copy took: a dict of seconds.
  public static final Field<PythonLiteral> COPY_STATS = Field.of("copy_stats", FieldType.LITERAL);

  /// `on` or `off`.
  public static final Field<String> DATA_CHECKSUMS =
      Field.of("data_checksums", FieldType.WORD).since311();

  /// Always none in an object store.
  public static final Field<Long> DEDUPLICATED_SIZE =
      Field.of("deduplicated_size", FieldType.NUMBER);

  /// Always none in an object store.
  public static final Field<String> ENCRYPTION = Field.of("encryption", FieldType.WORD).since311();

  /// How far the end lies in its segment, in bytes.
  public static final Field<Long> END_OFFSET = Field.of("end_offset", FieldType.NUMBER);

  /// When the stop call was made, by PostgreSQL's clock.
  public static final Field<OffsetDateTime> END_TIME = Field.of("end_time", FieldType.TIME);

  /// The segment that holds the end; the one after the last needed if the end is on a boundary.
  public static final Field<WalName.Segment> END_WAL = Field.of("end_wal", FieldType.SEGMENT);

  /// Up to here a restore must replay WAL to be consistent.
  public static final Field<Lsn> END_LSN = Field.of("end_xlog", FieldType.LSN);

  /// Why it failed, one line.
  public static final Field<String> ERROR = Field.of("error", FieldType.WORD);

  /// The path of `pg_hba.conf`.
  public static final Field<String> HBA_FILE = Field.of("hba_file", FieldType.WORD);

  /// The path of `pg_ident.conf`.
  public static final Field<String> IDENT_FILE = Field.of("ident_file", FieldType.WORD);

  /// Other files that supply settings.
  public static final Field<List<String>> INCLUDED_FILES =
      Field.of("included_files", FieldType.TEXTS);

  /// None in an object store.
  public static final Field<String> MODE = Field.of("mode", FieldType.WORD);

  /// Always none in an object store.
  public static final Field<String> PARENT =
      Field.of("parent_backup_id", FieldType.WORD).since311();

  /// The path of the data directory.
  public static final Field<String> PGDATA = Field.of("pgdata", FieldType.WORD);

  /// `cloud`, whatever the server's folder is called: CloudNativePG looks for nothing else.
  public static final Field<String> SERVER_NAME = Field.of("server_name", FieldType.WORD);

  /// None in an object store.
  public static final Field<Long> SIZE = Field.of("size", FieldType.NUMBER);

  /// Which disks were snapshot, where the backup consists of that.
  public static final Field<PythonLiteral> SNAPSHOTS =
      Field.of("snapshots_info", FieldType.LITERAL).leftOutIfNone();

  /// How far it came. Always there.
  public static final Field<Status> STATUS = Field.of("status", FieldType.STATUS);

  /// `on` or `off`, from PostgreSQL 17 on.
  public static final Field<String> SUMMARIZE_WAL =
      Field.of("summarize_wal", FieldType.WORD).since311();

  /// The system identifier of the cluster, decimal digits.
  public static final Field<String> SYSTEM_ID = Field.of("systemid", FieldType.DIGITS);

  /// Tablespaces beside the data directory.
  public static final Field<List<Tablespace>> TABLESPACES =
      Field.of("tablespaces", FieldType.TABLESPACES);

  /// The timeline at the begin.
  public static final Field<Long> TIMELINE = Field.of("timeline", FieldType.NUMBER);

  /// `server_version_num`, such as 150018.
  public static final Field<Long> VERSION = Field.of("version", FieldType.NUMBER);

  /// The size of WAL segments; 16 MiB if it is not said.
  public static final Field<SegmentSize> SEGMENT_SIZE =
      Field.of("xlog_segment_size", FieldType.SEGMENT_SIZE);

  /// The value that [#SERVER_NAME] must have.
  public static final String CLOUD = "cloud";

  private static final String NONE = "None";
  private static final int MOST_FAULTS_TOLD = 5;
  private static final Map<String, Field<?>> FIELDS =
      List.of(
              LABEL,
              NAME,
              BEGIN_OFFSET,
              BEGIN_TIME,
              BEGIN_WAL,
              BEGIN_LSN,
              CHILDREN,
              CLUSTER_SIZE,
              COMPRESSION,
              CONFIG_FILE,
              COPY_STATS,
              DATA_CHECKSUMS,
              DEDUPLICATED_SIZE,
              ENCRYPTION,
              END_OFFSET,
              END_TIME,
              END_WAL,
              END_LSN,
              ERROR,
              HBA_FILE,
              IDENT_FILE,
              INCLUDED_FILES,
              MODE,
              PARENT,
              PGDATA,
              SERVER_NAME,
              SIZE,
              SNAPSHOTS,
              STATUS,
              SUMMARIZE_WAL,
              SYSTEM_ID,
              TABLESPACES,
              TIMELINE,
              VERSION,
              SEGMENT_SIZE)
          .stream()
          .collect(Collectors.toMap(Field::key, field -> field, (first, _) -> first, TreeMap::new));

  private final SortedMap<String, String> values;
  private final Set<String> unknownKeys;

  private BackupInfo(SortedMap<String, String> values, Set<String> unknownKeys) {
    this.values = values;
    this.unknownKeys = unknownKeys;
  }

  /// How far a backup came.
  public enum Status {
    /// Nothing is known yet; an empty file counts so.
    EMPTY,
    /// The copy is under way, or its process died.
    STARTED,
    /// It ended with an error.
    FAILED,
    /// Written by barman servers only: complete but for WAL.
    WAITING_FOR_WALS,
    /// Complete.
    DONE,
    /// Written by barman servers only.
    SYNCING
  }

  /// A tablespace.
  ///
  /// @param oid unsigned; its archives and its link are named after it
  /// @param location where it lay, an absolute path
  public record Tablespace(String name, long oid, String location) {}

  /// A description with a status and the server name that readers look for, and nothing else.
  public static BackupInfo of(Status status) {
    return new BackupInfo(new TreeMap<>(), Set.of()).with(STATUS, status).with(SERVER_NAME, CLOUD);
  }

  /// Reads a description. Keys that barman does not know are told by [#unknownKeys()] and are not
  /// written again: what is known of the backup may still save somebody's data.
  ///
  /// @param where the object, as messages name it
  /// @throws io.cooper.problem.ProblemException with [Code#BAD_INPUT], naming all that is wrong:
  ///   lines that are none, values that are not what their key says, a file that was cut
  public static BackupInfo parse(String where, byte[] content) {
    var faults = new ArrayList<String>();
    var values = new TreeMap<String, String>();
    var unknown = new TreeSet<String>();
    var text = decoded(where, content);
    if (!text.isEmpty() && !text.endsWith("\n")) {
      faults.add("its last line has no end: it was cut while being written");
    }
    var number = 0;
    for (var line : text.split("\n", -1)) {
      number++;
      if (!line.isBlank() && !line.startsWith("#")) {
        readLine(line, number, values, unknown, faults);
      }
    }
    if (text.isBlank()) {
      values.put(STATUS.key(), Status.EMPTY.name());
    } else if (!values.containsKey(STATUS.key())) {
      faults.add("it has no status: it was cut while being written, or is something else");
    }
    if (!faults.isEmpty()) {
      throw new Problem(
              Code.BAD_INPUT,
              where,
              told(faults),
              "if the backup's archives are whole, write the file again from another copy of it;"
                  + " otherwise delete the backup")
          .asException();
    }
    return new BackupInfo(values, unknown);
  }

  private static String decoded(String where, byte[] content) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException _) {
      throw new Problem(
              Code.BAD_INPUT,
              where,
              "is not UTF-8 text, so it is no description of a backup",
              "look at the object: something else was written under this key")
          .asException();
    }
  }

  private static void readLine(
      String line,
      int number,
      SortedMap<String, String> values,
      Set<String> unknown,
      List<String> faults) {
    var equals = line.indexOf('=');
    if (equals < 0) {
      faults.add("line %d has no '=': %s".formatted(number, shortened(line)));
      return;
    }
    var key = line.substring(0, equals).strip();
    var value = line.substring(equals + 1).strip();
    var field = Optional.ofNullable(FIELDS.get(key));
    if (field.isEmpty()) {
      unknown.add(key);
      return;
    }
    if (value.equals(NONE)) {
      values.remove(key);
      return;
    }
    field
        .get()
        .faultOf(value)
        .ifPresentOrElse(
            fault ->
                faults.add(
                    "line %d: %s should be %s, not %s"
                        .formatted(number, key, fault, shortened(value))),
            () -> values.put(key, value));
  }

  private static String told(List<String> faults) {
    var more = faults.size() - MOST_FAULTS_TOLD;
    return faults.stream().limit(MOST_FAULTS_TOLD).collect(Collectors.joining("; "))
        + (more > 0 ? "; and %d more".formatted(more) : "");
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? "'" + text + "'" : "'" + text.substring(0, 60) + "…'";
  }

  /// What a key says; empty if it says nothing.
  public <T> Optional<T> get(Field<T> field) {
    return Optional.ofNullable(values.get(field.key())).map(field::read);
  }

  /// How far it came.
  public Status status() {
    return get(STATUS).orElse(Status.EMPTY);
  }

  /// The size of its WAL segments.
  public SegmentSize segmentSize() {
    return get(SEGMENT_SIZE).orElse(SegmentSize.USUAL);
  }

  /// Its tablespaces; empty if it has none.
  public List<Tablespace> tablespaces() {
    return get(TABLESPACES).orElse(List.of());
  }

  /// Keys that no known barman writes, in their order.
  public Collection<String> unknownKeys() {
    return unknownKeys;
  }

  /// The same, with another value of a key.
  ///
  /// @throws io.cooper.problem.ProblemException with [Code#BAD_INPUT] if the format cannot hold it
  public <T> BackupInfo with(Field<T> field, T value) {
    var text = field.write(value);
    Optional.of("one line of text without blanks around it, and not None")
        .filter(_ -> isUnwritable(text))
        .or(() -> field.faultOf(text))
        .ifPresent(what -> {
          throw new Problem(
                  Code.BAD_INPUT,
                  "%s of a backup".formatted(field.key()),
                  "should be %s, not %s".formatted(what, shortened(text)),
                  "give another value: barman could not read this one back")
              .asException();
        });
    var changed = new TreeMap<>(values);
    changed.put(field.key(), text);
    return new BackupInfo(changed, unknownKeys);
  }

  private static boolean isUnwritable(String text) {
    return text.equals(NONE)
        || !text.equals(text.strip())
        || text.indexOf('\n') >= 0
        || text.indexOf('\r') >= 0;
  }

  /// The same, with nothing said of a key.
  public BackupInfo without(Field<?> field) {
    var changed = new TreeMap<>(values);
    changed.remove(field.key());
    return new BackupInfo(changed, unknownKeys);
  }

  /// The file as barman 3.14 and later write it: every key, in order.
  public byte[] bytes() {
    return bytes(_ -> true);
  }

  /// The file without the keys that came after barman 3.10, so that every version reads it: an
  /// older one would not see the backup.
  public byte[] bytesForOldReaders() {
    return bytes(field -> !field.isSince311());
  }

  private byte[] bytes(Predicate<Field<?>> wanted) {
    return FIELDS.values().stream()
        .filter(wanted)
        .filter(field -> values.containsKey(field.key()) || !field.isLeftOutIfNone())
        .map(field -> field.key() + "=" + values.getOrDefault(field.key(), NONE) + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BackupInfo info && values.equals(info.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /// A key of the file and what its value is.
  public static final class Field<T> {
    private final String key;
    private final FieldType<T> type;
    private final boolean since311;
    private final boolean leftOutIfNone;

    private Field(String key, FieldType<T> type, boolean since311, boolean leftOutIfNone) {
      this.key = key;
      this.type = type;
      this.since311 = since311;
      this.leftOutIfNone = leftOutIfNone;
    }

    private static <T> Field<T> of(String key, FieldType<T> type) {
      return new Field<>(key, type, false, false);
    }

    private Field<T> since311() {
      return new Field<>(key, type, true, leftOutIfNone);
    }

    private Field<T> leftOutIfNone() {
      return new Field<>(key, type, since311, true);
    }

    /// As it stands in the file.
    public String key() {
      return key;
    }

    boolean isSince311() {
      return since311;
    }

    boolean isLeftOutIfNone() {
      return leftOutIfNone;
    }

    /// What the value should have been, if it is not.
    Optional<String> faultOf(String text) {
      return type.faultOf(text);
    }

    T read(String text) {
      return type.read(text);
    }

    String write(T value) {
      return type.write(value);
    }

    @Override
    public String toString() {
      return key;
    }
  }
}
