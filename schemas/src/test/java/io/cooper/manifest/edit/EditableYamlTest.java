package io.cooper.manifest.edit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.manifest.Place;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EditableYamlTest {
  private static final String CLUSTER =
      """
      # the database
      apiVersion: postgresql.cnpg.io/v1
      kind: Cluster
      spec:
        instances: 3   # never fewer

        plugins:
        - name: 'barman-cloud'   # the archive
          enabled: true
          # below
        - name: other
        # ends here

      # the end
      """;

  private static String changed(String text, YamlChange change) {
    return changed(text, 0, change);
  }

  private static String changed(String text, int document, YamlChange change) {
    var attempt = attempt(text, document, change);
    assertThat(attempt).isInstanceOf(Attempt.Made.class);
    var lined = LinedText.of(bytes(text)).orElseThrow();
    var edit = ((Attempt.Made) attempt).edit();
    return new String(lined.with(List.of(edit)).orElseThrow().bytes(), StandardCharsets.UTF_8);
  }

  private static String refused(String text, YamlChange change) {
    var attempt = attempt(text, 0, change);
    assertThat(attempt).isInstanceOf(Attempt.Refused.class);
    return ((Attempt.Refused) attempt).reason();
  }

  private static Attempt attempt(String text, int document, YamlChange change) {
    var documents = YamlReader.ofSources().read("a.yaml", bytes(text)).documents();
    return EditableYaml.of("a.yaml", bytes(text))
        .orElseThrow()
        .attempt(documents.get(document).place(), change);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static YamlChange put(Object value, String... pathAndKey) {
    var steps = List.of(pathAndKey);
    return new YamlChange.Put(steps.subList(0, steps.size() - 1), steps.getLast(), value);
  }

  private static Map<String, Object> entries(String... keysAndValues) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  @Test
  void an_entry_goes_behind_the_last_one_and_before_the_comments_that_follow() {
    assertThat(changed(CLUSTER, put(true, "spec", "plugins", "0", "isWALArchiver")))
        .isEqualTo(CLUSTER.replace("enabled: true\n", "enabled: true\n    isWALArchiver: true\n"));
    assertThat(changed(CLUSTER, put("30d", "spec", "retention")))
        .isEqualTo(CLUSTER.replace("name: other\n", "name: other\n  retention: 30d\n"));
    assertThat(changed(CLUSTER, put("30d", "retention")))
        .isEqualTo(CLUSTER.replace("name: other\n", "name: other\nretention: 30d\n"));
  }

  @Test
  void maps_and_lists_that_are_not_there_are_made_as_the_file_writes_its_own() {
    assertThat(changed(CLUSTER, put("b", "metadata", "labels", "a")))
        .contains("- name: other\nmetadata:\n  labels:\n    a: b\n");
    var item = entries("name", "x", "namespace", "db");
    assertThat(changed(CLUSTER, new YamlChange.Append(List.of("spec", "dependsOn"), item)))
        .contains("  - name: other\n  dependsOn:\n  - name: x\n    namespace: db\n");
    assertThat(
            changed(
                "a:\n    b:\n      - 1\n",
                new YamlChange.Append(List.of("a", "c"), List.of("x", "z"))))
        .isEqualTo("a:\n    b:\n      - 1\n    c:\n      - - x\n        - z\n");
  }

  @Test
  void an_item_goes_behind_the_last_one_under_the_same_dash() {
    assertThat(changed(CLUSTER, new YamlChange.Append(List.of("spec", "plugins"), "x")))
        .isEqualTo(CLUSTER.replace("name: other\n", "name: other\n  - x\n"));
    assertThat(changed("a:\n    - b: 1 # c\n", new YamlChange.Append(List.of("a"), entries())))
        .isEqualTo("a:\n    - b: 1 # c\n    - {}\n");
  }

  @Test
  void braces_and_brackets_stay_what_they_are() {
    assertThat(changed("a: {b: 1, c: [x, y] }\n", put("v", "a", "d")))
        .isEqualTo("a: {b: 1, c: [x, y], d: v }\n");
    assertThat(changed("a: {b: 1, c: [x, y,]}\n", new YamlChange.Append(List.of("a", "c"), "z")))
        .isEqualTo("a: {b: 1, c: [x, y, z,]}\n");
    assertThat(changed("a: {} # c\n", put("v", "a", "d"))).isEqualTo("a: {d: v} # c\n");
    assertThat(changed("a: {\n  b: 1, # c\n  d: 2 # e\n}\n", put(true, "a", "f")))
        .isEqualTo("a: {\n  b: 1, # c\n  d: 2, f: true # e\n}\n");
    assertThat(changed("a: {b: 1}\n", put("x, y", "a", "c"))).isEqualTo("a: {b: 1, c: \"x, y\"}\n");
  }

  @Test
  void a_key_without_a_value_gets_one() {
    assertThat(changed("a:   # c\nb: 1\n", new YamlChange.Append(List.of("a"), "x")))
        .isEqualTo("a:   # c\n  - x\nb: 1\n");
    assertThat(changed("a: 1\nb:\n", put("v", "b"))).isEqualTo("a: 1\nb: v\n");
    assertThat(changed("a: 1\nb: # c\n", put("v", "b", "d"))).isEqualTo("a: 1\nb: # c\n  d: v\n");
  }

  @Test
  void a_value_keeps_its_quotes_and_gets_some_where_it_needs_them() {
    assertThat(
            changed(
                CLUSTER, new YamlChange.Replace(List.of("spec", "plugins", "0", "name"), "it's")))
        .isEqualTo(CLUSTER.replace("'barman-cloud'", "'it''s'"));
    assertThat(changed("a: \"x\" # x\n", new YamlChange.Replace(List.of("a"), "y\"z")))
        .isEqualTo("a: \"y\\\"z\" # x\n");
    assertThat(changed("a: a\n", new YamlChange.Replace(List.of("a"), "* b")))
        .isEqualTo("a: \"* b\"\n");
    assertThat(changed("a: x\n", new YamlChange.Replace(List.of("a"), "on")))
        .isEqualTo("a: \"on\"\n");
    assertThat(changed("a: false\n", new YamlChange.Replace(List.of("a"), true)))
        .isEqualTo("a: true\n");
  }

  @Test
  void a_key_is_renamed_where_it_stands() {
    assertThat(changed("x: {\"a\": a}\n", new YamlChange.Rename(List.of("x", "a"), "b")))
        .isEqualTo("x: {\"b\": a}\n");
    assertThat(refused("a: 1\nb: 2\n", new YamlChange.Rename(List.of("a"), "b")))
        .contains("is not what it is taken for");
  }

  @Test
  void an_entry_goes_with_all_below_it_and_leaves_its_neighbours() {
    assertThat(changed(CLUSTER, new YamlChange.Remove(List.of("spec", "plugins"))))
        .isEqualTo(
            """
            # the database
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            spec:
              instances: 3   # never fewer

              # ends here

            # the end
            """);
    assertThat(changed("a:\n  - b: 1\n    c: 2\n", new YamlChange.Remove(List.of("a", "0", "b"))))
        .isEqualTo("a:\n  - c: 2\n");
    assertThat(changed("a:\n  - b\n  - c\n", new YamlChange.Remove(List.of("a", "1"))))
        .isEqualTo("a:\n  - b\n");
    assertThat(changed("a: {b: 1, c: 2, d: 3}\n", new YamlChange.Remove(List.of("a", "b"))))
        .isEqualTo("a: {c: 2, d: 3}\n");
    assertThat(changed("a: [b, c]", new YamlChange.Remove(List.of("a", "1")))).isEqualTo("a: [b]");
    assertThat(changed("a: 1\nb: 2", new YamlChange.Remove(List.of("b")))).isEqualTo("a: 1");
  }

  @Test
  void of_several_documents_only_the_one_that_is_meant_changes() {
    var text = "---\na: 1\n---\na: 1\n# end\n---\na: 1\n";
    assertThat(changed(text, 1, put("v", "b")))
        .isEqualTo("---\na: 1\n---\na: 1\nb: v\n# end\n---\na: 1\n");
  }

  @Test
  void ends_of_lines_a_byte_order_mark_and_a_last_line_without_end_stay() {
    assertThat(changed("\uFEFFa:\r\n  b: 1\r\nc: 2\r\n", put("v", "a", "d")))
        .isEqualTo("\uFEFFa:\r\n  b: 1\r\n  d: v\r\nc: 2\r\n");
    assertThat(changed("a: 1\r\nb: 2", put("v", "c"))).isEqualTo("a: 1\r\nb: 2\r\nc: v");
    assertThat(changed("é😀: 1\nü: {ß: 😀}\n", put("v", "ü", "b")))
        .isEqualTo("é😀: 1\nü: {ß: 😀, b: v}\n");
  }

  @Test
  void text_in_blocks_is_stepped_over_and_never_changed() {
    assertThat(changed("a:\n  b: |\n    x\n\n    # no comment\n\nc: 1\n", put("v", "a", "d")))
        .isEqualTo("a:\n  b: |\n    x\n\n    # no comment\n  d: v\n\nc: 1\n");
    assertThat(refused("a: |\n  x\n", new YamlChange.Replace(List.of("a"), "y")))
        .contains("block of text");
    assertThat(refused("a: |+\n  x\n\n", put("v", "b"))).contains("|+");
    assertThat(refused("a: \"x\n  y\"\n", new YamlChange.Replace(List.of("a"), "y")))
        .contains("several lines");
  }

  @Test
  void what_other_places_share_is_refused_with_the_name_of_the_anchor() {
    var shared = "a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  e: 1\n";
    assertThat(refused(shared, put("v", "a", "k"))).contains("&x");
    assertThat(refused(shared, put("v", "c", "k"))).contains("*x");
    assertThat(refused(shared, new YamlChange.Replace(List.of("d", "b"), 2L))).contains("merged");
    assertThat(refused("a: 1\nb: &y 2\nc: *y\n", new YamlChange.Remove(List.of("b"))))
        .contains("&y");
    assertThat(changed(shared, put("v", "d", "k"))).contains("  e: 1\n  k: v\n");
  }

  @Test
  void what_is_not_as_it_was_taken_for_is_refused() {
    assertThat(refused("a: 1\n", put("v", "a"))).isNotEmpty();
    assertThat(refused("a: 1\n", put("v", "a", "b"))).isNotEmpty();
    assertThat(refused("a: 1\n", new YamlChange.Append(List.of("a"), "b"))).isNotEmpty();
    assertThat(refused("a: 1\n", new YamlChange.Remove(List.of("a")))).contains("only one");
    assertThat(refused("? a\n: 1\n", put("v", "b"))).contains("question marks");
    assertThat(
            EditableYaml.of("a.yaml", bytes("a: 1\n"))
                .orElseThrow()
                .attempt(new Place("a.yaml", 7, 1), put("v", "b")))
        .isInstanceOf(Attempt.Refused.class);
  }

  @Test
  void a_file_that_cannot_be_read_or_has_ends_of_lines_of_its_own_is_not_touched() {
    assertThat(EditableYaml.of("a.yaml", bytes("a: [1\n"))).isEmpty();
    assertThat(EditableYaml.of("a.yaml", bytes("a: 1\rb: 2\n"))).isEmpty();
    assertThat(EditableYaml.of("a.yaml", new byte[] {'a', ':', ' ', (byte) 0xFF})).isEmpty();
  }

  @Test
  void of_two_edits_on_one_line_neither_is_made_by_accident() {
    var lined = LinedText.of(bytes("a: x\nb: y\n")).orElseThrow();
    var first = new TextEdit(1, "x", "z");
    assertThat(lined.with(List.of(first, new TextEdit(1, "a", "c")))).isEmpty();
    assertThat(lined.with(List.of(first, new TextEdit(2, "y", "z"))))
        .map(LinedText::text)
        .hasValue("a: z\nb: z\n");
    assertThat(lined.with(List.of(new TextEdit(1, "q", "z")))).isEmpty();
    assertThat(lined.with(List.of(new TextEdit(9, "x", "z")))).isEmpty();
  }

  @Test
  void a_value_of_the_result_is_what_was_asked_for() {
    var text = changed("a: 1\n", put("0 0 3 * * *", "s"));
    Value read = YamlReader.ofSources().read("a.yaml", bytes(text)).documents().getFirst();
    assertThat(read.find("s").flatMap(Value::text)).hasValue("0 0 3 * * *");
  }
}
