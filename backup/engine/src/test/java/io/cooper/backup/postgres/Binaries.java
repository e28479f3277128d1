package io.cooper.backup.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// Where programs of PostgreSQL lie.
public record Binaries(Path bin) {
  private static final String RESOURCE = "/postgres-linux-x86_64.txz";
  private static final int NEWEST = 18;

  private static final class Embedded {
    static final Binaries UNPACKED =
        unpack(Objects.requireNonNull(Binaries.class.getResourceAsStream(RESOURCE)));

    private static final Map<Path, Binaries> FROM_JARS = new ConcurrentHashMap<>();

    static Binaries of(Path jar) {
      return FROM_JARS.computeIfAbsent(jar, Embedded::unpackJar);
    }

    private static Binaries unpackJar(Path jar) {
      try (var file = new JarFile(jar.toFile())) {
        return unpack(file.getInputStream(file.getJarEntry(RESOURCE.substring(1))));
      } catch (IOException cause) {
        throw new UncheckedIOException(cause);
      }
    }

    private static Binaries unpack(InputStream txz) {
      try {
        var folder = Files.createTempDirectory("cooper-postgres");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.delete(folder)));
        try (var tar = new TarArchiveInputStream(new XZInputStream(txz))) {
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

  /// A version from the class path, from what the build fetched, or from the folder that
  /// `COOPER_INTEROP` names (`scripts/interop-setup`); empty if it is in none of them.
  public static Optional<Binaries> of(int major) {
    if (major == NEWEST) {
      return Optional.of(embedded());
    }
    var fetched = Path.of("target", "postgres", major + ".jar");
    var interop =
        Optional.ofNullable(System.getenv("COOPER_INTEROP"))
            .map(home -> Path.of(home, "postgres", major + ".jar"));
    return Stream.concat(Stream.of(fetched), interop.stream())
        .filter(Files::isRegularFile)
        .findFirst()
        .map(Embedded::of);
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
