package io.cooper.backup.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// Where programs of PostgreSQL lie.
public record Binaries(Path bin) {
  private static final String RESOURCE = "/postgres-linux-x86_64.txz";

  private static final class Embedded {
    static final Binaries UNPACKED = unpack();

    private static Binaries unpack() {
      try {
        var folder = Files.createTempDirectory("cooper-postgres");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.delete(folder)));
        try (var tar =
            new TarArchiveInputStream(
                new XZInputStream(
                    Objects.requireNonNull(Binaries.class.getResourceAsStream(RESOURCE))))) {
          for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            unpack(tar, entry, folder.resolve(entry.getName()));
          }
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new Binaries(folder.resolve("bin"));
      } catch (IOException cause) {
        throw new UncheckedIOException(cause);
      }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path to)
        throws IOException {
      if (entry.isDirectory()) {
        Files.createDirectories(to);
        return;
      }
      Files.createDirectories(Objects.requireNonNull(to.getParent()));
      if (entry.isSymbolicLink()) {
        Files.createSymbolicLink(to, Path.of(entry.getLinkName()));
        return;
      }
      Files.copy(tar, to, StandardCopyOption.REPLACE_EXISTING);
      Files.setAttribute(to, "unix:mode", entry.getMode() & 0777);
    }
  }

  /// PostgreSQL 18, from the class path.
  public static Binaries embedded() {
    return Embedded.UNPACKED;
  }

  /// A version that Debian has installed here.
  public static Optional<Binaries> installed(int major) {
    return Optional.of(Path.of("/usr/lib/postgresql/" + major + "/bin"))
        .filter(Files::isDirectory)
        .map(Binaries::new);
  }

  String program(String name) {
    return bin.resolve(name).toString();
  }
}
