package io.cooper.flux.source;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
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

  private final Path root;
  private final NavigableSet<String> files;
  private final ConcurrentMap<String, byte[]> contents = new ConcurrentHashMap<>();
  private final AtomicInteger kept = new AtomicInteger();

  /// @param root folder that holds the bytes
  /// @param files paths of regular files below it
  public Artifact(Path root, Collection<String> files) {
    this.root = root;
    this.files = new TreeSet<>(files);
  }

  /// The folder that holds the bytes.
  public Path root() {
    return root;
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
    try {
      return Files.size(root.resolve(path));
    } catch (IOException _) {
      return 0;
    }
  }

  /// The bytes of a file; not to be changed.
  ///
  /// @throws io.cooper.problem.ProblemException if it is not in the artifact or cannot be read
  public byte[] read(String path) {
    var known = contents.get(path);
    if (known != null) {
      return known;
    }
    if (!contains(path)) {
      throw new Problem(Code.BAD_INPUT, path, "not in the artifact", "add it to Git").asException();
    }
    try {
      return keep(path, Files.readAllBytes(root.resolve(path)));
    } catch (IOException e) {
      throw new Problem(
              Code.BAD_INPUT, path, "cannot be read: " + e, "check the permissions of the file")
          .asException();
    }
  }

  private byte[] keep(String path, byte[] bytes) {
    if (bytes.length > KEPT_OF_ONE || kept.get() + bytes.length > KEPT) {
      return bytes;
    }
    var earlier = contents.putIfAbsent(path, bytes);
    if (earlier != null) {
      return earlier;
    }
    kept.addAndGet(bytes.length);
    return bytes;
  }
}
