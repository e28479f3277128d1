package io.cooper.backup.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The right-hand sides are what Python 3.13 prints for `repr(ast.literal_eval(left))`.
class PythonLiteralTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "None|None",
        "[True, False]|[True, False]",
        "[]|[]",
        "()|()",
        "(1,)|(1,)",
        "(1)|1",
        "{ 'a' :1 ,}|{'a': 1}",
        "'it''s'|'its'",
        "\"it's\"|\"it's\"",
        "'both \\' and \"'|'both \\' and \"'",
        "\"only \\\"\"|'only \"'",
        "'tab\\tnew\\nline\\\\'|'tab\\tnew\\nline\\\\'",
        "'\\x7f\\x00\\u200b\\U0001f600é\\101'|'\\x7f\\x00\\u200b😀éA'",
        "'\\xa0\\u2028\\ue000'|'\\xa0\\u2028\\ue000'",
        "'unknown \\d'|'unknown \\\\d'",
        "595.688868|595.688868",
        "1e16|1e+16",
        "123456789012345.0|123456789012345.0",
        "1234567890123456.0|1234567890123456.0",
        "0.0001|0.0001",
        "0.00001|1e-05",
        "1.5e-7|1.5e-07",
        "1e100|1e+100",
        "-0.0|-0.0",
        "100.0|100.0",
        "1_000|1000",
        "-123456789012345678901234567890|-123456789012345678901234567890",
      })
  void literals_are_read_and_written_as_python_does(String written, String printed)
      throws PythonLiteral.Malformed {
    assertThat(PythonLiteral.parse(written).repr()).isEqualTo(printed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "true",
        "[1 2]",
        "[1",
        "'open",
        "'\\u12'",
        "'\\U00110000'",
        "1 2",
        "{'a'}",
        "{'a': }",
        "(,)",
        "Nonesense",
        "--1",
        "1.2.3",
        "__import__('os')",
        "b'x'"
      })
  void what_is_no_literal_is_refused_with_its_place(String written) {
    assertThatThrownBy(() -> PythonLiteral.parse(written))
        .isInstanceOf(PythonLiteral.Malformed.class)
        .hasMessageContaining("at column");
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 100_000})
  void deep_nesting_is_refused_before_it_takes_the_stack(int depth) {
    assertThatThrownBy(() -> PythonLiteral.parse("[".repeat(depth)))
        .isInstanceOf(PythonLiteral.Malformed.class);
  }
}
