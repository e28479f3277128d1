package io.cooper.policy.cnpg;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.YamlReader;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.policy.Proposal;
import io.cooper.policy.Severity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("S116")
@Tag("X3")
class ScheduleFiveFieldsTest {
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  private final ScheduleFiveFields policy = new ScheduleFiveFields(InstantSource.fixed(NOON));

  @Test
  void both_readings_are_shown_with_their_next_five_runs() {
    var finding = policy.check(scheduled("0 3 * * *")).findFirst().orElseThrow();

    assertThat(finding.message())
        .contains("Fri 12:03:00, Fri 13:03:00, Fri 14:03:00, Fri 15:03:00, Fri 16:03:00")
        .contains(
            "\"0 0 3 * * *\" was meant: Sat 03:00:00, Sun 03:00:00, Mon 03:00:00, Tue 03:00:00, Wed"
                + " 03:00:00");
  }

  @Test
  void the_repair_puts_a_zero_in_front() {
    assertThat(repair("0 3 * * *")).isEqualTo(schedule("0 0 3 * * *"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 0 3 * * *      | Sat 03:00:00
          0 30 4 ? * MON   | Mon 04:30:00
          */30 * * * * *   | Fri 12:00:30
          0 0 0 1 1 *      | Fri 00:00:00
          0 0 3 * * 7      | Sun 03:00:00
          0 0 3 * * 0      | Sun 03:00:00
          0 0 3 31 * *     | Thu 03:00:00
          """)
  void a_schedule_of_six_fields_runs_when_it_says(String schedule, String first) {
    assertThat(policy.check(scheduled(schedule))).isEmpty();
    assertThat(Schedule.parse(schedule).orElseThrow().next(NOON, 1)).containsExactly(first);
  }

  @Test
  void a_day_that_never_comes_has_no_runs() {
    assertThat(Schedule.parse("0 0 3 30 2 *").map(schedule -> schedule.next(NOON, 5)).orElseThrow())
        .isEmpty();
  }

  private static Manifest scheduled(String schedule) {
    return YamlReader.ofSources()
        .read(
            "backup.yaml",
            """
            apiVersion: postgresql.cnpg.io/v1
            kind: ScheduledBackup
            metadata: {name: nightly, namespace: db}
            spec:
              schedule: "%s"
            """
                .formatted(schedule))
        .manifests()
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_time_of_day_with_its_second_only_lacks_the_day_of_the_week() {
    var finding = policy.check(scheduled("0 30 4 * *")).findFirst().orElseThrow();

    assertThat(finding.severity()).contains(Severity.WARNING);
    assertThat(finding.message()).contains("Next runs: Sat 04:30:00, Sun 04:30:00");
    assertThat(repair("0 30 4 * *")).isEqualTo(schedule("0 30 4 * * *"));
  }

  private YamlChange repair(String schedule) {
    var finding = policy.check(scheduled(schedule)).findFirst().orElseThrow();
    return ((Proposal) finding.repair().orElseThrow()).changes().getFirst().change();
  }

  private static YamlChange schedule(String text) {
    return new YamlChange.Replace(List.of("spec", "schedule"), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 3 * * *", "30 2 1 * *", "0 0 31 * *", "*/5 * * * *"})
  void what_is_no_time_of_day_is_an_error(String schedule) {
    var finding = policy.check(scheduled(schedule)).findFirst().orElseThrow();

    assertThat(finding.severity()).isEmpty();
  }
}
