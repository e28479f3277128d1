package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every fixture repository, judged by the whole program, which remembers the others and then
/// itself.
class RepositoryFixturesTest {
  private static final String BUILD = "cooper.build";

  @BeforeAll
  static void remember() {
    System.setProperty(BUILD, "fixtures-" + UUID.randomUUID());
  }

  @AfterAll
  static void forget() {
    System.clearProperty(BUILD);
  }

  static Stream<RepositoryFixture> fixtures() {
    return RepositoryFixture.all().stream().filter(fixture -> fixture.needs().isEmpty());
  }

  static Stream<RepositoryFixture> charts() {
    return RepositoryFixture.all().stream()
        .filter(fixture -> fixture.needs().equals(Optional.of("helm")));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void a_repository_yields_exactly_its_findings(RepositoryFixture fixture, @TempDir Path scratch)
      throws IOException {
    var arguments =
        new ArrayList<>(
            List.of("check", fixture.materialise(scratch).toString(), "--format", "json"));
    fixture.entries().forEach(entry -> arguments.addAll(List.of("--entry", entry)));

    same(
        fixture,
        Run.of(arguments.toArray(String[]::new)),
        Run.of(arguments.toArray(String[]::new)));
  }

  @Tag("interop")
  @ParameterizedTest
  @MethodSource("charts")
  void a_repository_with_charts_yields_exactly_its_findings(
      RepositoryFixture fixture, @TempDir Path scratch) throws IOException {
    var helm = HelmBinary.environment();
    var arguments = List.of("check", fixture.materialise(scratch).toString(), "--format", "json");

    same(
        fixture,
        Run.with(helm, arguments.toArray(String[]::new)),
        Run.with(helm, arguments.toArray(String[]::new)));
  }

  private static void same(RepositoryFixture fixture, Run run, Run again) {
    var missing = new ArrayList<>(fixture.expected());
    var invented = new ArrayList<String>();
    for (var finding : run.json().mappings("findings").toList()) {
      var match = missing.stream().filter(expected -> expected.matches(finding)).findFirst();
      match.ifPresentOrElse(missing::remove, () -> invented.add(line(finding)));
    }
    assertThat(missing).as("not found; found beside it: %s", invented).isEmpty();
    assertThat(invented).as("found, but not expected").isEmpty();
    boolean fails =
        fixture.expected().stream().anyMatch(expected -> expected.severity().equals("error"));
    assertThat(run.status()).as(run.err()).isEqualTo(fails ? 1 : 0);
    assertThat(again.json().find("findings").map(Value::plain))
        .isEqualTo(run.json().find("findings").map(Value::plain));
  }

  private static String line(Mapping finding) {
    return "%s %s %s:%s %s"
        .formatted(
            finding.text("severity").orElse(""),
            finding.text("rule").orElse(""),
            finding.text("file").orElse(""),
            finding.text("line").orElse(""),
            finding.text("message").orElse(""));
  }
}
