package io.cooper.policy.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SuppressionsTest {
  private static final LocalDate TODAY = LocalDate.parse("2026-11-20");
  private static final About RULE =
      new About("flux/timeout", Severity.ERROR, "Demand.", "Reason.", "Remedy.");

  @Test
  void a_comment_on_the_line_accepts_the_finding_there() {
    assertThat(judged("a: 1 # cooper:ignore flux/timeout – the webhook is slow\n", at(1)))
        .isEmpty();
  }

  @Test
  void a_comment_of_its_own_accepts_the_next_line_that_is_none() {
    assertThat(judged("# cooper:ignore flux/timeout - slow\n# more\na: 1\n", at(3))).isEmpty();
  }

  @Test
  void a_whole_family_can_be_accepted() {
    assertThat(judged("a: 1 # cooper:ignore flux/* — all known\n", at(1))).isEmpty();
  }

  @Test
  void a_comment_without_a_reason_is_a_finding_where_it_stands() {
    assertThat(judged("a: 1 # cooper:ignore flux/timeout\n", at(1)))
        .extracting(verdict -> verdict.about().id(), verdict -> verdict.finding().place())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "settings/suppression-without-reason", new Place("a.yaml", 1, 6)));
  }

  @Test
  void a_comment_that_accepts_nothing_is_a_finding_and_hides_nothing() {
    assertThat(judged("a: 1 # cooper:ignore flux/timeout – slow\nb: 2\n", at(2)))
        .extracting(verdict -> verdict.about().id())
        .containsExactlyInAnyOrder("flux/timeout", "settings/suppression-unused");
  }

  @Test
  void a_comment_for_a_rule_that_did_not_run_is_left_alone() {
    var suppressions =
        new Suppressions(
            List.of(), _ -> Optional.of("a: 1 # cooper:ignore cnpg/store-missing – x\n"), TODAY);

    assertThat(suppressions.apply(List.of(), Set.of("a.yaml"), "flux/timeout"::equals)).isEmpty();
  }

  @Test
  void a_skip_holds_in_its_files_until_its_date() {
    assertThat(skipped(Optional.of(TODAY), "*.yaml")).isEmpty();
    assertThat(skipped(Optional.of(TODAY.minusDays(1)), "*.yaml"))
        .extracting(verdict -> verdict.finding().message())
        .anyMatch(message -> message.contains("has expired"))
        .hasSize(2);
    assertThat(skipped(Optional.of(TODAY), "apps/**"))
        .extracting(verdict -> verdict.finding().message())
        .anyMatch(message -> message.contains("suppresses nothing"))
        .hasSize(2);
  }

  private static List<Verdict> skipped(Optional<LocalDate> until, String glob) {
    var skip =
        new Settings.Skip(
            "flux/timeout",
            List.of(glob),
            Optional.of("because"),
            until,
            Place.startOf(".cooper.yaml"));
    return new Suppressions(List.of(skip), _ -> Optional.of("a: 1\n"), TODAY)
        .apply(List.of(at(1)), Set.of(), _ -> true);
  }

  private static List<Verdict> judged(String text, Verdict verdict) {
    return new Suppressions(List.of(), _ -> Optional.of(text), TODAY)
        .apply(List.of(verdict), Set.of("a.yaml"), _ -> true);
  }

  private static Verdict at(int line) {
    return new Verdict(RULE, RULE.severity(), Finding.at(new Place("a.yaml", line, 1), "wrong"));
  }
}
