package io.cooper.migrate;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import io.cooper.manifest.YamlWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes an ObjectStore whose configuration is the text of a built-in store, moved: with its
/// comments, its order and its quotes.
///
/// @param block the built-in store as it is written
/// @param key where its key stands
/// @param lines of its file
record StoreText(Mapping block, Place key, List<String> lines) {
  static final String SERVER_NAME = "serverName";
  private static final int DEPTH = 4;

  /// What is around the configuration.
  ///
  /// @param name of the ObjectStore
  /// @param namespace as the Cluster's file says it
  /// @param unpruned whether Flux must not delete it, as it must not delete the Cluster
  /// @param retention how long backups are kept
  record Frame(
      String name, Optional<String> namespace, boolean unpruned, Optional<String> retention) {}

  /// The whole file.
  String in(Frame frame) {
    var text = new StringBuilder();
    if (frame.unpruned()) {
      text.append("# Not pruned, like its Cluster, which could not archive without it.\n");
    }
    text.append("apiVersion: barmancloud.cnpg.io/v1\nkind: ObjectStore\nmetadata:\n");
    text.append("  name: ").append(scalar(frame.name())).append('\n');
    frame
        .namespace()
        .ifPresent(name -> text.append("  namespace: ").append(scalar(name)).append('\n'));
    if (frame.unpruned()) {
      text.append("  annotations:\n    kustomize.toolkit.fluxcd.io/prune: disabled\n");
    }
    text.append("spec:\n  configuration:\n");
    configuration().forEach(line -> text.append(line).append('\n'));
    frame
        .retention()
        .ifPresent(policy -> text.append("  retentionPolicy: \"").append(policy).append("\"\n"));
    return text.toString();
  }

  private static String scalar(String text) {
    return text.matches("[a-z]([-a-z0-9.]*[a-z0-9])?") && !isWord(text) ? text : '"' + text + '"';
  }

  /// What YAML 1.1 takes for something else than text.
  private static boolean isWord(String text) {
    return List.of("y", "n", "yes", "no", "on", "off", "true", "false", "null").contains(text);
  }

  /// The lines as they are written where they stand in lines of their own, else what they mean.
  private List<String> configuration() {
    return moved().filter(this::isSame).orElseGet(this::written);
  }

  private boolean isSame(List<String> moved) {
    var read = YamlReader.ofSources().read("store", String.join("\n", moved) + "\n");
    return read.faults().isEmpty()
        && read.documents().size() == 1
        && Objects.equals(read.documents().getFirst().plain(), without(block).plain());
  }

  private Optional<List<String>> moved() {
    int column = block.place().column() - 1;
    if (block.place().line() <= key.line() || column == 0) {
      return Optional.empty();
    }
    int end = key.line();
    for (int i = key.line(); i < lines.size() && isInside(lines.get(i), column); i++) {
      // Comments and empty lines behind the last value belong to what follows.
      boolean belongs = !lines.get(i).isBlank() && lines.get(i).startsWith(" ".repeat(column));
      end = belongs ? i + 1 : end;
    }
    int server = block.placeOfKey(SERVER_NAME).map(Place::line).orElse(0);
    var moved = new ArrayList<String>();
    for (int i = key.line(); i < end; i++) {
      if (i + 1 != server) {
        moved.add(indented(lines.get(i), column));
      }
    }
    return Optional.of(moved);
  }

  private static boolean isInside(String line, int column) {
    return line.isBlank() || line.strip().startsWith("#") || line.startsWith(" ".repeat(column));
  }

  private static String indented(String line, int column) {
    if (line.isBlank()) {
      return "";
    }
    var own = line.startsWith(" ".repeat(column)) ? line.substring(column) : line.strip();
    return " ".repeat(DEPTH) + own;
  }

  private List<String> written() {
    return YamlWriter.write(List.of(without(block)))
        .lines()
        .filter(line -> !line.equals("---"))
        .map(line -> " ".repeat(DEPTH) + line)
        .toList();
  }

  /// The store without what an ObjectStore may not have: the name of the server belongs to whoever
  /// uses the store.
  static Mapping without(Mapping block) {
    var entries = new LinkedHashMap<String, Mapping.Entry>();
    block
        .entries()
        .filter(entry -> !entry.name().equals(SERVER_NAME))
        .forEach(entry -> entries.put(entry.name(), entry));
    return new Mapping(block.place(), entries);
  }

  /// Whether two values are the same, where what is written with a variable may be rendered as
  /// anything.
  static boolean isRenderedAs(Optional<? extends Value> written, Optional<? extends Value> other) {
    if (written.isEmpty() || other.isEmpty()) {
      return written.isEmpty() && other.isEmpty();
    }
    return isRenderedAs(written.get().plain(), other.get().plain());
  }

  private static boolean isRenderedAs(@Nullable Object written, @Nullable Object rendered) {
    return switch (written) {
      case String text when text.contains("${") -> !(rendered instanceof Map<?, ?>);
      case Map<?, ?> map ->
          rendered instanceof Map<?, ?> other
              && map.keySet().equals(other.keySet())
              && map.entrySet().stream()
                  .allMatch(entry -> isRenderedAs(entry.getValue(), other.get(entry.getKey())));
      case List<?> list -> rendered instanceof List<?> other && areRenderedAs(list, other);
      case null, default -> Objects.equals(written, rendered);
    };
  }

  private static boolean areRenderedAs(List<?> written, List<?> rendered) {
    if (written.size() != rendered.size()) {
      return false;
    }
    for (int i = 0; i < written.size(); i++) {
      if (!isRenderedAs(written.get(i), rendered.get(i))) {
        return false;
      }
    }
    return true;
  }
}
