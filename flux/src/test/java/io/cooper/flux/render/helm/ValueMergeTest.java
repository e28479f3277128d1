package io.cooper.flux.render.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The order of helm-controller: files of valuesFrom one over the other, a targetPath over what is
/// there by then, the inline values over all.
@Tag("S27")
class ValueMergeTest {
  private static Map<String, @Nullable Object> map(Object... keysAndValues) {
    var map = new LinkedHashMap<String, @Nullable Object>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put(keysAndValues[i].toString(), keysAndValues[i + 1]);
    }
    return map;
  }

  @Test
  void inline_values_win_over_files_and_a_later_file_over_an_earlier_one() {
    var merge = new ValueMerge(map("a", map("x", 1L)));
    merge.file(map("a", map("x", 2L, "y", 2L), "b", 2L));
    merge.file(map("a", map("y", 3L), "c", List.of(3L)));

    assertThat(merge.values())
        .isEqualTo(map("a", map("x", 1L, "y", 3L), "b", 2L, "c", List.of(3L)));
  }

  @Test
  void a_list_is_replaced_not_merged() {
    var merge = new ValueMerge(map("a", List.of(1L)));
    merge.file(map("a", List.of(2L, 3L)));

    assertThat(merge.values()).isEqualTo(map("a", List.of(1L)));
  }

  @Test
  void a_target_path_wins_in_a_map_of_the_inline_values() throws SetLine.Refused {
    var merge = new ValueMerge(map("auth", map("password", "inline")));
    merge.path("auth.password", "secret");

    assertThat(merge.values()).isEqualTo(map("auth", map("password", "secret")));
  }

  @Test
  void a_target_path_at_the_top_loses_against_the_inline_value() throws SetLine.Refused {
    var merge = new ValueMerge(map("password", "inline"));
    merge.path("password", "secret");

    assertThat(merge.values()).isEqualTo(map("password", "inline"));
  }

  @Test
  void a_target_path_is_typed_unless_it_is_quoted() throws SetLine.Refused {
    var merge = new ValueMerge(map());
    merge.path("a", "5");
    merge.path("b", "'5'");
    merge.path("c", "\"true\"");

    assertThat(merge.values()).isEqualTo(map("a", 5L, "b", "5", "c", "true"));
  }

  @Test
  void a_literal_is_taken_as_it_is() throws SetLine.Refused {
    var merge = new ValueMerge(map());
    merge.literal("a.b", "{\"x\": [1, 2], \"y\": \"\\n\"}");

    assertThat(merge.values()).isEqualTo(map("a", map("b", "{\"x\": [1, 2], \"y\": \"\\n\"}")));
  }
}
