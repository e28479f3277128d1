package io.cooper.backup.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/// What a folder has, one line for each entry: kind, mode, owner, size, time and content of files.
final class Tree {
  private Tree() {}

  static Map<String, String> of(Path root) throws Exception {
    var lines = new TreeMap<String, String>();
    try (var all = Files.walk(root)) {
      for (var path : all.toList()) {
        lines.put(root.relativize(path).toString(), line(path));
      }
    }
    return lines;
  }

  private static String line(Path path) throws Exception {
    if (Files.isSymbolicLink(path)) {
      return "link";
    }
    var looks = Files.readAttributes(path, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
    return Files.isDirectory(path) ? "folder " + looks : looks + file(path);
  }

  private static String file(Path path) throws IOException, java.security.NoSuchAlgorithmException {
    var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path));
    return " %d bytes, %s, %s"
        .formatted(
            Files.size(path),
            Files.getLastModifiedTime(path).toInstant().toEpochMilli() / 1000,
            HexFormat.of().formatHex(digest));
  }
}
