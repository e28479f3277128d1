package io.cooper.schemas.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {
  private static final Map<String, Object> SELF =
      Map.of(
          "self",
          Map.of(
              "name",
              "web-1",
              "replicas",
              3L,
              "sizes",
              List.of(1L, 2L, 3L),
              "memory",
              "1.5Gi",
              "labels",
              Map.of("app.kubernetes.io/name", "web")));

  private static Object result(String source) throws ExpressionException {
    return Expression.compile(source, Set.of("self")).evaluate(SELF);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "has(self.name) && !has(self.other)",
        "self.replicas > 2 && self.replicas < 3.5",
        "self.labels['app.kubernetes.io/name'] == 'web'",
        "'app.kubernetes.io/name' in self.labels",
        "self.?other.orValue(7) == 7",
        "self.?name.hasValue()",
        "optional.of(1).hasValue()",
        "self.sizes.all(s, s > 0) && self.sizes.exists_one(s, s == 2)",
        "self.sizes.map(s, s * 2).filter(s, s > 2) == [4, 6]",
        "self.sizes.isSorted() && !['b', 'a'].isSorted()",
        "self.sizes.sum() == 6 && self.sizes.min() == 1 && self.sizes.max() == 3",
        "[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2",
        "self.name.matches('^[a-z]+-[0-9]$')",
        "self.name.find('[0-9]+') == '1'",
        "'a1b22'.findAll('[0-9]+') == ['1', '22']",
        "'a1b22'.findAll('[0-9]+', 1) == ['1']",
        "self.name.split('-') == ['web', '1'] && ['a', 'b'].join('/') == 'a/b'",
        "'ABC'.lowerAscii() == 'abc' && ' a '.trim() == 'a' && 'abc'.substring(1) == 'bc'",
        "'%s has %d'.format(['web', 3]) == 'web has 3'",
        "sets.contains([1, 2, 3], [2])",
        "quantity(self.memory).isGreaterThan(quantity('1Gi'))",
        "quantity('500m').add(quantity('0.5')).compareTo(quantity('1')) == 0",
        "isQuantity('2Gi') && !isQuantity('2 GB')",
        "quantity('2k').asInteger() == 2000 && quantity('-1').sign() == -1",
        "url('https://a.example:8443/x?y=1').getHost() == 'a.example:8443'",
        "url('https://a.example:8443/x?y=1').getPort() == '8443'",
        "url('https://a.example/x?y=1&y=2').getQuery()['y'] == ['1', '2']",
        "isURL('https://a.example') && !isURL('a b')",
        "ip('10.1.2.3').family() == 4 && ip('::1').isLoopback()",
        "isIP('fe80::1') && !isIP('10.1.2') && ip.isCanonical('2001:db8::1')",
        "cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP('11.1.2.3')",
        "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && cidr('10.0.0.0/8').prefixLength() == 8",
        "string(cidr('10.1.2.3/8').masked()) == '10.0.0.0/8'",
        "semver('1.2.3').isLessThan(semver('1.10.0')) && isSemver('1.0.0') && semver('1.2.3').minor() == 2",
        "duration('5m') < duration('1h')",
        "timestamp('2026-01-31T12:00:00Z') < timestamp('2027-01-31T12:00:00Z')",
        "size(self.name) == 5 && self.sizes.size() == 3",
        "type(self.replicas) == int"
      })
  void the_language_of_kubernetes_is_spoken(String source) throws Exception {
    assertThat(result(source)).isEqualTo(true);
  }

  @Test
  void a_mistake_has_a_line_and_a_column_and_the_words_of_cel() {
    assertThatThrownBy(() -> result("self.replicas > 1 &&\n  nmae == 'x'"))
        .isInstanceOfSatisfying(
            ExpressionException.class,
            e -> {
              assertThat(e.reason()).contains("undeclared reference to 'nmae'");
              assertThat(e.line()).isEqualTo(2);
              assertThat(e.column()).isEqualTo(3);
            });
    assertThatThrownBy(() -> result("self.replicas >"))
        .isInstanceOf(ExpressionException.class)
        .hasMessageContaining("mismatched input");
  }

  @Test
  void a_field_that_is_not_there_is_named() {
    assertThatThrownBy(() -> result("self.other == 1"))
        .isInstanceOf(ExpressionException.class)
        .hasMessageContaining("other");
  }

  @Test
  void loops_within_loops_end() {
    var many = Map.of("self", Collections.nCopies(2_000, 1L));
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () ->
            assertThatThrownBy(() ->
                    Expression.compile(
                            "self.all(a, self.all(b, self.all(c, a + b + c == 3)))", Set.of("self"))
                        .evaluate(many))
                .isInstanceOf(ExpressionException.class)
                .hasMessage("takes more than 1000000 steps"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "self.memory.isGreaterThan(1)",
        "quantity('much').isInteger()",
        "url('not a url').getHost() == ''",
        "'a'.find('(') == ''",
        "[].min() == 1",
        "1 / 0 == 1",
        "self.name > 1"
      })
  void an_expression_without_a_result_says_why_in_one_line(String source) {
    assertThatThrownBy(() -> result(source))
        .isInstanceOf(ExpressionException.class)
        .satisfies(e -> assertThat(e.getMessage()).isNotBlank().doesNotContain("\n", "<input>"));
  }
}
