package io.cooper.policy.report;

import static io.cooper.policy.report.Samples.error;
import static io.cooper.policy.report.Samples.of;
import static io.cooper.policy.report.Samples.warning;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.manifest.Place;
import io.cooper.policy.Accepted;
import io.cooper.policy.Verdict;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("S31")
class ComparisonTest {
  @Test
  void a_finding_that_moved_to_another_line_is_no_new_one() {
    var before = error("a.yaml", 3, "hidden by .gitignore:7 *backup*");
    var after = error("a.yaml", 40, "hidden by .gitignore:9 *backup*");

    var compared = compare(List.of(before), List.of(after));

    assertThat(compared.existing()).containsExactly(after);
    assertThat(compared.repaired()).isEmpty();
  }

  @Test
  void an_object_that_moved_to_another_file_keeps_its_findings() {
    var before = of(error("a.yaml", 3, "wrong"), "Service", "db", "app");
    var after = of(error("b.yaml", 9, "wrong"), "Service", "db", "app");

    assertThat(compare(List.of(before), List.of(after)).existing()).containsExactly(after);
  }

  @Test
  void the_same_mistake_made_once_more_is_introduced_once() {
    var before = error("a.yaml", 3, "wrong");
    var after = List.of(error("a.yaml", 3, "wrong"), error("a.yaml", 8, "wrong"));

    assertThat(compare(List.of(before), after).existing()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "port 80 is taken, port 81 is taken",
    "image app:1.26 is old, image app:1.27 is old",
    "example.org:443, example.org:444"
  })
  void another_message_is_another_finding(String before, String after) {
    var compared = compare(List.of(error("a.yaml", 1, before)), List.of(error("a.yaml", 1, after)));

    assertThat(compared.existing()).isEmpty();
    assertThat(compared.repaired()).hasSize(1);
  }

  @Test
  void another_rule_another_file_or_another_object_is_another_finding() {
    var before = List.of(error("a.yaml", 1, "wrong"));

    assertThat(compare(before, List.of(warning("a.yaml", 1, "wrong"))).existing()).isEmpty();
    assertThat(compare(before, List.of(error("b.yaml", 1, "wrong"))).existing()).isEmpty();
    assertThat(
            compare(before, List.of(of(error("a.yaml", 1, "wrong"), "Service", "db", "app")))
                .existing())
        .isEmpty();
  }

  @Test
  void a_finding_that_tells_the_time_is_the_same_an_hour_later() {
    var before = error("a.yaml", 1, "Next runs: Sat 15:03:00, Sun 16:03:00");
    var after = error("a.yaml", 1, "Next runs: Sun 16:03:00, Mon 17:03:00");

    assertThat(compare(List.of(before), List.of(after)).existing()).hasSize(1);
  }

  @Test
  void what_is_accepted_now_is_not_called_repaired() {
    var finding = error("a.yaml", 1, "wrong");
    var accepted = List.of(new Accepted(finding, "because", Place.startOf(".cooper.yaml")));

    var compared = Comparison.of("main", List.of(finding), List.of(), accepted, Set.of());

    assertThat(compared.repaired()).isEmpty();
  }

  private static Comparison compare(List<Verdict> before, List<Verdict> after) {
    return Comparison.of("main", before, after, List.of(), Set.of());
  }
}
