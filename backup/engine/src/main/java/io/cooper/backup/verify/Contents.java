package io.cooper.backup.verify;

import io.cooper.backup.base.ControlFile;
import io.cooper.backup.base.Inventory;
import io.cooper.backup.format.BackupInfo;
import io.cooper.backup.format.Lsn;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What all archives of a backup together hold, and whether that is all a server needs. For several
/// threads; judged once, when all archives were read to their ends.
final class Contents {
  private static final String LABEL = "backup_label";
  private static final String VERSION = "PG_VERSION";

  /// Without these PostgreSQL does not start, or every start of it fails.
  private static final List<String> NEEDED_FILES =
      List.of(
          VERSION,
          LABEL,
          ControlFile.PATH,
          "global/pg_filenode.map",
          "base/1/PG_VERSION",
          "base/1/pg_filenode.map");

  private static final List<String> NEEDED_FOLDERS =
      List.of("global", "base/1", "pg_xact", "pg_multixact/members", "pg_multixact/offsets");

  private static final List<String> OF_A_DATABASE = List.of(VERSION, "pg_filenode.map");

  private static final Pattern DATABASE = Pattern.compile("(?:\\d+:PG_[^/]+|base)/\\d+");
  private static final Pattern LATER_FILE = Pattern.compile("(?<first>.*/\\d+)\\.(?<number>\\d+)");
  private static final Pattern START =
      Pattern.compile("(?m)^START WAL LOCATION: ([0-9A-F]+/[0-9A-F]+) ");

  private static final int MOST_TOLD = 20;

  private final BackupInfo info;
  private final Optional<Inventory> inventory;
  private final String where;
  private final Names names = new Names();
  private final Set<String> laterFiles = new HashSet<>();
  private final Set<String> databases = new TreeSet<>();
  private final Set<String> folders = new HashSet<>();
  private final Set<String> initForks = new HashSet<>();
  private final Map<String, byte[]> kept = new HashMap<>();
  private final Map<String, DamagedFile> damage = new TreeMap<>();
  private final Set<String> twice = new TreeSet<>();
  private long files;
  private long bytes;
  private long pages;

  /// @param where the folder of the backup, for messages
  Contents(BackupInfo info, Optional<Inventory> inventory, String where) {
    this.info = info;
    this.inventory = inventory;
    this.where = where;
  }

  /// Pages of one file whose checksum is wrong.
  ///
  /// @param archive where it lies
  /// @param pages how many
  /// @param first the number of the first of these in the file
  record DamagedFile(String archive, String name, long pages, long first) {}

  /// How a file is called among those of all archives.
  static String global(Optional<Long> tablespace, String name) {
    return tablespace.map(oid -> oid + ":" + name).orElse(name);
  }

  /// Whether the bytes of a file are wanted by [#keep].
  static boolean isKept(String global) {
    return global.equals(LABEL) || global.equals(VERSION) || global.equals(ControlFile.PATH);
  }

  synchronized void keep(String global, byte[] content) {
    kept.put(global, content);
  }

  synchronized void folder(String global) {
    folders.add(DATABASE.matcher(global).matches() ? "" : global);
    if (DATABASE.matcher(global).matches()) {
      databases.add(global);
    }
  }

  synchronized void file(String global, long size) {
    files++;
    bytes += size;
    if (!names.add(global) && !mayComeTwice(global)) {
      twice.add(global);
    }
    if (LATER_FILE.matcher(global).matches()) {
      laterFiles.add(global);
    }
    if (global.endsWith("_init")) {
      initForks.add(global.substring(0, global.length() - "_init".length()));
    }
  }

  /// What lies outside of the data directory gets a name in it, which may be there already; a label
  /// of an earlier backup may have been left lying there.
  private boolean mayComeTwice(String global) {
    return global.equals(LABEL)
        || Stream.of(BackupInfo.CONFIG_FILE, BackupInfo.HBA_FILE, BackupInfo.IDENT_FILE)
            .flatMap(field -> info.get(field).stream())
            .map(path -> String.valueOf(Path.of(path).getFileName()))
            .anyMatch(global::equals);
  }

  /// Pages were looked at.
  synchronized void pages(long count) {
    pages += count;
  }

  /// Pages of a file have a wrong checksum.
  synchronized void damaged(DamagedFile file) {
    damage.put(file.name(), file);
  }

  synchronized long files() {
    return files;
  }

  synchronized long bytes() {
    return bytes;
  }

  /// How many pages have a checksum that was compared; 0 if the cluster has none.
  synchronized long pages() {
    return control().filter(each -> !arePagesKnown(each)).isPresent() ? 0 : pages;
  }

  private Optional<ControlFile> control() {
    try {
      return Optional.ofNullable(kept.get(ControlFile.PATH))
          .flatMap(content -> ControlFile.parse(where + ControlFile.PATH, content));
    } catch (ProblemException _) {
      return Optional.empty();
    }
  }

  /// Pages are read as the usual ones; what is wrong with others is not known.
  private static boolean arePagesKnown(ControlFile control) {
    return control.checksums()
        && control.blockSize() == ArchiveCheck.BLOCK
        && control.blocksPerFile() == ArchiveCheck.BLOCKS_PER_FILE;
  }

  /// The system identifier that the data has; empty if it has none.
  synchronized Optional<Long> systemId() {
    return control().map(ControlFile::systemId);
  }

  /// What is wrong with all of it.
  ///
  /// @param complete whether all archives could be read: what is missing can be told only then
  synchronized List<Problem> judged(boolean complete) {
    var problems = new ArrayList<Problem>();
    addPages(problems);
    if (complete) {
      addTwice(problems);
      addMissing(problems);
    }
    addControl(problems);
    addLabel(problems);
    addVersion(problems);
    return problems;
  }

  private void addPages(List<Problem> problems) {
    if (control().filter(each -> !arePagesKnown(each)).isPresent()) {
      return;
    }
    var real =
        damage.values().stream()
            .filter(file -> !initForks.contains(firstFile(file.name())))
            .toList();
    real.stream().limit(MOST_TOLD).forEach(file -> problems.add(wrongPages(file)));
    if (real.size() > MOST_TOLD) {
      problems.add(
          damaged(where, "%d more files have such pages".formatted(real.size() - MOST_TOLD)));
    }
  }

  private static String firstFile(String name) {
    return name.replaceFirst("(?:_vm|_fsm)?(?:\\.\\d+)?$", "");
  }

  private Problem wrongPages(DamagedFile file) {
    var known =
        inventory
            .filter(
                each -> each.damage().stream().anyMatch(page -> file.name().endsWith(page.file())))
            .isPresent();
    var what =
        "%d pages of %s have a wrong checksum, the first is block %d"
            .formatted(file.pages(), file.name(), file.first());
    return known
        ? new Problem(
            Code.OBJECT_DAMAGED,
            file.archive(),
            what + "; so it was in the database when the backup was taken",
            "repair the database: its disk lost these pages, and every backup has them")
        : new Problem(
            Code.OBJECT_DAMAGED,
            file.archive(),
            what,
            inventory.isPresent()
                ? "restore another backup, and find out what changed this object"
                : "its writer did not look twice: if PostgreSQL was writing these pages at the time,"
                    + " recovery mends them; prove it with cooper drill");
  }

  private void addTwice(List<Problem> problems) {
    twice.stream()
        .limit(MOST_TOLD)
        .forEach(name ->
            problems.add(
                damaged(where + name, "is in the archives twice: one of them is another's")));
  }

  private void addMissing(List<Problem> problems) {
    NEEDED_FILES.stream()
        .filter(name -> !names.has(name))
        .forEach(name -> problems.add(incomplete("no archive has " + name)));
    NEEDED_FOLDERS.stream()
        .filter(name -> !folders.contains(name) && !databases.contains(name))
        .forEach(name -> problems.add(incomplete("no archive has the folder " + name)));
    databases.stream()
        .filter(folder -> folder.startsWith("base/") && !folder.equals("base/1"))
        .flatMap(folder -> OF_A_DATABASE.stream().map(file -> folder + "/" + file))
        .filter(name -> !names.has(name))
        .limit(MOST_TOLD)
        .forEach(name -> problems.add(incomplete("no archive has " + name)));
    laterFiles.stream()
        .sorted()
        .flatMap(name -> before(name).stream())
        .filter(name -> !names.has(name))
        .limit(MOST_TOLD)
        .forEach(name ->
            problems.add(incomplete("no archive has %s, but what follows it".formatted(name))));
  }

  private static Optional<String> before(String laterFile) {
    var parts = LATER_FILE.matcher(laterFile);
    if (!parts.matches()) {
      return Optional.empty();
    }
    var first = Objects.requireNonNull(parts.group("first"));
    var number = Long.parseLong(parts.group("number"));
    return number == 0
        ? Optional.empty()
        : Optional.of(number == 1 ? first : first + "." + (number - 1));
  }

  private void addControl(List<Problem> problems) {
    var content = Optional.ofNullable(kept.get(ControlFile.PATH));
    try {
      content
          .flatMap(bytes -> ControlFile.parse(where + ControlFile.PATH, bytes))
          .ifPresent(control -> addControl(control, problems));
    } catch (ProblemException damaged) {
      problems.add(damaged.problem());
    }
  }

  private void addControl(ControlFile control, List<Problem> problems) {
    var found = Long.toUnsignedString(control.systemId());
    info.get(BackupInfo.SYSTEM_ID)
        .or(() -> inventory.map(Inventory::systemId))
        .filter(expected -> !expected.equals(found))
        .ifPresent(expected ->
            problems.add(
                damaged(
                    where + ControlFile.PATH,
                    "is of system %s, backup.info says %s".formatted(found, expected))));
    if (control.segmentSize() != info.segmentSize().bytes()) {
      problems.add(
          damaged(
              where + ControlFile.PATH,
              "says that segments have %d bytes, backup.info says %d"
                  .formatted(control.segmentSize(), info.segmentSize().bytes())));
    }
    info.get(BackupInfo.BEGIN_LSN)
        .filter(begin -> control.redo().compareTo(begin) < 0)
        .ifPresent(begin ->
            problems.add(
                damaged(
                    where + ControlFile.PATH,
                    "has its checkpoint at %s, before the begin of the backup at %s"
                        .formatted(control.redo(), begin))));
    info.get(BackupInfo.END_LSN)
        .filter(end -> control.checkpoint().compareTo(end) > 0)
        .ifPresent(end ->
            problems.add(
                damaged(
                    where + ControlFile.PATH,
                    "has its checkpoint at %s, after the end of the backup at %s"
                        .formatted(control.checkpoint(), end))));
  }

  private void addLabel(List<Problem> problems) {
    var content = Optional.ofNullable(kept.get(LABEL));
    if (content.isEmpty()) {
      return;
    }
    var text = new String(content.get(), StandardCharsets.UTF_8);
    var start = START.matcher(text);
    var found = start.find() ? Optional.of(Lsn.parse(start.group(1))) : Optional.<Lsn>empty();
    var expected = info.get(BackupInfo.BEGIN_LSN);
    if (found.isEmpty()) {
      problems.add(damaged(where + LABEL, "does not say where the backup begins"));
    } else if (expected.isPresent() && !expected.equals(found)) {
      problems.add(
          damaged(
              where + LABEL,
              "says that the backup begins at %s, backup.info says %s"
                  .formatted(found.get(), expected.get())));
    } else if (info.get(BackupInfo.LABEL).filter(known -> !known.equals(text)).isPresent()) {
      problems.add(damaged(where + LABEL, "is not the one that backup.info has"));
    }
  }

  private void addVersion(List<Problem> problems) {
    var content = Optional.ofNullable(kept.get(VERSION));
    var expected = info.get(BackupInfo.VERSION).map(version -> Long.toString(version / 10_000));
    if (content.isEmpty() || expected.isEmpty()) {
      return;
    }
    var found = new String(content.get(), StandardCharsets.UTF_8).strip();
    if (!found.equals(expected.get())) {
      problems.add(
          damaged(
              where + VERSION, "says %s, backup.info says %s".formatted(found, expected.get())));
    }
  }

  private Problem incomplete(String what) {
    return damaged(where, what);
  }

  private static Problem damaged(String where, String what) {
    return new Problem(
        Code.OBJECT_DAMAGED,
        where,
        what,
        "restore another backup: archives of this one are missing or are of another");
  }
}
