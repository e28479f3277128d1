package io.cooper.flux.graph;

import io.cooper.flux.api.NamespacedName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The graph as text for a terminal of 80 columns: the waves from first to last, and under each
/// Kustomization what it waits for.
public final class GraphText {
  private static final int WIDTH = 80;
  private static final String INDENT = "      ";

  private GraphText() {}

  /// The whole picture; ends with a line break.
  public static String of(DependencyGraph graph) {
    var text = new StringBuilder();
    var nodes = graph.nodes();
    text.append(
        "%s: %d Kustomization%s in %d wave%s, %d objects%n"
            .formatted(
                shown(graph.tree().entry()),
                nodes.size(),
                nodes.size() == 1 ? "" : "s",
                graph.waves().size(),
                graph.waves().size() == 1 ? "" : "s",
                graph.tree().objects().count()));
    for (var wave : graph.waves()) {
      text.append("%nwave %d%n".formatted(wave.getFirst().wave()));
      wave.forEach(node -> node(node, graph, text));
    }
    rings(graph, text);
    return text.toString();
  }

  private static void node(Node node, DependencyGraph graph, StringBuilder text) {
    var name = "  " + shown(node.id().toString());
    var facts = String.join(", ", facts(node));
    var dots = WIDTH - name.length() - facts.length() - 2;
    text.append(
        dots < 3
            ? "%s%n%s%s%n".formatted(name, INDENT, facts)
            : "%s %s %s%n".formatted(name, ".".repeat(dots), facts));
    lines(graph, node, Edge.Kind.DECLARED, "after ", text);
    lines(graph, node, Edge.Kind.UNDECLARED, "! needs, and does not wait for ", text);
    var missing =
        graph.unresolved().stream()
            .filter(each -> each.dependent() == node.kustomization().manifest())
            .map(each -> shown(name(each.dependency().id(), node.id())))
            .toList();
    wrapped("! depends on what does not exist: ", missing, text);
  }

  /// What a reader wants to know of a node at a glance, in a few words.
  static List<String> facts(Node node) {
    var facts = new ArrayList<String>();
    if (node.suspended()) {
      facts.add("suspended");
    }
    if (node.failed()) {
      facts.add("cannot be built");
    } else if (node.external()) {
      facts.add("elsewhere");
    } else {
      int objects = node.rendered().objects().size();
      facts.add(objects == 1 ? "1 object" : objects + " objects");
    }
    switch (node.gate()) {
      case WAIT -> facts.add("waits");
      case CHECKS -> facts.add("checks");
      case INERT -> facts.add("checks never run");
      case NONE -> {}
    }
    return facts;
  }

  private static void lines(
      DependencyGraph graph, Node node, Edge.Kind kind, String start, StringBuilder text) {
    var names =
        graph.edges().stream()
            .filter(edge -> edge.kind() == kind && edge.from().equals(node.id()))
            .map(edge ->
                shown(name(edge.to(), node.id()))
                    + (edge.label().isEmpty() ? "" : " (%s)".formatted(shown(edge.label()))))
            .toList();
    wrapped(start, names, text);
  }

  private static String name(NamespacedName id, NamespacedName from) {
    return id.namespace().equals(from.namespace()) ? id.name() : id.toString();
  }

  private static void wrapped(String start, List<String> names, StringBuilder text) {
    if (names.isEmpty()) {
      return;
    }
    var line = new StringBuilder(INDENT).append(start);
    for (int i = 0; i < names.size(); i++) {
      var word = names.get(i) + (i + 1 < names.size() ? ", " : "");
      if (line.length() + word.stripTrailing().length() > WIDTH
          && line.length() > INDENT.length()) {
        text.append(line.toString().stripTrailing()).append(System.lineSeparator());
        line = new StringBuilder(INDENT).append("  ");
      }
      line.append(word);
    }
    text.append(line.toString().stripTrailing()).append(System.lineSeparator());
  }

  private static void rings(DependencyGraph graph, StringBuilder text) {
    for (var cycle : graph.cycles()) {
      text.append("%n! %ss wait for each other:%n".formatted(cycle.kind()));
      text.append("    ").append(shown(cycle.path())).append(System.lineSeparator());
    }
    for (var ring : graph.deadlocks()) {
      text.append("%n! Kustomizations stand still:%n".formatted());
      text.append("    ").append(shown(ring.story())).append(System.lineSeparator());
    }
  }

  /// Names come from files that anybody can write: control characters must not reach a terminal.
  static String shown(String text) {
    return text.codePoints()
        .mapToObj(c -> Character.isISOControl(c) ? "\\u%04x".formatted(c) : Character.toString(c))
        .collect(Collectors.joining());
  }
}
