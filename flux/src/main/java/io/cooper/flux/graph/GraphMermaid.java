package io.cooper.flux.graph;

import io.cooper.flux.api.NamespacedName;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/// The graph as a Mermaid flowchart, for pages that render it: one subgraph for each wave.
public final class GraphMermaid {
  private GraphMermaid() {}

  /// The text of the chart, without the fence around it; ends with a line break.
  public static String of(DependencyGraph graph) {
    return of(graph, _ -> true);
  }

  /// The text of the chart with some of the Kustomizations, and the edges among them.
  public static String of(DependencyGraph graph, Predicate<NamespacedName> wanted) {
    var nodes = graph.nodes().stream().filter(node -> wanted.test(node.id())).toList();
    var edges =
        graph.edges().stream()
            .filter(edge -> wanted.test(edge.from()) && wanted.test(edge.to()))
            .toList();
    var text = new StringBuilder("flowchart LR\n");
    Map<NamespacedName, String> keys = new HashMap<>();
    for (var every : graph.waves()) {
      var wave = every.stream().filter(nodes::contains).toList();
      if (wave.isEmpty()) {
        continue;
      }
      text.append(
          "  subgraph w%d[\"wave %d\"]\n"
              .formatted(wave.getFirst().wave(), wave.getFirst().wave()));
      for (var node : wave) {
        var key = "n" + keys.size();
        keys.put(node.id(), key);
        text.append(
            "    %s(\"%s<br/>%s\")\n"
                .formatted(
                    key, escaped(node.id().toString()), String.join(" · ", GraphText.facts(node))));
      }
      text.append("  end\n");
    }
    for (var edge : edges) {
      var arrow =
          switch (edge.kind()) {
            case DECLARED -> "-->";
            case UNDECLARED -> "-. \"%s\" .->".formatted(escaped(edge.label()));
            case PARENT -> "-.-";
          };
      text.append("  %s %s %s\n".formatted(keys.get(edge.to()), arrow, keys.get(edge.from())));
    }
    int index = 0;
    for (var edge : edges) {
      if (edge.kind() == Edge.Kind.UNDECLARED) {
        text.append("  linkStyle %d stroke:#d1242f,color:#d1242f\n".formatted(index));
      } else if (edge.kind() == Edge.Kind.PARENT) {
        text.append("  linkStyle %d stroke:#afb8c1\n".formatted(index));
      }
      index++;
    }
    text.append("  classDef failed stroke:#d1242f,stroke-width:2px\n");
    text.append("  classDef suspended stroke-dasharray:5 4\n");
    for (var node : nodes) {
      if (node.failed()) {
        text.append("  class %s failed\n".formatted(keys.get(node.id())));
      } else if (node.suspended()) {
        text.append("  class %s suspended\n".formatted(keys.get(node.id())));
      }
    }
    return text.toString();
  }

  /// Mermaid knows entity codes and no backslashes (mermaid.js.org, flowchart, entity codes).
  private static String escaped(String text) {
    var escaped = new StringBuilder();
    GraphText.shown(text)
        .codePoints()
        .forEach(c -> {
          if ("\"#&<>;`\\".indexOf(c) >= 0) {
            escaped.append('#').append(c).append(';');
          } else {
            escaped.appendCodePoint(c);
          }
        });
    return escaped.toString();
  }
}
