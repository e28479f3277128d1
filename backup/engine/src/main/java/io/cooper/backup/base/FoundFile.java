package io.cooper.backup.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/// A file, folder or link that is to be archived, as it was when it was found.
///
/// @param name relative to what is walked, with `/`; empty for the root itself
record FoundFile(
    String name, Path path, Kind kind, long size, int mode, int uid, int gid, FileTime modified) {
  private static final int PERMISSIONS = 07777;

  enum Kind {
    FILE,
    FOLDER,
    LINK,
    /// Sockets, pipes, devices: not archived.
    OTHER
  }

  /// Looks at a path.
  static FoundFile at(String name, Path path, LinkOption... options) throws IOException {
    var found =
        Files.readAttributes(
            path,
            "unix:mode,uid,gid,size,lastModifiedTime,isRegularFile,isDirectory,isSymbolicLink",
            options);
    return new FoundFile(
        name,
        path,
        kind(found),
        value(found, "size", Long.class),
        value(found, "mode", Integer.class) & PERMISSIONS,
        value(found, "uid", Integer.class),
        value(found, "gid", Integer.class),
        value(found, "lastModifiedTime", FileTime.class));
  }

  private static <T> T value(Map<String, Object> found, String name, Class<T> type) {
    return type.cast(Objects.requireNonNull(found.get(name)));
  }

  private static Kind kind(Map<String, Object> found) {
    if (value(found, "isRegularFile", Boolean.class)) {
      return Kind.FILE;
    }
    if (value(found, "isDirectory", Boolean.class)) {
      return Kind.FOLDER;
    }
    return value(found, "isSymbolicLink", Boolean.class) ? Kind.LINK : Kind.OTHER;
  }

  /// The name that barman-cloud gives it in the archive of the data directory: what lies at the top
  /// begins with `./`, what lies deeper does not.
  String nameInData() {
    if (name.isEmpty()) {
      return ".";
    }
    return name.indexOf('/') < 0 ? "./" + name : name;
  }
}
