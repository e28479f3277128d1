package io.cooper.flux.graph;

/// The graph in the language of Graphviz: one rank for each wave.
public final class GraphDot {
  private GraphDot() {}

  /// The text of the digraph; ends with a line break.
  public static String of(DependencyGraph graph) {
    var text = new StringBuilder();
    text.append("digraph %s {\n".formatted(quoted(graph.tree().entry())));
    text.append("  rankdir=LR;\n");
    text.append("  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n");
    text.append("  edge [fontname=\"sans-serif\", fontsize=10];\n");
    for (var wave : graph.waves()) {
      text.append("  subgraph \"cluster_wave_%d\" {\n".formatted(wave.getFirst().wave()));
      text.append(
          "    label=\"wave %d\"; style=dashed; color=\"#afb8c1\";\n"
              .formatted(wave.getFirst().wave()));
      for (var node : wave) {
        text.append(
            "    %s [label=%s%s];\n"
                .formatted(
                    quoted(node.id().toString()),
                    quoted(node.id() + "\n" + String.join(" · ", GraphText.facts(node))),
                    node.failed()
                        ? ", color=\"#d1242f\""
                        : node.suspended() ? ", style=\"rounded,dashed\"" : ""));
      }
      text.append("  }\n");
    }
    for (var edge : graph.edges()) {
      text.append(
          "  %s -> %s%s;\n"
              .formatted(
                  quoted(edge.to().toString()),
                  quoted(edge.from().toString()),
                  switch (edge.kind()) {
                    case DECLARED -> "";
                    case UNDECLARED ->
                        " [style=dashed, color=\"#d1242f\", fontcolor=\"#d1242f\", label=%s]"
                            .formatted(quoted(edge.label()));
                    case PARENT -> " [color=\"#d0d7de\", arrowhead=none]";
                  }));
    }
    return text.append("}\n").toString();
  }

  /// In a quoted string only the quote itself needs a backslash; a backslash before anything else
  /// would begin an escape of a label (graphviz.org, escString).
  private static String quoted(String text) {
    var lines = text.lines().map(GraphText::shown).toList();
    return '"'
        + String.join("\n", lines).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")
        + '"';
  }
}
