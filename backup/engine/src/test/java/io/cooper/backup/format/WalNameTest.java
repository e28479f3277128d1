package io.cooper.backup.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.problem.ProblemException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalNameTest {
  @ParameterizedTest
  @CsvSource({
    "000000010000000000000003, Segment, 0000000100000000",
    "0000000A00000002000000FF.partial, Partial, 0000000A00000002",
    "000000010000000000000003.00000028.backup, Label, 0000000100000000",
    "00000002.history, History,",
    "FFFFFFFFFFFFFFFFFFFFFFFF, Segment, FFFFFFFFFFFFFFFF",
  })
  void the_four_kinds_are_read_and_written(String text, String kind, String folder) {
    var name = WalName.parse(text);

    assertThat(name.text()).isEqualTo(text);
    assertThat(name.getClass().getSimpleName()).isEqualTo(kind);
    assertThat(name.folder().orElse(null)).isEqualTo(folder);
  }

  @Test
  void letters_may_be_small_and_are_written_large() {
    assertThat(WalName.parse("00000001000000000000000a").text())
        .isEqualTo("00000001000000000000000A");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "RECOVERYXLOG",
        "00000001000000000000000",
        "0000000100000000000000030",
        "00000001000000000000000G",
        "00000002.history.gz",
        "000000010000000000000003.backup",
        "000000010000000000000003.partial.partial",
        "../00000002.history",
        "0000002.history"
      })
  void everything_else_is_refused(String text) {
    assertThatThrownBy(() -> WalName.parse(text))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("BAD_USE '%s'".formatted(text));
  }

  /// What `pg_walfile_name` answers on servers of these sizes.
  @ParameterizedTest
  @CsvSource({
    "1, 0/3000028, 16777216, 000000010000000000000003",
    "1, 0/4000000, 16777216, 000000010000000000000004",
    "2, 1/FF000000, 16777216, 0000000200000001000000FF",
    "1, 0/100000, 1048576, 000000010000000000000001",
    "1, 0/FFFFFFFF, 1048576, 000000010000000000000FFF",
    "1, 1/C0000000, 1073741824, 000000010000000100000003",
    "1, 0/4000000, 67108864, 000000010000000000000001",
  })
  void a_place_lies_in_its_segment(int timeline, String lsn, int size, String expected) {
    var segment = WalName.Segment.holding(timeline, Lsn.parse(lsn), new SegmentSize(size));

    assertThat(segment.text()).isEqualTo(expected);
  }

  @Test
  void an_end_on_a_boundary_needs_the_segment_before() {
    var end = Lsn.parse("0/25000000");

    assertThat(WalName.Segment.holding(1, end, SegmentSize.USUAL).text()).endsWith("25");
    assertThat(WalName.Segment.endingAt(1, end, SegmentSize.USUAL).text()).endsWith("24");
    assertThat(SegmentSize.USUAL.offsetOf(end)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024})
  void walking_on_never_skips_or_repeats_whatever_the_size(int mebibytes) {
    var size = new SegmentSize(mebibytes << 20);
    var random = new Random(mebibytes);
    for (var round = 0; round < 200; round++) {
      var place = new Lsn(random.nextLong() >>> 1);
      var segment = WalName.Segment.holding(random.nextInt(), place, size);
      var next = segment.next(size);

      assertThat(place.minus(segment.begin(size))).isBetween(0L, size.bytes() - 1L);
      assertThat(next.begin(size).minus(segment.begin(size))).isEqualTo(size.bytes());
      assertThat(next).isGreaterThan(segment);
      assertThat(next.text().compareTo(segment.text())).isPositive();
      assertThat(segment.fits(size)).isTrue();
    }
  }

  @Test
  void the_last_segment_of_a_log_is_followed_by_the_first_of_the_next() {
    var last = (WalName.Segment) WalName.parse("0000000100000000000000FF");

    assertThat(last.next(SegmentSize.USUAL).text()).isEqualTo("000000010000000100000000");
    assertThat(last.fits(new SegmentSize(32 << 20))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1 << 19, 3 << 20, Integer.MIN_VALUE})
  void a_size_that_no_cluster_has_is_refused(int bytes) {
    assertThatThrownBy(() -> new SegmentSize(bytes)).isInstanceOf(ProblemException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0/3000028", "16/B374D848", "FFFFFFFF/FFFFFFFF", "0/0"})
  void places_are_read_and_written_as_postgresql_does(String text) {
    assertThat(Lsn.parse(text)).hasToString(text);
  }

  @Test
  void places_beyond_the_middle_are_still_later() {
    assertThat(Lsn.parse("80000000/0")).isGreaterThan(Lsn.parse("7FFFFFFF/0"));
  }
}
