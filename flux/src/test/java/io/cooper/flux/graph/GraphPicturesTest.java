package io.cooper.flux.graph;

import static io.cooper.flux.TestTree.helmRelease;
import static io.cooper.flux.TestTree.kustomization;
import static io.cooper.flux.TestTree.object;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.flux.render.RenderedKustomization.State;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

@Tag("S49")
class GraphPicturesTest {
  private static final DependencyGraph GRAPH =
      DependencyGraph.of(
          TestTree.entry(
                  kustomization("cert-manager", "wait: true")
                      + kustomization(
                          "plugin", "dependsOn: [{name: cert-manager}]", "suspend: true")
                      + kustomization("apps", "dependsOn: [{name: gone}]")
                      + kustomization("broken"))
              .with(
                  "cert-manager",
                  helmRelease("default", "cert-manager", "values: {installCRDs: true}"))
              .with("apps", object("cert-manager.io/v1", "Certificate", "default", "tls"))
              .state("broken", State.FAILED)
              .tree());

  /// Everything that has a meaning in one of the formats.
  private static final String NASTY = "a\"b\\c<d>&e;#f\u0007g`h|i";

  private static final DependencyGraph NASTY_GRAPH =
      DependencyGraph.of(
          TestTree.entry(
                  kustomization("apps")
                      .replace("name: apps\n", "name: \"a\\\"b\\\\c<d>&e;#f\\ag`h|i\"\n"))
              .tree());

  @Test
  @Tag("S26")
  void the_text_shows_waves_and_what_is_waited_for_in_eighty_columns() {
    assertThat(GraphText.of(GRAPH))
        .isEqualToNormalizingNewlines(
            """
            clusters/test: 5 Kustomizations in 3 waves, 6 objects

            wave 0
              flux-system/flux-system ............................................ 4 objects

            wave 1
              flux-system/apps .................................................... 1 object
                  ! needs, and does not wait for cert-manager (Certificate)
                  ! depends on what does not exist: gone
              flux-system/broken ........................................... cannot be built
              flux-system/cert-manager ..................................... 1 object, waits

            wave 2
              flux-system/plugin ...................................... suspended, 0 objects
                  after cert-manager
            """);
  }

  @Test
  void no_line_of_the_text_is_wider_than_a_terminal() {
    var names = IntStream.range(0, 30).mapToObj(i -> "a-rather-long-name-" + i).toList();
    var entry = new StringBuilder();
    names.forEach(name -> entry.append(kustomization(name)));
    entry.append(kustomization("last", "dependsOn:"));
    names.forEach(name -> entry.append("    - name: ").append(name).append('\n'));

    var text = GraphText.of(DependencyGraph.of(TestTree.entry(entry.toString()).tree()));

    assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(text).contains(names);
  }

  @Test
  void the_text_lets_no_control_character_through() {
    assertThat(GraphText.of(NASTY_GRAPH)).contains("\\u0007").doesNotContain("\u0007");
  }

  @Test
  void mermaid_groups_by_wave_and_marks_what_is_missing() {
    assertThat(GraphMermaid.of(GRAPH))
        .startsWith("flowchart LR\n")
        .contains("subgraph w2[\"wave 2\"]")
        .contains("-. \"Certificate\" .->")
        .contains("stroke:#d1242f");
    assertThat(GraphMermaid.of(NASTY_GRAPH))
        .contains("a#34;b#92;c#60;d#62;#38;e#59;#35;f")
        .doesNotContain(NASTY);
  }

  @Test
  void dot_quotes_names() {
    assertThat(GraphDot.of(GRAPH))
        .startsWith("digraph \"clusters/test\" {\n")
        .contains("\"flux-system/cert-manager\" -> \"flux-system/plugin\";")
        .endsWith("}\n");
    assertThat(GraphDot.of(NASTY_GRAPH))
        .contains("\"flux-system/a\\\"b\\\\c<d>&e;#f\\\\u0007g`h|i\"");
  }

  @Test
  void json_holds_nodes_edges_and_what_is_missing() {
    var texts = new ArrayList<String>();
    try (var json =
        new JsonFactory()
            .createParser(ObjectReadContext.empty(), GraphJson.of(List.of(GRAPH, NASTY_GRAPH)))) {
      for (var token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.VALUE_STRING) {
          texts.add(json.getString());
        }
      }
    }

    assertThat(texts)
        .contains("undeclared", "flux-system/gone", "failed", "flux-system/" + NASTY, "wait");
  }

  @Test
  void the_svg_is_well_formed_and_has_a_box_for_every_kustomization() throws Exception {
    assertThat(boxes(GRAPH))
        .containsOnlyKeys("flux-system", "cert-manager", "plugin", "apps", "broken");
    assertThat(boxes(GRAPH))
        .containsEntry("broken", "node failed")
        .containsEntry("plugin", "node suspended");
    assertThat(boxes(NASTY_GRAPH)).containsKey(GraphText.shown(NASTY));
  }

  @Test
  void the_svg_fetches_nothing_and_knows_light_and_dark() {
    assertThat(GraphSvg.of(GRAPH))
        .doesNotContain("@import", "href", "<script", "url(http")
        .contains("prefers-color-scheme:dark")
        .contains("class=\"undeclared\"");
  }

  @Test
  void the_same_graph_is_the_same_picture() {
    assertThat(GraphSvg.of(GRAPH)).isEqualTo(GraphSvg.of(DependencyGraph.of(GRAPH.tree())));
  }

  @Test
  void boxes_do_not_overlap_and_waves_follow_each_other() {
    var layout =
        new Layout(
            GRAPH, GRAPH.edges(), _ -> new Layout.Size(200, 60), _ -> java.util.Optional.empty());

    for (var one : layout.boxes()) {
      for (var other : layout.boxes()) {
        boolean apart =
            one.x() + one.width() <= other.x()
                || other.x() + other.width() <= one.x()
                || one.y() + one.height() <= other.y()
                || other.y() + other.height() <= one.y();
        assertThat(apart || one.node().id().equals(other.node().id()))
            .as("%s and %s", one, other)
            .isTrue();
      }
    }
    var bands = layout.bands();
    for (int i = 1; i < bands.size(); i++) {
      assertThat(bands.get(i).left()).isGreaterThan(bands.get(i - 1).right());
    }
    assertThat(layout.lines()).hasSameSizeAs(GRAPH.edges());
  }

  private static Map<String, String> boxes(DependencyGraph graph) throws Exception {
    var document =
        DocumentBuilderFactory.newDefaultNSInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(GraphSvg.of(graph))));
    var boxes = new java.util.HashMap<String, String>();
    var groups = document.getElementsByTagName("g");
    for (int i = 0; i < groups.getLength(); i++) {
      var group = (Element) groups.item(i);
      if (group.getAttribute("class").startsWith("node")) {
        for (Node child = group.getFirstChild(); child != null; child = child.getNextSibling()) {
          if (child instanceof Element text && text.getAttribute("class").equals("name")) {
            boxes.put(text.getTextContent(), group.getAttribute("class"));
          }
        }
      }
    }
    return boxes;
  }
}
