package io.cooper.flux.source;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Files as a commit has them. Those that another state of the repository has too are read from
/// there; the others come out of git's store when the first of them is asked for, into memory if
/// they are small enough. A folder of them all is written when somebody needs one: a build whose
/// result is not in the cache.
///
/// Safe for several threads.
final class CommittedContents implements Contents, Temporary {
  private static final long MOST_BYTES_IN_MEMORY = 24 << 20;

  private final Blobs blobs;
  private final Map<String, TrackedFile> files = new HashMap<>();
  private final BlobFormat format;
  private final Optional<Contents> other;
  private final Lazy<Scratch> scratch;
  private final Lazy<Map<String, byte[]>> own;

  /// @param files regular files, all of which the repository has
  /// @param other a state of the same repository that lives at least as long
  CommittedContents(
      Blobs blobs, Collection<TrackedFile> files, BlobFormat format, Optional<Contents> other) {
    this.blobs = blobs;
    files.forEach(file -> this.files.put(file.path(), file));
    this.format = format;
    this.other = other;
    this.scratch = new Lazy<>(this::written);
    this.own = new Lazy<>(this::fetched);
  }

  private Scratch written() {
    var made = new Scratch();
    blobs.write(files.values(), Set.of(), made.folder());
    return made;
  }

  /// What only this commit has, by blob id; nothing where that is too much to be kept.
  private Map<String, byte[]> fetched() {
    var wanted = files.values().stream().filter(Predicate.not(this::isInOther)).toList();
    long bytes = wanted.stream().mapToLong(TrackedFile::size).sum();
    return bytes > MOST_BYTES_IN_MEMORY ? Map.of() : blobs.read(wanted);
  }

  private boolean isInOther(TrackedFile file) {
    return other.flatMap(contents -> contents.name(file.path())).equals(name(file.path()));
  }

  @Override
  public Path folder() {
    return scratch.get().folder();
  }

  @Override
  public boolean contains(String path) {
    return files.containsKey(path);
  }

  @Override
  public Optional<byte[]> read(String path) {
    var file = files.get(path);
    if (file == null) {
      return Optional.empty();
    }
    if (isInOther(file)) {
      var shared = other.flatMap(contents -> contents.read(path));
      // It may have changed since: then the commit's own bytes count.
      if (shared.filter(bytes -> bytes.length == file.size()).isPresent()) {
        return shared;
      }
    }
    return Optional.ofNullable(own.get().get(file.object()))
        .or(() -> new DiskContents(folder()).read(path));
  }

  @Override
  public long size(String path) {
    var file = files.get(path);
    return file == null ? 0 : file.size();
  }

  @Override
  public Optional<String> name(String path) {
    return Optional.ofNullable(files.get(path))
        .map(file -> BlobFormat.name(file.object(), file.size()));
  }

  @Override
  public String nameOf(byte[] bytes) {
    return format.nameOf(bytes);
  }

  /// Removes the folder, if one was made.
  @Override
  public void close() {
    scratch.made().ifPresent(Scratch::close);
  }
}
