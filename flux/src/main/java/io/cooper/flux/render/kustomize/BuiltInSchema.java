package io.cooper.flux.render.kustomize;

import io.cooper.flux.render.tool.Version;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The schema of Kubernetes that kustomize has built in, reduced to what it looks at when it
/// merges: types, references and merge keys. Made by `scripts/build-kustomize-schema`.
final class BuiltInSchema {
  /// Every release from 5.0 to 5.8 embeds the same file, that of Kubernetes 1.21.2.
  private static final Version FIRST_UNKNOWN = new Version(5, 9, 0);

  /// A definition.
  ///
  /// @param name such as `io.k8s.api.core.v1.Pod`
  /// @param references names of those that it refers to
  /// @param json its text
  private record Definition(String name, List<String> references, String json) {}

  private static final class Loaded {
    static final BuiltInSchema ONE = new BuiltInSchema();
  }

  /// By name, and by `group/version/kind`.
  private final Map<String, Definition> definitions = new HashMap<>();

  private final Set<String> kinds = new TreeSet<>();

  private BuiltInSchema() {
    for (var line : lines()) {
      var fields = line.split("\t", -1);
      var definition = new Definition(fields[0], list(fields[2]), fields[3]);
      definitions.put(definition.name(), definition);
      list(fields[1]).forEach(kind -> definitions.put(kind, definition));
      kinds.addAll(list(fields[1]));
    }
  }

  /// The schema of a release of kustomize; empty if it is newer than those that were looked at.
  static Optional<BuiltInSchema> of(Version kustomize) {
    return kustomize.compareTo(FIRST_UNKNOWN) < 0 ? Optional.of(Loaded.ONE) : Optional.empty();
  }

  /// The `group/version/kind` of an object that the schema describes.
  Optional<String> kind(String apiVersion, String kind) {
    var id = (apiVersion.contains("/") ? "" : "/") + apiVersion + "/" + kind;
    return Optional.of(id).filter(kinds::contains);
  }

  /// All `group/version/kind` whose kind is one of these.
  Set<String> kinds(Collection<String> names) {
    return kinds.stream()
        .filter(id -> names.contains(id.substring(id.lastIndexOf('/') + 1)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// An OpenAPI document with the definitions of some kinds and of all that they refer to.
  ///
  /// @param kinds each `group/version/kind`
  byte[] document(Set<String> kinds) {
    var needed = new LinkedHashMap<String, Definition>();
    var open = new ArrayDeque<>(kinds);
    while (!open.isEmpty()) {
      var definition = definitions.get(open.remove());
      if (definition != null && needed.put(definition.name(), definition) == null) {
        open.addAll(definition.references());
      }
    }
    return needed.values().stream()
        .map(each -> "\"%s\":%s".formatted(each.name(), each.json()))
        .collect(Collectors.joining(",", "{\"definitions\":{", "}}"))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> list(String field) {
    return field.isEmpty() ? List.of() : List.of(field.split(",", -1));
  }

  private static List<String> lines() {
    try (InputStream stream = BuiltInSchema.class.getResourceAsStream("kubernetes.schema")) {
      if (stream == null) {
        throw new IllegalStateException("kubernetes.schema is not beside " + BuiltInSchema.class);
      }
      return Arrays.stream(
              new String(stream.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1))
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
