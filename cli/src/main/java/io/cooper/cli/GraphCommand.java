package io.cooper.cli;

import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.GraphDot;
import io.cooper.flux.graph.GraphJson;
import io.cooper.flux.graph.GraphMermaid;
import io.cooper.flux.graph.GraphSvg;
import io.cooper.flux.graph.GraphText;
import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cooper graph`
@Command(
    name = "graph",
    description =
        "Shows which Kustomization waits for which, in which wave each is applied, and what its readiness is worth.",
    mixinStandardHelpOptions = true,
    footer = {"", "  cooper graph", "  cooper graph --format svg --output graph.svg"})
final class GraphCommand implements Callable<Integer> {
  enum Format {
    text,
    mermaid,
    dot,
    svg,
    json
  }

  @Mixin private RepositoryOptions repository = new RepositoryOptions();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "How to draw it: ${COMPLETION-CANDIDATES}.")
  private Format format = Format.text;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where to; standard output if left out.")
  private @Nullable Path output;

  private final Terminal terminal;

  GraphCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    try (var examination = Examination.of(repository, RenderOptions.Mode.CHECK, terminal)) {
      var picture = picture(examination.repository().graphs());
      if (output == null) {
        terminal.out().print(picture);
        terminal.out().flush();
      } else {
        write(output, picture);
      }
      return 0;
    }
  }

  private String picture(List<DependencyGraph> graphs) {
    return switch (format) {
      case text -> each(graphs, GraphText::of);
      case mermaid -> each(graphs, GraphMermaid::of);
      case dot -> each(graphs, GraphDot::of);
      case svg -> GraphSvg.of(only(graphs));
      case json -> GraphJson.of(graphs);
    };
  }

  private static String each(
      List<DependencyGraph> graphs, Function<DependencyGraph, String> drawing) {
    return graphs.stream().map(drawing).collect(Collectors.joining("\n"));
  }

  /// One picture holds one cluster.
  private static DependencyGraph only(List<DependencyGraph> graphs) {
    if (graphs.size() == 1) {
      return graphs.getFirst();
    }
    var entries =
        graphs.stream().map(graph -> graph.tree().entry()).collect(Collectors.joining(", "));
    throw new Problem(
            Code.BAD_USE,
            "--format svg",
            graphs.isEmpty()
                ? "there is no entry to draw"
                : "there are several entries: " + entries,
            "name one: --entry DIR")
        .asException();
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new Problem(
              Code.BAD_USE,
              file.toString(),
              "cannot be written: " + e,
              "name a file that can be written")
          .asException();
    }
  }
}
