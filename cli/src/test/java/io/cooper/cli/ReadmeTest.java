package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the README shows is what the program prints. `-Dcooper.docs.write=true` writes it anew.
class ReadmeTest {
  private static final Path README = Workspace.PROJECT.resolve("README.md");
  private static final String BEFORE = "$ cooper check\n";
  private static final String AFTER = "```\n";

  @Test
  void the_readme_shows_what_the_program_prints(@TempDir Path scratch) throws IOException {
    var example = new Workspace(scratch);
    for (var tree : java.util.List.of("clusters", "infrastructure", "apps")) {
      example.copy(Workspace.PROJECT.resolve(tree), tree + "/");
    }
    example.write(".gitignore", "*backup*.yaml\n").commit();

    var printed = withoutTime(Run.of("check", scratch.toString()).out());

    var text = Files.readString(README);
    int start = text.indexOf(BEFORE) + BEFORE.length();
    int end = text.indexOf(AFTER, start);
    if (Boolean.getBoolean("cooper.docs.write")) {
      Files.writeString(README, text.substring(0, start) + printed + text.substring(end));
    } else {
      assertThat(text.substring(start, end)).isEqualTo(printed);
    }
  }

  private static String withoutTime(String output) {
    return output.replaceAll(", \\d+\\.\\d s\\)", ")");
  }
}
