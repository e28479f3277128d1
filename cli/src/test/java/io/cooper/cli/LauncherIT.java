package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shell script that starts the program, as a user calls it: in a distribution, that is with
/// `lib/` beside it, and in a checkout that has to be built, with a Maven of our own that only says
/// that it was called.
class LauncherIT {
  private static final Path LIB = Workspace.PROJECT.resolve("cli/target/cooper/lib");
  private static final long SECONDS = 120;

  @TempDir private Path scratch;
  private Path home;
  private final Map<String, String> environment = new HashMap<>();

  private record Ran(int status, String out) {}

  @BeforeEach
  void unpack() throws IOException {
    home = Files.createDirectories(scratch.resolve("a folder/cooper home"));
    Files.copy(
        Workspace.PROJECT.resolve("cooper"),
        home.resolve("cooper"),
        StandardCopyOption.COPY_ATTRIBUTES);
    environment.put("COOPER_CACHE_DIR", scratch.resolve("cache").toString());
  }

  @Test
  void a_check_loads_nothing_of_any_cloud() throws Exception {
    distribution();
    Files.createDirectories(scratch.resolve("empty"));
    environment.put("COOPER_JAVA_OPTS", "-Xlog:class+load");

    var ran = run(scratch.resolve("empty"), home.resolve("cooper").toString(), "check");

    assertThat(ran.out())
        .contains("io.cooper.cli.CheckCommand")
        .doesNotContain(
            "software.amazon.", "com.azure.", "com.google.api.client.", "com.google.auth.");
  }

  @Test
  void it_works_from_any_folder_and_through_symbolic_links() throws Exception {
    distribution();
    Files.createSymbolicLink(scratch.resolve("one"), Path.of("a folder/cooper home/cooper"));
    Files.createSymbolicLink(scratch.resolve("two"), scratch.resolve("one"));

    assertThat(run(Path.of("/"), scratch.resolve("two").toString(), "--version"))
        .satisfies(ran -> assertThat(ran.out()).startsWith("cooper "))
        .extracting(Ran::status)
        .isEqualTo(0);
  }

  @Test
  void a_changed_jar_is_never_run_from_an_old_class_cache() throws Exception {
    distribution();
    assertThat(start("--version").out()).doesNotContain("cooper 9.9.9");
    assertThat(home.resolve("classes")).isNotEmptyDirectory();

    relabel(home.resolve("lib/cooper-cli.jar"), "9.9.9");

    assertThat(start("--version").out()).contains("cooper 9.9.9");
  }

  @Test
  void a_damaged_class_cache_costs_time_only() throws Exception {
    distribution();
    start("--version");
    try (var caches = Files.list(home.resolve("classes"))) {
      for (var cache : caches.toList()) {
        Files.writeString(cache, "not a cache");
      }
    }

    assertThat(start("--version"))
        .satisfies(ran -> assertThat(ran.out()).startsWith("cooper "))
        .extracting(Ran::status)
        .isEqualTo(0);
  }

  @Test
  void a_class_cache_that_cannot_lie_beside_the_jars_lies_with_the_renders() throws Exception {
    distribution();
    Files.writeString(home.resolve("classes"), "a file where the folder should be");

    assertThat(start("--version").out()).startsWith("cooper ");

    assertThat(scratch.resolve("cache/classes")).isNotEmptyDirectory();
  }

  @Test
  void a_cache_that_cannot_be_written_does_no_harm() throws Exception {
    distribution();
    Files.writeString(home.resolve("classes"), "a file where the folder should be");
    Files.writeString(scratch.resolve("cache"), "a file where the folder should be");

    assertThat(start("--version").out()).contains("cooper ");
  }

  @Test
  void without_a_jdk_one_sentence_says_how_to_get_one() throws Exception {
    distribution();
    var script = home.resolve("cooper");
    Files.writeString(
        script,
        Files.readString(script)
            .replace("/usr/lib/jvm/*", "/nonexistent/*")
            .replace("/Library/Java", "/nonexistent"));
    environment.put("PATH", shellTools().toString());
    environment.put("JAVA_HOME", "/nonexistent");
    environment.put("HOME", "/nonexistent");

    assertThat(start("--version"))
        .satisfies(ran ->
            assertThat(ran.out())
                .contains("needs a JDK 25 or newer")
                .contains("JAVA_HOME")
                .hasLineCount(1))
        .extracting(Ran::status)
        .isEqualTo(3);
  }

  @Test
  void a_checkout_is_built_once_and_again_when_a_source_changes() throws Exception {
    Files.writeString(home.resolve("pom.xml"), "<project/>");
    var source = home.resolve("cli/src/main/java/A.java");
    Files.createDirectories(source.getParent());
    Files.writeString(source, "class A {}");
    var maven = shellTools().resolve("mvn");
    Files.writeString(
        maven,
        """
        #!/bin/sh
        echo built >>'%1$s/calls'
        mkdir -p '%2$s/cli/target/cooper/lib'
        cp '%3$s'/*.jar '%2$s/cli/target/cooper/lib/'
        """
            .formatted(scratch, home, LIB));
    Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
    environment.put("PATH", shellTools() + ":" + System.getenv("PATH"));

    assertThat(start("--version").out()).contains("cooper: building");
    assertThat(start("--version").out()).doesNotContain("cooper: building");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
    assertThat(start("--version").out()).contains("cooper: building");

    assertThat(Files.readAllLines(scratch.resolve("calls"))).containsExactly("built", "built");
  }

  @Test
  void a_build_that_fails_is_no_program() throws Exception {
    Files.writeString(home.resolve("pom.xml"), "<project/>");
    var maven = shellTools().resolve("mvn");
    Files.writeString(maven, "#!/bin/sh\necho compiler says no >&2\nexit 1\n");
    Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
    environment.put("PATH", shellTools() + ":" + System.getenv("PATH"));

    assertThat(start("check"))
        .satisfies(ran ->
            assertThat(ran.out()).contains("compiler says no").contains("could not be built"))
        .extracting(Ran::status)
        .isEqualTo(3);
    assertThat(home.resolve("cli/target/build.lock")).doesNotExist();
  }

  private void distribution() throws IOException {
    var lib = Files.createDirectories(home.resolve("lib"));
    try (var jars = Files.list(LIB)) {
      for (var jar : jars.toList()) {
        Files.copy(jar, lib.resolve(jar.getFileName()));
      }
    }
  }

  /// A folder with the few programs that the script itself needs, and no java.
  private Path shellTools() throws IOException {
    var folder = scratch.resolve("tools");
    if (Files.notExists(folder)) {
      Files.createDirectories(folder);
      for (var tool :
          List.of(
              "sh",
              "dirname",
              "readlink",
              "find",
              "head",
              "stat",
              "cksum",
              "mkdir",
              "cat",
              "rm",
              "mv",
              "mktemp",
              "cp")) {
        for (var place : List.of("/usr/bin", "/bin")) {
          var script = folder.resolve(tool);
          if (Files.exists(Path.of(place, tool)) && Files.notExists(script)) {
            Files.writeString(script, "#!/bin/sh\nexec %s/%s \"$@\"\n".formatted(place, tool));
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
          }
        }
      }
    }
    return folder;
  }

  private static void relabel(Path jar, String version) throws IOException {
    var copy = jar.resolveSibling("relabelled");
    try (var from = new JarFile(jar.toFile())) {
      var manifest = from.getManifest();
      manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
      try (OutputStream out = Files.newOutputStream(copy);
          var to = new JarOutputStream(out, manifest)) {
        for (var entry :
            from.stream().filter(each -> !each.getName().equals(JarFile.MANIFEST_NAME)).toList()) {
          to.putNextEntry(new java.util.zip.ZipEntry(entry.getName()));
          try (var content = from.getInputStream(entry)) {
            content.transferTo(to);
          }
          to.closeEntry();
        }
      }
    }
    Files.move(copy, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private Ran start(String... arguments) throws Exception {
    var command = new java.util.ArrayList<String>();
    command.add(home.resolve("cooper").toString());
    command.addAll(List.of(arguments));
    return run(scratch, command.toArray(String[]::new));
  }

  private Ran run(Path from, String... command) throws Exception {
    var output = scratch.resolve("output");
    var builder =
        new ProcessBuilder(command)
            .directory(from.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    var process = builder.start();
    assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
    return new Ran(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }
}
