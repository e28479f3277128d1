package io.cooper.flux.render.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("S27")
class SetLineTest {
  private static Map<String, @Nullable Object> set(String line) throws SetLine.Refused {
    var values = new LinkedHashMap<String, @Nullable Object>();
    SetLine.into(values, line, false);
    return values;
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " → ",
      value = {
        "a=b → {a=b}",
        "a.b.c=1 → {a={b={c=1}}}",
        "a=1,b=true,c=null,d=007,e=0 → {a=1, b=true, c=null, d=007, e=0}",
        "a[1]=x → {a=[null, x]}",
        "a[0].b=x,a[0].c=y → {a=[{b=x, c=y}]}",
        "a[0][1]=x → {a=[[null, x]]}",
        "a={x,2,} → {a=[x, 2, ]}",
        "a\\.b/c=x → {a.b/c=x}",
        "a=b\\,c → {a=b,c}",
        "a= → {a=}",
        "a=b=c → {a=b=c}",
        "a[0 → {}",
        "a=99999999999999999999 → {a=99999999999999999999}"
      })
  void a_line_means_what_it_means_to_helm(String line, String values) throws SetLine.Refused {
    assertThat(set(line)).hasToString(values);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "a,b=c", "a[x]=1", "a[-1]=1", "a[70000]=1", "a={x", "a[0]b=1", "a=1,a.b=2"})
  void a_line_that_helm_refuses_is_refused(String line) {
    assertThatExceptionOfType(SetLine.Refused.class).isThrownBy(() -> set(line));
  }

  @Test
  void nesting_has_a_limit() {
    assertThatExceptionOfType(SetLine.Refused.class).isThrownBy(() -> set("a.".repeat(40) + "b=1"));
  }

  @Test
  void an_item_is_changed_in_the_list_that_is_there() throws SetLine.Refused {
    var list = new ArrayList<@Nullable Object>(Arrays.asList("x", "y"));
    var values = new LinkedHashMap<String, @Nullable Object>(Map.of("a", list));

    SetLine.into(values, "a[1]=z", false);

    assertThat(list).isEqualTo(List.of("x", "z"));
  }

  @Test
  void strings_stay_strings() throws SetLine.Refused {
    var values = new LinkedHashMap<String, @Nullable Object>();

    SetLine.into(values, "a=true,b=1", true);

    assertThat(values).containsExactlyInAnyOrderEntriesOf(Map.of("a", "true", "b", "1"));
  }
}
