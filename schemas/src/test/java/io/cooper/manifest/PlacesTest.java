package io.cooper.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every value and every key knows the line and the column where it begins.
class PlacesTest {
  private static List<Value> read(String text) {
    var file = YamlReader.ofSources().read("a.yaml", text);
    assertThat(file.faults()).isEmpty();
    return file.documents();
  }

  private static Mapping map(String text) {
    return (Mapping) read(text).getFirst();
  }

  private static String at(Value root, String... path) {
    return root.find(path).orElseThrow().place().toString();
  }

  private static String key(Mapping map, String key) {
    return map.placeOfKey(key).orElseThrow().toString();
  }

  @Test
  void columns_count_code_points_and_not_bytes_or_surrogates() {
    var map = map("é😀: {😀😀: 中, b: x}\n");
    assertThat(key(map, "é😀")).isEqualTo("a.yaml:1:1");
    assertThat(at(map, "é😀")).isEqualTo("a.yaml:1:5");
    assertThat(at(map, "é😀", "😀😀")).isEqualTo("a.yaml:1:10");
    assertThat(at(map, "é😀", "b")).isEqualTo("a.yaml:1:16");
  }

  @Test
  void block_and_flow_values_begin_where_their_first_character_stands() {
    var map =
        map(
            """
            # comment
            text: |
              # no comment
              a
            quoted: "x
              y"
            folded: >-   # comment

              z
            list:
            - a
            -   - b
                - k: v   # comment
            flow: [a, {b: c,
              d: [e]}]
            ? explicit
            : value
            empty:
            """);
    assertThat(map.place()).hasToString("a.yaml:2:1");
    assertThat(at(map, "text")).isEqualTo("a.yaml:2:7");
    assertThat(map.text("text")).contains("# no comment\na\n");
    assertThat(key(map, "quoted")).isEqualTo("a.yaml:5:1");
    assertThat(at(map, "quoted")).isEqualTo("a.yaml:5:9");
    assertThat(at(map, "folded")).isEqualTo("a.yaml:7:9");
    assertThat(at(map, "list")).isEqualTo("a.yaml:11:1");
    assertThat(at(map, "list", "1")).isEqualTo("a.yaml:12:5");
    assertThat(at(map, "list", "1", "1")).isEqualTo("a.yaml:13:7");
    assertThat(at(map, "list", "1", "1", "k")).isEqualTo("a.yaml:13:10");
    assertThat(at(map, "flow", "1")).isEqualTo("a.yaml:14:11");
    assertThat(at(map, "flow", "1", "d", "0")).isEqualTo("a.yaml:15:7");
    assertThat(key(map, "explicit")).isEqualTo("a.yaml:16:3");
    assertThat(at(map, "explicit")).isEqualTo("a.yaml:17:3");
    assertThat(key(map, "empty")).isEqualTo("a.yaml:18:1");
    assertThat(at(map, "empty")).isEqualTo("a.yaml:18:7");
  }

  @Test
  void a_value_begins_behind_its_anchor_and_its_tag() {
    var map =
        map(
            """
            a: &x 1
            b: !!str &y 2
            c: &z   # comment
              k: v
            d: &l !!seq
            - 1
            e: &f {k: v}
            ? &key !!str g
            : &s |
              text
            h: &nothing
            """);
    assertThat(at(map, "a")).isEqualTo("a.yaml:1:7");
    assertThat(at(map, "b")).isEqualTo("a.yaml:2:13");
    assertThat(at(map, "c")).isEqualTo("a.yaml:4:3");
    assertThat(at(map, "d")).isEqualTo("a.yaml:6:1");
    assertThat(at(map, "e")).isEqualTo("a.yaml:7:7");
    assertThat(key(map, "g")).isEqualTo("a.yaml:8:14");
    assertThat(at(map, "g")).isEqualTo("a.yaml:9:6");
    assertThat(at(map, "h")).isEqualTo("a.yaml:11:4");
  }

  @Test
  void an_alias_and_a_merged_key_stand_where_a_person_edits_them() {
    var map =
        map(
            """
            base: &b
              image: x
              tag: 1
            one: {<<: *b, tag: 2}
            two: *b
            """);
    assertThat(at(map, "one", "image")).isEqualTo("a.yaml:2:10");
    assertThat(key(map.mapping("one").orElseThrow(), "image")).isEqualTo("a.yaml:2:3");
    assertThat(at(map, "one", "tag")).isEqualTo("a.yaml:4:20");
    assertThat(at(map, "two", "tag")).isEqualTo("a.yaml:3:8");
    assertThat(map.mapping("one").orElseThrow().keys()).containsExactly("image", "tag");
  }

  @Test
  void lines_go_on_from_one_document_to_the_next() {
    var documents = read("---\na: 1\n--- # two\n\nb: 2\n...\n---\n---\n# nothing\n---\nc: 3\n");
    assertThat(documents.stream().map(Value::place).map(Place::line)).containsExactly(2, 5, 11);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n"})
  void both_ends_of_line_and_a_byte_order_mark_leave_places_as_they_are(String end) {
    var text = "\uFEFFa: 1\nb:\n- |\n  x\n  y\n- z\n---\nc: 'd\n  e'\n".replace("\n", end);
    var file = YamlReader.ofSources().read("a.yaml", text.getBytes(StandardCharsets.UTF_8));
    assertThat(file.faults()).isEmpty();
    var first = (Mapping) file.documents().getFirst();
    assertThat(first.place()).hasToString("a.yaml:1:1");
    assertThat(first.plain()).isEqualTo(java.util.Map.of("a", 1L, "b", List.of("x\ny\n", "z")));
    assertThat(at(first, "b", "1")).isEqualTo("a.yaml:6:3");
    assertThat(file.documents().get(1).plain()).isEqualTo(java.util.Map.of("c", "d e"));
    assertThat(at(file.documents().get(1), "c")).isEqualTo("a.yaml:8:4");
  }

  @Test
  void separators_that_kustomize_escapes_keep_every_column() {
    var map = map("a: [\"x\\Ly\\\\L\\P\", z, C:\\Local, 'q\\P']\n");
    assertThat(map.find("a").orElseThrow().plain())
        .isEqualTo(List.of("x\u2028y\\L\u2029", "z", "C:\\Local", "q\\P"));
    assertThat(at(map, "a", "1")).isEqualTo("a.yaml:1:18");
    assertThat(at(map, "a", "3")).isEqualTo("a.yaml:1:31");
  }
}
