package io.cooper.backup.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.problem.ProblemException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("S129")
class TimelineHistoryTest {
  /// As a server left it that was promoted, restored to a time before that, and promoted again.
  private static final String WRITTEN =
      """
      1\t0/A000198\tno recovery target specified

      2\t0/C0000D8\tbefore 2026-11-21 09:00:00.000000+00

      """;

  @ParameterizedTest
  @CsvSource({
    "1, 0/0, true",
    "1, 0/A000197, true",
    "1, 0/A000198, false",
    "2, 0/A000197, false",
    "2, 0/A000198, true",
    "2, 0/C0000D8, false",
    "3, 0/B000000, false",
    "5, 0/C0000D7, false",
    "5, 0/C0000D8, true",
    "5, FFFFFFFF/0, true",
  })
  void wal_belongs_to_a_descent_between_two_branches(int timeline, String place, boolean belongs) {
    assertThat(parse(WRITTEN).includes(timeline, Lsn.parse(place))).isEqualTo(belongs);
  }

  /// Segments of 16 MiB: that of a branch is the child's.
  @ParameterizedTest
  @CsvSource({
    "0/0, 1",
    "0/9000000, 1",
    "0/A000000, 2",
    "0/B000000, 2",
    "0/C000000, 5",
    "FF/0, 5",
  })
  void a_segment_is_taken_from_the_newest_timeline_that_began_in_it(String begin, int timeline) {
    assertThat(parse(WRITTEN).holding(Lsn.parse(begin), SegmentSize.USUAL)).isEqualTo(timeline);
  }

  @Test
  void comments_and_blank_lines_are_passed_over() {
    assertThat(parse("# by hand\n\n 1 0/A000198\n").branches())
        .containsExactly(new TimelineHistory.Branch(1, Lsn.parse("0/A000198")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "x 0/1 y", "1 zero y", "2 0/1 a\n1 0/2 b", "5 0/1 itself", "6 0/1 later"})
  void a_line_that_is_no_parent_is_refused_with_its_text(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("00000005.history")
        .hasMessageContaining(text.lines().toList().getLast());
  }

  private static TimelineHistory parse(String text) {
    return TimelineHistory.parse("00000005.history", new WalName.History(5), text.getBytes(UTF_8));
  }
}
