package io.cooper.flux.graph;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The table of well-known components, `components.yaml`. Charts are never downloaded to see what
/// they install; what is not in the table is unknown, and nothing is claimed about it.
public final class Components {
  private static final class Table {
    static final List<Component> ROWS = read();
  }

  private Components() {}

  /// All rows, in the order of the file.
  public static List<Component> all() {
    return Table.ROWS;
  }

  /// The components that bring kinds of an API group.
  public static Stream<Component> bringing(String group) {
    return all().stream().filter(each -> each.brings(group));
  }

  /// The component whose released manifest or repository has this address.
  public static Optional<Component> at(String address) {
    return all().stream().filter(each -> each.isAt(address)).findFirst();
  }

  private static List<Component> read() {
    try (var in = Components.class.getResourceAsStream("components.yaml")) {
      if (in == null) {
        throw new IllegalStateException("components.yaml is not on the class path");
      }
      var file = YamlReader.ofSources().read("components.yaml", in.readAllBytes());
      return file.documents().stream()
          .flatMap(document -> ((io.cooper.manifest.Sequence) document).mappings())
          .map(Components::row)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Component row(Mapping row) {
    return new Component(
        row.text("name").orElseThrow(),
        texts(row, "charts"),
        texts(row, "manifests"),
        texts(row, "images"),
        texts(row, "groups"),
        texts(row, "crds"),
        row.text("source").orElseThrow());
  }

  private static List<String> texts(Mapping row, String field) {
    return row.items(field).map(Value::text).flatMap(Optional::stream).toList();
  }
}
