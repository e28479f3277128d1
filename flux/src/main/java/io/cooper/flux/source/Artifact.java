package io.cooper.flux.source;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.nio.file.Path;
import java.util.Collection;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The files that Flux's source-controller would put into the artifact: regular files only, no
/// symbolic links. Their bytes lie below a folder on disk, which may hold other files too; those do
/// not exist as far as Flux is concerned.
///
/// Paths are relative to the root and separated by `/`; the root itself is the empty path.
public final class Artifact {
  /// What is kept of the bytes, together and of one file: several parts of a check read the same
  /// files, and all shall see the same content.
  private static final int KEPT = 24 << 20;

  private static final int KEPT_OF_ONE = 256 << 10;

  private final Contents contents;
  private final NavigableSet<String> files;
  private final ConcurrentMap<String, byte[]> known = new ConcurrentHashMap<>();
  private final AtomicInteger kept = new AtomicInteger();

  /// @param root folder that holds the bytes
  /// @param files paths of regular files below it
  public Artifact(Path root, Collection<String> files) {
    this(new DiskContents(root), files);
  }

  Artifact(Contents contents, Collection<String> files) {
    this.contents = contents;
    this.files = new TreeSet<>(files);
  }

  /// The folder that holds the bytes. For a commit it is written when this is asked for: whoever
  /// wants some files only reads them.
  public Path root() {
    return contents.folder();
  }

  /// Names the bytes of a file: equal names are equal bytes. Where git knows that the file is as it
  /// was committed, its bytes need not be read.
  ///
  /// @throws io.cooper.problem.ProblemException if it is not in the artifact or cannot be read
  public String nameOfBytes(String path) {
    return contents.name(path).orElseGet(() -> contents.nameOf(read(path)));
  }

  Contents contents() {
    return contents;
  }

  /// All files, in lexical order by UTF-16 unit.
  public NavigableSet<String> files() {
    return java.util.Collections.unmodifiableNavigableSet(files);
  }

  /// Whether a file of this path is in the artifact.
  public boolean contains(String path) {
    return files.contains(path);
  }

  /// Whether a folder of this path is in the artifact, that is, holds at least one file.
  public boolean isFolder(String path) {
    if (path.isEmpty()) {
      return true;
    }
    var first = files.ceiling(path + "/");
    return first != null && first.startsWith(path + "/");
  }

  /// The files below a folder, at any depth.
  public NavigableSet<String> below(String folder) {
    return folder.isEmpty()
        ? files()
        : java.util.Collections.unmodifiableNavigableSet(
            files.subSet(folder + "/", false, folder + "0", false));
  }

  /// How many bytes a file has; 0 if that cannot be told.
  public long size(String path) {
    return contents.size(path);
  }

  /// The bytes of a file; not to be changed.
  ///
  /// @throws io.cooper.problem.ProblemException if it is not in the artifact or cannot be read
  public byte[] read(String path) {
    var earlier = known.get(path);
    if (earlier != null) {
      return earlier;
    }
    if (!contains(path)) {
      throw new Problem(Code.BAD_INPUT, path, "not in the artifact", "add it to Git").asException();
    }
    return contents
        .read(path)
        .map(bytes -> keep(path, bytes))
        .orElseThrow(() ->
            new Problem(Code.BAD_INPUT, path, "cannot be read", "check the permissions of the file")
                .asException());
  }

  private byte[] keep(String path, byte[] bytes) {
    if (bytes.length > KEPT_OF_ONE || kept.get() + bytes.length > KEPT) {
      return bytes;
    }
    var earlier = known.putIfAbsent(path, bytes);
    if (earlier != null) {
      return earlier;
    }
    kept.addAndGet(bytes.length);
    return bytes;
  }
}
