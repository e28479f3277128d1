package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/// Generated pages are up to date. `mvn -pl cli -am verify -Dcooper.docs.write=true` writes them
/// anew.
class DocumentationTest {
  private static final boolean WRITE = Boolean.getBoolean("cooper.docs.write");

  @Test
  void the_page_of_rules_is_what_the_policies_say() throws IOException {
    same("docs/rules.md", GeneratedDocs.rules());
  }

  @Test
  void the_page_of_coverage_is_what_the_tests_say() throws IOException {
    same("docs/coverage.md", GeneratedDocs.coverage(Workspace.PROJECT));
  }

  private static void same(String path, String generated) throws IOException {
    var file = Workspace.PROJECT.resolve(path);
    if (WRITE) {
      Files.writeString(file, generated);
    }
    assertThat(file).as("stale; run with -Dcooper.docs.write=true").hasContent(generated);
  }
}
