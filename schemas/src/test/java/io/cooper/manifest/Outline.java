package io.cooper.manifest;

import java.util.stream.Collectors;

/// Everything that a reader gave, as text: values with types, sources and places, and faults.
final class Outline {
  private Outline() {}

  static String of(YamlFile file) {
    return file.documents().stream().map(Outline::of).collect(Collectors.joining("\n---\n"))
        + "\n"
        + file.faults();
  }

  private static String of(Value value) {
    var at = "@%d:%d ".formatted(value.place().line(), value.place().column());
    return at
        + switch (value) {
          case Mapping mapping ->
              mapping
                  .entries()
                  .map(entry -> of(entry.key()) + ": " + of(entry.value()))
                  .collect(Collectors.joining(",\n", "{", "}"));
          case Sequence sequence ->
              sequence.items().stream()
                  .map(Outline::of)
                  .collect(Collectors.joining(",\n", "[", "]"));
          case Scalar scalar -> {
            var content = scalar.plain();
            yield content == null
                ? "null <" + scalar.source() + ">"
                : content.getClass().getSimpleName() + " " + content + " <" + scalar.source() + ">";
          }
        };
  }
}
