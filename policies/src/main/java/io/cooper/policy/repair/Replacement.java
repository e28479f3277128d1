package io.cooper.policy.repair;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Brings changed files to the disk: each at once, by a rename, with the permissions it had; and
/// all of them or, as far as the disk allows, none.
public final class Replacement {
  private final Path root;

  /// @param root of the repository, outside of which nothing is written
  public Replacement(Path root) {
    this.root = root;
  }

  /// Replaces files.
  ///
  /// @throws ProblemException if one is no longer what it was when it was read, is no regular file
  ///   inside of the repository, or cannot be written; nothing has changed then
  public void write(Map<String, Draft.Changed> files) {
    var fresh = new LinkedHashMap<Path, Path>();
    try {
      for (var file : files.entrySet()) {
        var target = target(file.getKey(), file.getValue());
        fresh.put(target, beside(target, file.getValue().after()));
      }
      move(fresh, files);
    } catch (IOException e) {
      throw new ProblemException(
          new Problem(
              Code.BAD_USE,
              root.toString(),
              "cannot be changed: " + e,
              "check that its files and folders may be written"),
          e);
    } finally {
      fresh.values().forEach(Replacement::discard);
    }
  }

  /// Replaces files, and adds new ones.
  ///
  /// @param fresh text by path; folders on the way are made
  /// @throws ProblemException if one of the new ones is there already, or as for [#write(Map)];
  ///   nothing has changed then but folders
  public void write(Map<String, Draft.Changed> files, Map<String, byte[]> fresh) {
    var made = new ArrayList<Path>();
    boolean done = false;
    try {
      for (var file : fresh.entrySet()) {
        made.add(created(file.getKey(), file.getValue()));
      }
      write(files);
      done = true;
    } catch (IOException e) {
      throw new ProblemException(
          new Problem(
              Code.BAD_USE,
              root.toString(),
              "cannot be added to: " + e,
              "check that its folders may be written"),
          e);
    } finally {
      if (!done) {
        made.forEach(Replacement::discard);
      }
    }
  }

  private Path created(String path, byte[] text) throws IOException {
    var target = root.resolve(path).normalize();
    var folder = target.getParent();
    if (!target.startsWith(root) || folder == null) {
      throw refused(path, "is outside of the repository", "name a path inside of it");
    }
    Files.createDirectories(folder);
    if (!folder.toRealPath().startsWith(root.toRealPath())) {
      throw refused(path, "is outside of the repository", "name a path inside of it");
    }
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(path, "is there already", "move it away first");
    }
    return Files.write(target, text, StandardOpenOption.CREATE_NEW);
  }

  private Path target(String path, Draft.Changed file) throws IOException {
    var target = root.resolve(path).normalize();
    var folder = target.getParent();
    if (!target.startsWith(root)
        || folder == null
        || !Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
        || !folder.toRealPath().startsWith(root.toRealPath())) {
      throw refused(
          path, "is no regular file inside of the repository", "repair the file it stands for");
    }
    if (!Arrays.equals(Files.readAllBytes(target), file.before())) {
      throw refused(path, "has changed since it was read", "run cooper fix again");
    }
    return target;
  }

  private static ProblemException refused(String path, String what, String remedy) {
    return new Problem(Code.BAD_USE, path, what + ", so nothing was written", remedy).asException();
  }

  private static Path beside(Path target, byte[] bytes) throws IOException {
    var fresh = Files.createTempFile(target.getParent(), ".cooper-", ".tmp");
    try {
      Files.write(fresh, bytes);
      FileAttributeView posix = Files.getFileAttributeView(target, PosixFileAttributeView.class);
      if (posix != null) {
        Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(target));
      }
      return fresh;
    } catch (IOException e) {
      discard(fresh);
      throw e;
    }
  }

  private void move(Map<Path, Path> fresh, Map<String, Draft.Changed> files) throws IOException {
    var done = new ArrayList<Path>();
    try {
      for (var each : fresh.entrySet()) {
        Files.move(each.getValue(), each.getKey(), StandardCopyOption.ATOMIC_MOVE);
        done.add(each.getKey());
      }
    } catch (IOException e) {
      putBack(done, files);
      throw e;
    }
  }

  private void putBack(List<Path> done, Map<String, Draft.Changed> files) throws IOException {
    for (var file : files.entrySet()) {
      var target = root.resolve(file.getKey()).normalize();
      if (done.contains(target)) {
        Files.write(target, file.getValue().before());
      }
    }
  }

  private static void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException _) {
      // A leftover of a disk that fails; the error that led here is the one to tell.
    }
  }
}
