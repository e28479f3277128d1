package io.cooper.flux.render.substitute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The grammar, line by line as it was seen in Flux.
@Tag("S18")
class TemplateTest {
  private static final Map<String, String> VALUES =
      Map.of("VAR", "Value-of/VAR", "EMPTY", "", "n", "2", "ACCENT", "é-ü", "DOTS", "a.b.c");

  private static Template.Expanded expand(String text) throws Template.Refused {
    return Template.parse(text).expand(name -> Optional.ofNullable(VALUES.get(name)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '→',
      quoteCharacter = '`',
      value = {
        "${VAR} → Value-of/VAR",
        "$VAR $(x) $1 $? {{ x }} → $VAR $(x) $1 $? {{ x }}",
        "$${VAR} → ${VAR}",
        "a$$b$$$$c → a$b$$c",
        "\\${VAR} → \\Value-of/VAR",
        "${X:=d} ${X:-d} ${X=d} ${EMPTY:=d} → d d d d",
        "${X:+d} ${X:?d} ${VAR:+d} → d d Value-of/VAR",
        "${X:=${Y}} → ``",
        "${X:=a-${Y:=b}-c} → a-b-c",
        "${X:={\"a\":1}} → {\"a\":1}",
        "${X:=a$$b} → a$$b",
        "${#VAR} ${#ACCENT} → 12 5",
        "${VAR^} ${VAR^^} ${VAR,} ${VAR,,} → Value-of/VAR VALUE-OF/VAR value-of/VAR value-of/var",
        "${ACCENT^^} → É-Ü",
        "${VAR:2} ${VAR:0:5} ${VAR: -3} ${VAR:-3} → lue-of/VAR Value Value-of/VAR Value-of/VAR",
        "${VAR:5:-1} ${VAR:99} ${VAR:0:99} → -of/VA  Value-of/VAR",
        "${VAR:${n}} → lue-of/VAR",
        "${VAR#*-} ${VAR##*/} ${VAR%/*} ${VAR%%-*} → of/VAR VAR Value-of Value",
        "${DOTS#*.} ${DOTS##*.} ${DOTS%.*} ${DOTS%%.*} → b.c c a.b a",
        "${VAR#[A-Z]} ${VAR#?} → alue-of/VAR alue-of/VAR",
        "${VAR/a/b} ${VAR//-/} ${VAR/*/b} → Vblue-of/VAR Valueof/VAR Value-of/VAR",
        "${VAR/#Val/x} ${VAR/%VAR/x} ${VAR/\\//-} → xue-of/VAR Value-of/x Value-of-VAR",
        "${VAR//${n}/x} → Value-of/VAR",
        "plain text → plain text",
      })
  void an_expression_gives_what_flux_gives(String text, String expected) throws Exception {
    assertThat(expand(text).text()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "${X-d}", "${X+d}", "${X?d}", "${VAR/a}", "${VAR[0]}", "${!VAR}", "${VAR@Q}", "${a.b}",
        "${a-b}", "${ VAR }", "${}", "${VAR", "${VAR:=x", "text ${", "${VAR^^^}", "${VAR:}"
      })
  void what_flux_refuses_is_refused(String text) {
    assertThatThrownBy(() -> Template.parse(text)).isInstanceOf(Template.Refused.class);
  }

  @Test
  void a_variable_without_value_is_reported_unless_it_has_a_default() throws Exception {
    var expanded = expand("${X} ${Y^^} ${#Z} ${W:=${V}} ${U:-d} ${1} ${EMPTY}");

    assertThat(expanded.unset()).containsExactly("1", "V", "X", "Y", "Z");
  }

  @Test
  void cutting_a_character_in_two_is_refused() throws Exception {
    var template = Template.parse("${ACCENT:1}");

    assertThatThrownBy(() -> template.expand(name -> Optional.ofNullable(VALUES.get(name))))
        .isInstanceOf(Template.Refused.class);
  }

  @Test
  void hostile_nesting_is_refused_and_long_text_is_not() throws Exception {
    assertThatThrownBy(() -> Template.parse("${a:=".repeat(100_000)))
        .isInstanceOf(Template.Refused.class);

    assertThat(expand("${VAR} $$ ".repeat(20_000)).text()).hasSize(20_000 * 15);
  }

  @ParameterizedTest
  @CsvSource({"'$', false", "'a$b', false", "'a$$b', true", "'${', true", "'', false"})
  void a_text_without_expressions_is_left_alone(String text, boolean concerned) {
    assertThat(Template.concerns(text)).isEqualTo(concerned);
  }
}
