package io.cooper.promql;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.promql.Expression.Aggregation;
import io.cooper.promql.Expression.Binary;
import io.cooper.promql.Expression.Call;
import io.cooper.promql.Expression.Range;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("S170")
class QueryTest {
  private static Expression valid(String text) {
    return switch (Query.of(text)) {
      case Query.Valid(var expression) -> expression;
      case Query.Invalid(int at, var what) -> throw new AssertionError(at + ": " + what);
    };
  }

  @Test
  void an_expression_knows_its_parts_and_where_they_stand() {
    var text = "sum by (job) (rate(http_requests_total{code=~\"5..\"}[5m])) / 2 > 0.5";

    var comparison = (Binary) valid(text);

    assertThat(comparison.operator()).isEqualTo(">");
    assertThat(comparison.operatorAt()).isEqualTo(text.indexOf('>'));
    var sum = (Aggregation) ((Binary) comparison.left()).left();
    assertThat(sum.labels()).containsExactly("job");
    var range = (Range) ((Call) sum.inner().bare()).arguments().getFirst();
    assertThat(range.seconds()).hasValue(300);
    assertThat(range.selector().at()).isEqualTo(text.indexOf("http"));
    assertThat(range.selector().matchers())
        .singleElement()
        .satisfies(each -> assertThat(each.value()).isEqualTo("5.."));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '~',
      value = {
        "up                                      ¦ up@0",
        "up / on(a) down                         ¦ up@0 down@11",
        "{__name__=\"up\", a=\"b\"}              ¦ up@1",
        "{\"my.metric\"}                         ¦ my.metric@1",
        "{__name__=~\"up|down\"}                 ¦ up@1 down@1",
        "{__name__=~\"^node_(load1|load5)$\"}    ¦ node_load1@1 node_load5@1",
        "{__name__=~\"a_(?:b|c)_d\"}             ¦ a_b_d@1 a_c_d@1",
        "{__name__=~\"node_.*\"}                 ¦ ~~",
        "{__name__!=\"up\", a=\"b\"}             ¦ ~~",
        "sum + by                                ¦ sum@0 by@6",
        "time()                                  ¦ ~~",
        "rate(a[5m]) # b                         ¦ a@5",
        "a:b:c                                   ¦ a:b:c@0"
      })
  void the_names_that_an_expression_reads_are_known(String query, String names) {
    assertThat(
            valid(query)
                .metrics()
                .map(each -> each.name() + "@" + each.at())
                .reduce((a, b) -> a + " " + b)
                .orElse(""))
        .isEqualTo(names);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '~',
      value = {
        "~~                       ¦ 0  ¦ there is no expression",
        "up{                      ¦ 3  ¦ `{` is not closed",
        "up[5m                    ¦ 5  ¦ `[` is not closed",
        "sum(up                   ¦ 6  ¦ the end, where `)` belongs",
        "up)                      ¦ 2  ¦ `)`, where an operator or the end belongs",
        "up == \"a                ¦ 6  ¦ the string is not closed",
        "up{a=~\"(\"}             ¦ 6  ¦ no regular expression of RE2",
        "up{a=\"\\d\"}            ¦ 6  ¦ a backslash in a regular expression is written twice",
        "rate(up)                 ¦ 5  ¦ a range such as [5m] is missing",
        "rte(up[5m])              ¦ 0  ¦ did you mean rate?",
        "rate(up[5m], 1)          ¦ 0  ¦ `rate` takes 1 argument, and here are 2",
        "up[1m1h]                 ¦ 3  ¦ larger units come first",
        "up[0s]                   ¦ 3  ¦ longer than nothing",
        "1 > 2                    ¦ 2  ¦ needs `bool`",
        "up[5m] > 1               ¦ 0  ¦ this is a range vector",
        "up =~ \"a\"              ¦ 3  ¦ belongs into braces",
        "{a=~\".*\"}              ¦ 0  ¦ needs a name",
        "5mm                      ¦ 0  ¦ neither a number nor a duration",
        "topk(up)                 ¦ 0  ¦ takes 2 arguments",
        "up & up                  ¦ 3  ¦ unexpected `&`"
      })
  void what_is_no_promql_says_where_and_what(String query, int at, String what) {
    assertThat(Query.of(query))
        .isInstanceOfSatisfying(
            Query.Invalid.class,
            invalid -> {
              assertThat(invalid.at()).isEqualTo(at);
              assertThat(invalid.what()).contains(what);
            });
  }

  @Test
  void any_prefix_of_any_expression_is_answered() throws IOException {
    for (var query : PromqlAgainstPrometheusTest.awkward()) {
      for (int length = 0; length <= query.length(); length++) {
        var prefix = query.substring(0, length);
        if (Query.of(prefix) instanceof Query.Invalid(int at, var what)) {
          assertThat(at).as(prefix).isBetween(0, length);
          assertThat(what).as(prefix).isNotBlank();
        }
      }
    }
  }

  @Test
  void depth_is_bounded_and_length_is_not() {
    assertThat(Query.of("(".repeat(100_000) + "up" + ")".repeat(100_000)))
        .isInstanceOfSatisfying(
            Query.Invalid.class, it -> assertThat(it.what()).contains("levels deep"));
    assertThat(valid("up" + " + up".repeat(50_000)).metrics()).hasSize(50_001);
  }
}
