package io.cooper.manifest.edit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.RandomDocument;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random changes of random documents: what reads back is what was asked for, and every line that
/// the change did not have to touch is there, byte for byte.
@NullUnmarked
class RandomEditsTest {
  private static final int ROUNDS = 600;
  private static final List<Object> VALUES =
      List.of("30d", true, 7L, "a: b", "- x", "on", "x #y", "", "0 0 3 * * *", "é😀", "it's");

  private static final Pattern KEYS_THAT_TOOLS_READ_DIFFERENTLY =
      Pattern.compile("(on|1|0x10|2\\.50):");
  private static final List<String> EXPECTED =
      List.of("only one", "block of text", "several lines", "there is no value", "a comment");

  /// One document, one change, and what should come of it.
  private record Case(String text, YamlChange change, Object expected) {}

  private static Case random(Random random) {
    while (true) {
      var text = new RandomDocument(random).text();
      text = random.nextInt(4) == 0 ? text.stripTrailing() : text;
      var file = YamlReader.ofSources().read("a.yaml", text);
      if (!file.faults().isEmpty() || file.documents().size() != 1) {
        continue;
      }
      var paths = new ArrayList<List<String>>();
      collect(file.documents().getFirst(), List.of(), paths);
      var path = paths.get(random.nextInt(paths.size()));
      var model = new Model(file.documents().getFirst());
      var change = model.change(path, random);
      if (change != null) {
        return new Case(text, change, model.root);
      }
    }
  }

  private static void collect(Value value, List<String> path, List<List<String>> paths) {
    paths.add(path);
    switch (value) {
      case Mapping map ->
          map.entries().forEach(entry -> collect(entry.value(), and(path, entry.name()), paths));
      case Sequence list ->
          IntStream.range(0, list.items().size())
              .forEach(i -> collect(list.items().get(i), and(path, "" + i), paths));
      case Scalar _ -> {}
    }
  }

  private static List<String> and(List<String> path, String step) {
    var longer = new ArrayList<>(path);
    longer.add(step);
    return longer;
  }

  /// The document as plain values, changed by other means than the product's.
  private static final class Model {
    private final Object root;

    Model(Value document) {
      this.root = open(document.plain());
    }

    private static Object open(Object plain) {
      if (plain instanceof Map<?, ?> map) {
        var copy = new LinkedHashMap<Object, Object>();
        map.forEach((key, value) -> copy.put(key, open(value)));
        return copy;
      }
      return plain instanceof List<?> list
          ? new ArrayList<>(list.stream().map(Model::open).toList())
          : plain;
    }

    private Object at(List<String> path) {
      Object here = root;
      for (var step : path) {
        here = here instanceof Map<?, ?> map ? map.get(step) : items(here).get(number(step));
      }
      return here;
    }

    private static int number(String step) {
      return Integer.parseInt(step);
    }

    @SuppressWarnings("unchecked")
    private static Map<Object, Object> entries(Object map) {
      return (Map<Object, Object>) map;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> items(Object list) {
      return (List<Object>) list;
    }

    /// Makes a change of the model and tells it; null where none is possible here.
    YamlChange change(List<String> path, Random random) {
      var value = VALUES.get(random.nextInt(VALUES.size()));
      var here = at(path);
      if (random.nextInt(3) == 0 && !path.isEmpty()) {
        return remove(path, random);
      }
      if (here instanceof Map<?, ?> map && random.nextBoolean()) {
        entries(map).put("fresh", value);
        return new YamlChange.Put(path, "fresh", value);
      }
      if (here instanceof Map<?, ?> map) {
        var nested = new LinkedHashMap<>(Map.of("x", List.of(value, Map.of("y", value))));
        entries(map).put("fresh", Map.of("x", List.of(value, Map.of("y", value))));
        return new YamlChange.Put(path, "fresh", nested);
      }
      if (here instanceof List<?> list && !path.isEmpty() && isKey(path)) {
        items(list).add(value);
        return new YamlChange.Append(path, value);
      }
      if (here instanceof String && !path.isEmpty()) {
        var parent = at(path.subList(0, path.size() - 1));
        if (parent instanceof Map<?, ?> map) {
          entries(map).put(path.getLast(), value);
        } else {
          items(parent).set(number(path.getLast()), value);
        }
        return new YamlChange.Replace(path, value);
      }
      return null;
    }

    private boolean isKey(List<String> path) {
      return at(path.subList(0, path.size() - 1)) instanceof Map<?, ?>;
    }

    private YamlChange remove(List<String> path, Random random) {
      var parent = at(path.subList(0, path.size() - 1));
      if (parent instanceof Map<?, ?> map) {
        var value = entries(map).remove(path.getLast());
        if (random.nextBoolean()) {
          entries(map).put("renamed", value);
          return new YamlChange.Rename(path, "renamed");
        }
      } else {
        items(parent).remove(number(path.getLast()));
      }
      return new YamlChange.Remove(path);
    }
  }

  private static boolean isPlain(String text) {
    return text.chars().noneMatch(c -> "&*!?".indexOf(c) >= 0)
        && !text.contains("|+")
        && !KEYS_THAT_TOOLS_READ_DIFFERENTLY.matcher(text).find();
  }

  private static Attempt attempt(Case it, byte[] bytes) {
    var place = YamlReader.ofSources().read("a.yaml", bytes).documents().getFirst().place();
    return EditableYaml.of("a.yaml", bytes).orElseThrow().attempt(place, it.change());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void a_change_gives_what_was_asked_for_and_leaves_all_other_lines(long seed) {
    var random = new Random(seed);
    int made = 0;
    for (int i = 0; i < ROUNDS; i++) {
      var it = random(random);
      var bytes = bytes(it.text(), random);
      if (!(attempt(it, bytes) instanceof Attempt.Made(var edit))) {
        continue;
      }
      made++;
      var before = LinedText.of(bytes).orElseThrow();
      var after = before.with(List.of(edit)).orElseThrow();
      var read = YamlReader.ofSources().read("a.yaml", after.bytes());
      assertThat(read.faults()).as("%s%n%s", it, after.text()).isEmpty();
      assertThat(read.documents().getFirst().plain())
          .as("%s%n%s", it, after.text())
          .isEqualTo(it.expected());
      sameAround(bytes, after.bytes(), edit);
      if (!(it.change() instanceof YamlChange.Remove)) {
        assertThat(count(after.text(), "# c")).as(it.text()).isEqualTo(count(it.text(), "# c"));
      }
    }
    assertThat(made).as("most changes can be made").isGreaterThan(ROUNDS / 2);
  }

  @Test
  void without_anchors_tags_and_other_rarities_hardly_anything_is_refused() {
    var random = new Random(5);
    var refused = new ArrayList<String>();
    int tried = 0;
    for (int i = 0; i < 3 * ROUNDS; i++) {
      var it = random(random);
      if (!isPlain(it.text())) {
        continue;
      }
      tried++;
      if (attempt(it, it.text().getBytes(StandardCharsets.UTF_8))
          instanceof Attempt.Refused(var reason)) {
        refused.add(reason + " – " + it);
      }
    }
    assertThat(tried).isGreaterThan(100);
    assertThat(refused)
        .filteredOn(reason -> EXPECTED.stream().noneMatch(reason::contains))
        .isEmpty();
  }

  private static byte[] bytes(String text, Random random) {
    var ends = random.nextInt(3) == 0 ? text.replace("\n", "\r\n") : text;
    return ((random.nextInt(5) == 0 ? "\uFEFF" : "") + ends).getBytes(StandardCharsets.UTF_8);
  }

  private static void sameAround(byte[] before, byte[] after, TextEdit edit) {
    var old = new String(before, StandardCharsets.UTF_8);
    var fresh = new String(after, StandardCharsets.UTF_8);
    var head = lines(old).subList(0, edit.line() - 1);
    var tail = lines(old).subList(edit.lastLine(), lines(old).size());
    assertThat(lines(fresh).subList(0, head.size())).isEqualTo(head);
    assertThat(lines(fresh).subList(lines(fresh).size() - tail.size(), lines(fresh).size()))
        .isEqualTo(tail);
  }

  private static List<String> lines(String text) {
    return List.of(text.split("(?<=\n)", -1));
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length;
  }
}
