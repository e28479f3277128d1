package io.cooper.manifest;

import static io.cooper.manifest.Dialect.KUBERNETES;
import static io.cooper.manifest.Dialect.KUSTOMIZE;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The traps of YAML 1.1 and 1.2. The expected values are the answers of the Go libraries, which
/// `AsGoReadsTest` asks again wherever they can be built.
class DialectTest {
  static Stream<Arguments> read_alike() {
    return Stream.of(
        Arguments.of("true", true),
        Arguments.of("True", true),
        Arguments.of("tRUE", "tRUE"),
        Arguments.of("FALSE", false),
        Arguments.of("~", null),
        Arguments.of("", null),
        Arguments.of("NULL", null),
        Arguments.of("nULL", "nULL"),
        Arguments.of("''", ""),
        Arguments.of("'~'", "~"),
        Arguments.of("0777", 511L),
        Arguments.of("-0777", -511L),
        Arguments.of("0o17", 15L),
        Arguments.of("0o8", "0o8"),
        Arguments.of("09", 9L),
        Arguments.of("08.5", 8.5),
        Arguments.of("0x1F", 31L),
        Arguments.of("-0x1f", -31L),
        Arguments.of("0b11", 3L),
        Arguments.of("0b2", "0b2"),
        Arguments.of("1_000", 1000L),
        Arguments.of("1_", 1L),
        Arguments.of("_1", "_1"),
        Arguments.of("+1", 1L),
        Arguments.of("1e3", 1000L),
        Arguments.of("1E-3", 0.001),
        Arguments.of("1e", "1e"),
        Arguments.of("1.0", 1L),
        Arguments.of("1.10", 1.1),
        Arguments.of(".5", 0.5),
        Arguments.of("+.5", 0.5),
        Arguments.of("-.5", -0.5),
        Arguments.of("1.", 1L),
        Arguments.of(".", "."),
        Arguments.of(".5_0", 0.5),
        Arguments.of(".5__0", ".5__0"),
        Arguments.of("1e400", "1e400"),
        Arguments.of("1e22", 1e22),
        Arguments.of("2.7166484966530534e17", 271664849665305340L),
        Arguments.of("9223372036854775807", Long.MAX_VALUE),
        Arguments.of("9223372036854775808", new BigInteger("9223372036854775808")),
        Arguments.of("18446744073709551616", 1.8446744073709552e19),
        Arguments.of("+18446744073709551615", 1.8446744073709552e19),
        Arguments.of("0xFFFFFFFFFFFFFFFF", new BigInteger("18446744073709551615")),
        Arguments.of("0x10000000000000000", "0x10000000000000000"),
        Arguments.of("12:30", "12:30"),
        Arguments.of("1.2.3", "1.2.3"),
        Arguments.of("2001-02-30", "2001-02-30"),
        Arguments.of("!!str 123", "123"),
        Arguments.of("!!int \"3\"", 3L),
        Arguments.of("!!float 3", 3L),
        Arguments.of("!!null ''", null),
        Arguments.of("!!binary aGVsbG8=", "hello"),
        Arguments.of("!foo 12", "12"),
        Arguments.of("! '12'", "12"));
  }

  @ParameterizedTest
  @MethodSource("read_alike")
  void kubernetes_and_kustomize_read_most_scalars_alike(String text, @Nullable Object value) {
    assertThat(read(KUBERNETES, text)).isEqualTo(value);
    assertThat(read(KUSTOMIZE, text)).isEqualTo(value);
  }

  static Stream<Arguments> read_differently() {
    return Stream.of(
        // text, Kubernetes, kustomize
        Arguments.of("on", true, "on"),
        Arguments.of("Off", false, "Off"),
        Arguments.of("yes", true, "yes"),
        Arguments.of("n", false, "n"),
        Arguments.of("Y", true, "Y"),
        Arguments.of("2001-12-14", "2001-12-14", "2001-12-14T00:00:00Z"),
        Arguments.of("2001-1-2 3:4:5.60", "2001-1-2 3:4:5.60", "2001-01-02T03:04:05.6Z"),
        Arguments.of(
            "2001-12-14t21:59:43.10-05:00",
            "2001-12-14t21:59:43.10-05:00",
            "2001-12-14T21:59:43.1-05:00"),
        Arguments.of("! 12", "12", 12L),
        Arguments.of("[ {a: } ]", List.of(singleton("a", null)), List.of(Map.of("a", ""))));
  }

  @ParameterizedTest
  @MethodSource("read_differently")
  void where_they_differ_each_dialect_follows_its_own(
      String text, Object kubernetes, Object kustomize) {
    assertThat(read(KUBERNETES, text)).isEqualTo(kubernetes);
    assertThat(read(KUSTOMIZE, text)).isEqualTo(kustomize);
  }

  @ParameterizedTest
  @EnumSource(Dialect.class)
  void what_json_cannot_hold_is_a_fault(Dialect dialect) {
    for (var text : List.of(".inf", "-.INF", ".nan", "!!int x", "!!float x", "!!binary '%'")) {
      var file = new YamlReader(dialect, YamlReader.Limits.SOURCE).read("a", "v: " + text + "\n");
      assertThat(file.faults()).as(text).hasSize(1);
      assertThat(((Mapping) file.documents().getFirst()).text("v")).isPresent();
    }
  }

  @Test
  void a_key_is_the_string_that_json_makes_of_it() {
    var text = "0x10: a\non: b\n1e6: c\n1.50: d\n010: e\n.inf: f\n2001-01-01: g\n'1': h\n";
    assertThat(keys(KUBERNETES, text))
        .containsExactly("16", "true", "1e+06", "1.5", "8", ".inf", "2001-01-01", "1");
    assertThat(keys(KUSTOMIZE, text))
        .containsExactly("0x10", "on", "1e6", "1.50", "010", ".inf", "2001-01-01", "1");
  }

  @Test
  void merged_keys_lose_in_kustomize_and_give_way_to_later_ones_in_kubernetes() {
    var before = "p: &p {k: 1, l: 1}\nq: {k: 2, <<: *p}\n";
    var behind = "p: &p {k: 1, l: 1}\nq: {<<: *p, k: 2}\n";
    var list = "p: &p {k: 1, l: 1}\nq: {<<: [*p, {k: 2, m: 2}]}\n";
    assertThat(merged(KUBERNETES, before)).isEqualTo(Map.of("k", 1L, "l", 1L));
    assertThat(merged(KUSTOMIZE, before)).isEqualTo(Map.of("k", 2L, "l", 1L));
    for (var dialect : Dialect.values()) {
      assertThat(merged(dialect, behind)).isEqualTo(Map.of("k", 2L, "l", 1L));
      assertThat(merged(dialect, list)).isEqualTo(Map.of("k", 1L, "l", 1L, "m", 2L));
    }
  }

  private static Map<String, @Nullable Object> singleton(String key, @Nullable Object value) {
    var map = new HashMap<String, @Nullable Object>();
    map.put(key, value);
    return map;
  }

  private static Mapping document(Dialect dialect, String text) {
    var file = new YamlReader(dialect, YamlReader.Limits.SOURCE).read("a.yaml", text);
    assertThat(file.faults()).isEmpty();
    return (Mapping) file.documents().getFirst();
  }

  private static @Nullable Object read(Dialect dialect, String scalar) {
    return document(dialect, "v: " + scalar + "\n").find("v").orElseThrow().plain();
  }

  private static @Nullable Object merged(Dialect dialect, String text) {
    return document(dialect, text).find("q").orElseThrow().plain();
  }

  private static Stream<String> keys(Dialect dialect, String text) {
    return document(dialect, text).keys();
  }
}
