package io.cooper.backup.base;

import io.cooper.backup.format.BackupId;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.ServerFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// A folder that becomes archives: the data directory or a tablespace. Several workers take files
/// from it, each into an archive of its own, until there is none left.
///
/// Which part is the last is known as soon as there is no file left: a part's number is given out
/// together with its first file.
final class Source implements AutoCloseable {
  private final Optional<Long> oid;
  private final Path root;
  private final Supplier<Walk> walks;
  private final Set<String> folders = new HashSet<>();
  private Optional<Walk> walk = Optional.empty();
  private long size;
  private long largestFile;
  private long files;
  private long taken;
  private int workers;
  private int parts;
  private boolean exhausted;

  private Source(Optional<Long> oid, Path root, Supplier<Walk> walks) {
    this.oid = oid;
    this.root = root;
    this.walks = walks;
  }

  /// The data directory.
  static Source ofData(Path root, Exclusions exclusions) {
    return new Source(Optional.empty(), root, () -> Walk.over(root, exclusions));
  }

  /// A tablespace, found by its link: that is a name which every locale can write.
  static Source ofTablespace(long oid, Path link, Exclusions exclusions) {
    return new Source(Optional.of(oid), link, () -> Walk.over(link, exclusions));
  }

  boolean isData() {
    return oid.isEmpty();
  }

  Path root() {
    return root;
  }

  String nameOf(FoundFile found) {
    return isData() ? found.nameInData() : found.name();
  }

  String key(ServerFolder server, BackupId id, int part, Codec codec) {
    return oid.map(number -> server.tablespace(id, number, part, codec))
        .orElseGet(() -> server.data(id, part, codec));
  }

  /// Looks at all files once, for their number and size.
  synchronized void measure() {
    try (var all = walks.get()) {
      for (var found = all.next(); found.isPresent(); found = all.next()) {
        if (found.get().kind() == FoundFile.Kind.FILE) {
          size += found.get().size();
          largestFile = Math.max(largestFile, found.get().size());
          files++;
        }
      }
    }
  }

  synchronized long size() {
    return size;
  }

  /// The size of its largest file.
  synchronized long largestFile() {
    return largestFile;
  }

  synchronized long files() {
    return files;
  }

  /// All folders, which go into the first part: whoever unpacks the parts one after another has
  /// them before their files.
  synchronized List<FoundFile> folders() throws IOException {
    var all = new ArrayList<FoundFile>();
    if (isData()) {
      all.add(FoundFile.at("", root));
    }
    try (var found = walks.get()) {
      for (var next = found.next(); next.isPresent(); next = found.next()) {
        next.filter(each -> each.kind() == FoundFile.Kind.FOLDER).ifPresent(all::add);
      }
    }
    all.forEach(folder -> folders.add(folder.name()));
    return all;
  }

  /// How much of it each worker would have left, were there one more.
  synchronized long share() {
    return exhausted ? 0 : Math.max(0, size - taken) / (workers + 1);
  }

  synchronized boolean isUntouched() {
    return parts == 0;
  }

  /// The first worker begins the first part, which there is even if there are no files.
  synchronized void begin() {
    workers++;
    parts++;
  }

  synchronized void join() {
    workers++;
  }

  synchronized void leave() {
    workers--;
  }

  /// A file to archive.
  ///
  /// @param newPart the number of the archive it begins, if one was asked for
  record Taken(FoundFile file, Optional<Integer> newPart) {}

  /// The next file or link, or a folder that was made meanwhile; empty if there are none, and then
  /// there never will be.
  ///
  /// @param toNewPart whether the worker has no archive to put it into
  synchronized Optional<Taken> take(boolean toNewPart) {
    if (exhausted) {
      return Optional.empty();
    }
    var all = walk.orElseGet(walks);
    walk = Optional.of(all);
    var found = all.next();
    while (found.isPresent() && isKnownFolder(found.get())) {
      found = all.next();
    }
    exhausted = found.isEmpty();
    return found.map(file -> {
      taken += file.size();
      return new Taken(file, toNewPart ? Optional.of(parts++) : Optional.empty());
    });
  }

  private boolean isKnownFolder(FoundFile found) {
    return found.kind() == FoundFile.Kind.FOLDER && folders.contains(found.name());
  }

  /// Whether a part is the last. Right once there is no file left.
  synchronized boolean isLast(int part) {
    return part == parts - 1;
  }

  @Override
  public synchronized void close() {
    exhausted = true;
    walk.ifPresent(Walk::close);
  }
}
