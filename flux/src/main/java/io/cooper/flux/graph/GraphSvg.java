package io.cooper.flux.graph;

import io.cooper.flux.graph.Layout.Band;
import io.cooper.flux.graph.Layout.Box;
import io.cooper.flux.graph.Layout.Line;
import io.cooper.flux.graph.Layout.Point;
import io.cooper.flux.graph.Layout.Size;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// The graph as a picture: waves as columns from left to right, a box for each Kustomization, an
/// arrow from what comes first to what comes after it.
///
/// The file is complete in itself: it fetches no font, no style and no script, and it follows the
/// reader's preference for light or dark. A parent is drawn only where nothing else leads to its
/// child.
public final class GraphSvg {
  private static final double MARGIN = 24;
  private static final double HEAD = 92;
  private static final double FOOT = 48;
  private static final double BAND_PADDING = 14;
  private static final double NARROWEST = 760;
  private static final double NAME_WIDTH = 8.3;
  private static final double SMALL_WIDTH = 6.1;
  private static final double BOX_HEIGHT = 64;
  private static final double PILL_HEIGHT = 16;
  private static final double CORNER = 7;
  private static final int LONGEST_LABEL = 34;

  /// Beyond this what is needed is told by pointing at the line only.
  private static final int FEW_NEEDS = 8;

  /// The colours for light and for dark paper.
  private static final Map<String, List<String>> COLOURS =
      Map.ofEntries(
          Map.entry("paper", List.of("#ffffff", "#0d1117")),
          Map.entry("ink", List.of("#1f2328", "#e6edf3")),
          Map.entry("soft", List.of("#59636e", "#9aa5b1")),
          Map.entry("band", List.of("#f6f8fa", "#151b23")),
          Map.entry("box", List.of("#ffffff", "#1c232c")),
          Map.entry("rim", List.of("#c4ccd4", "#3d4650")),
          Map.entry("blue", List.of("#0969da", "#4493f8")),
          Map.entry("edge", List.of("#6e7b8a", "#8b98a6")),
          Map.entry("faint", List.of("#c8d0d9", "#39424d")),
          Map.entry("red", List.of("#cf222e", "#ff7b72")),
          Map.entry("green", List.of("#1a7f37", "#56d364")),
          Map.entry("leaf", List.of("#dafbe1", "#12311c")),
          Map.entry("amber", List.of("#9a6700", "#e3b341")),
          Map.entry("sand", List.of("#fff3c4", "#3a2d0c")),
          Map.entry("rose", List.of("#ffebe9", "#3d1619")),
          Map.entry("grey", List.of("#59636e", "#9aa5b1")),
          Map.entry("mist", List.of("#e9edf1", "#2a323b")));

  private static final String SHAPES =
      """
      text{font-family:-apple-system,BlinkMacSystemFont,'Segoe UI','Noto Sans','DejaVu Sans',Helvetica,Arial,sans-serif}
      .title{font-size:18px;font-weight:600} .sub,.wave,.legend{font-size:12px} .wave{font-weight:600}
      .box{stroke-width:1.2} .failed .box{stroke-width:1.8}
      .suspended .box{stroke-dasharray:5 4} .external .box{stroke-dasharray:2 3}
      .name{font-size:13px;font-weight:600} .ns,.pill,.needs{font-size:10.5px}
      .declared,.parent,.undeclared{fill:none} .declared{stroke-width:1.5} .parent{stroke-width:1.3}
      .undeclared{stroke-width:1.7;stroke-dasharray:6 4} .halo{opacity:.9}
      """;

  private static final String PAINT =
      """
      text{fill:@ink} .sub,.wave,.legend,.ns{fill:@soft} .paper{fill:@paper} .band,.halo{fill:@band}
      .box{fill:@box;stroke:@rim} .mark{fill:@blue} .failed .box{stroke:@red} .failed .mark{fill:@red}
      .suspended .mark,.external .mark{fill:@grey}
      .p-plain{fill:@mist} .p-good{fill:@leaf} .p-warn{fill:@sand} .p-bad{fill:@rose}
      .t-plain{fill:@grey} .t-good{fill:@green} .t-warn{fill:@amber} .t-bad{fill:@red}
      .declared{stroke:@edge} .parent{stroke:@faint} .undeclared{stroke:@red} .needs{fill:@red}
      .h-declared{fill:@edge} .h-parent{fill:@faint} .h-undeclared{fill:@red}
      """;

  private final XMLStreamWriter svg;
  private final DependencyGraph graph;
  private final Layout layout;
  private final double width;
  private final boolean embedded;
  private final String prefix;

  private GraphSvg(XMLStreamWriter svg, DependencyGraph graph, boolean embedded, String prefix) {
    this.svg = svg;
    this.graph = graph;
    this.embedded = embedded;
    this.prefix = prefix;
    boolean fewNeeds =
        graph.edges().stream().filter(edge -> edge.kind() == Edge.Kind.UNDECLARED).count()
            <= FEW_NEEDS;
    Map<Integer, Double> widest =
        graph.nodes().stream()
            .collect(Collectors.toMap(Node::wave, node -> sizeOf(node).width(), Math::max));
    this.layout =
        new Layout(
            graph,
            drawn(graph),
            node -> new Size(widest.getOrDefault(node.wave(), 0.0), BOX_HEIGHT),
            edge ->
                fewNeeds && !edge.label().isEmpty() ? Optional.of(sizeOf(edge)) : Optional.empty());
    this.width = Math.max(NARROWEST, layout.width() + 2 * (MARGIN + BAND_PADDING));
  }

  /// The picture as the text of an SVG file.
  public static String of(DependencyGraph graph) {
    return drawn(graph, false, "");
  }

  /// The picture as an element of an HTML page that holds [#style()] once. Each Kustomization is a
  /// `g` with its name in `data-id`, to be pointed at or chosen.
  ///
  /// @param prefix of the ids in it, which are those of the page
  public static String element(DependencyGraph graph, String prefix) {
    return drawn(graph, true, prefix);
  }

  /// The style of all [elements][#element]: it touches nothing else, and follows the `color-scheme`
  /// of the page.
  public static String style() {
    var paint = PAINT;
    for (var colour : COLOURS.entrySet()) {
      paint =
          paint.replaceAll(
              "@" + colour.getKey() + "\\b",
              "light-dark(%s)".formatted(String.join(",", colour.getValue())));
    }
    return "svg.graph{\n" + SHAPES + paint + "}\n";
  }

  private static String drawn(DependencyGraph graph, boolean embedded, String prefix) {
    var out = new StringWriter();
    try {
      var svg = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
      new GraphSvg(svg, graph, embedded, prefix).picture();
      svg.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a string takes every character", e);
    }
    return out.append('\n').toString();
  }

  private static List<Edge> drawn(DependencyGraph graph) {
    var led =
        graph.edges().stream()
            .filter(edge -> edge.kind() == Edge.Kind.DECLARED)
            .map(Edge::from)
            .collect(Collectors.toSet());
    return graph.edges().stream()
        .filter(edge -> edge.kind() != Edge.Kind.PARENT || !led.contains(edge.from()))
        .toList();
  }

  private record Pill(String text, String tone) {
    double width() {
      return text.length() * SMALL_WIDTH + 12;
    }
  }

  private static List<Pill> pills(Node node) {
    var pills = new ArrayList<Pill>();
    for (var fact : GraphText.facts(node)) {
      pills.add(
          new Pill(
              fact,
              switch (fact) {
                case "waits", "checks" -> "good";
                case "checks never run", "suspended" -> "warn";
                case "cannot be built" -> "bad";
                default -> "plain";
              }));
    }
    return pills;
  }

  private static Size sizeOf(Node node) {
    double pills = pills(node).stream().mapToDouble(pill -> pill.width() + 5).sum();
    double name = node.id().name().length() * NAME_WIDTH;
    double namespace = node.id().namespace().length() * SMALL_WIDTH;
    return new Size(Math.max(Math.max(name, pills), namespace) + 30, BOX_HEIGHT);
  }

  private static Size sizeOf(Edge edge) {
    return new Size(label(edge).length() * SMALL_WIDTH + 8, 15);
  }

  private static String label(Edge edge) {
    var text = GraphText.shown(edge.label());
    return text.length() > LONGEST_LABEL ? text.substring(0, LONGEST_LABEL - 1) + "…" : text;
  }

  private void picture() throws XMLStreamException {
    double height = HEAD + layout.height() + 2 * BAND_PADDING + FOOT;
    if (!embedded) {
      svg.writeStartDocument("UTF-8", "1.0");
    }
    svg.writeStartElement("svg");
    svg.writeDefaultNamespace("http://www.w3.org/2000/svg");
    attributes(
        "viewBox", "0 0 %s %s".formatted(number(width), number(height)),
        "width", number(width),
        "height", number(height),
        "role", embedded ? "group" : "img");
    if (embedded) {
      attributes("class", "graph");
    }
    text("title", title());
    if (!embedded) {
      text("style", SHAPES + paint(0) + "@media (prefers-color-scheme:dark){\n" + paint(1) + "}\n");
    }
    heads();
    empty("rect", "class", "paper", "width", "100%", "height", "100%");
    words("title", MARGIN, MARGIN + 10, title());
    words("sub", MARGIN, MARGIN + 28, summary());
    translated(MARGIN + BAND_PADDING, HEAD + BAND_PADDING);
    for (var band : layout.bands()) {
      band(band);
    }
    for (var kind : List.of(Edge.Kind.PARENT, Edge.Kind.DECLARED, Edge.Kind.UNDECLARED)) {
      for (var line : layout.lines()) {
        if (line.edge().kind() == kind) {
          line(line);
        }
      }
    }
    for (var box : layout.boxes()) {
      box(box);
    }
    for (var line : layout.lines()) {
      needs(line);
    }
    svg.writeEndElement();
    legend(height - 20);
    svg.writeEndElement();
    svg.writeEndDocument();
  }

  private static String paint(int paper) {
    var paint = PAINT;
    for (var colour : COLOURS.entrySet()) {
      paint = paint.replaceAll("@" + colour.getKey() + "\\b", colour.getValue().get(paper));
    }
    return paint;
  }

  private String title() {
    return GraphText.shown(graph.tree().entry());
  }

  private String summary() {
    var undeclared =
        graph.edges().stream().filter(edge -> edge.kind() == Edge.Kind.UNDECLARED).count();
    return "%d Kustomizations in %d waves, %d objects%s%s"
        .formatted(
            graph.nodes().size(),
            graph.waves().size(),
            graph.tree().objects().count(),
            undeclared == 0 ? "" : ", %d needs that nothing waits for".formatted(undeclared),
            graph.cycles().isEmpty() ? "" : ", %d cycles".formatted(graph.cycles().size()));
  }

  private void heads() throws XMLStreamException {
    svg.writeStartElement("defs");
    for (var kind : List.of("declared", "parent", "undeclared")) {
      svg.writeStartElement("marker");
      attributes(
          "id", prefix + "h-" + kind,
          "viewBox", "0 0 8 8",
          "refX", "7",
          "refY", "4",
          "markerWidth", "8",
          "markerHeight", "8",
          "markerUnits", "userSpaceOnUse",
          "orient", "auto");
      empty("path", "d", "M0,0.5 L8,4 L0,7.5 z", "class", "h-" + kind);
      svg.writeEndElement();
    }
    svg.writeEndElement();
  }

  private void band(Band band) throws XMLStreamException {
    empty(
        "rect",
        "class",
        "band",
        "x",
        number(band.left() - BAND_PADDING),
        "y",
        number(-BAND_PADDING - 4),
        "width",
        number(band.right() - band.left() + 2 * BAND_PADDING),
        "height",
        number(layout.height() + 2 * BAND_PADDING + 4),
        "rx",
        "10");
    words("wave", band.left() - BAND_PADDING + 4, -BAND_PADDING - 9, "wave " + band.wave());
  }

  private void line(Line line) throws XMLStreamException {
    var kind = line.edge().kind().name().toLowerCase(Locale.ROOT);
    svg.writeStartElement("path");
    attributes(
        "class",
        kind,
        "d",
        path(line.points()),
        "marker-end",
        "url(#%sh-%s)".formatted(prefix, kind));
    text(
        "title",
        switch (line.edge().kind()) {
          case DECLARED -> "%s depends on %s".formatted(line.edge().from(), line.edge().to());
          case PARENT -> "%s is rendered by %s".formatted(line.edge().from(), line.edge().to());
          case UNDECLARED ->
              "%s needs %s from %s, and does not wait for it"
                  .formatted(line.edge().from(), line.edge().label(), line.edge().to());
        });
    svg.writeEndElement();
  }

  /// Straight pieces with round corners.
  private static String path(List<Point> points) {
    var path = new StringBuilder();
    for (int i = 0; i < points.size(); i++) {
      var here = points.get(i);
      if (i == 0 || i == points.size() - 1) {
        path.append(i == 0 ? "M" : " L").append(at(here));
        continue;
      }
      var before = towards(here, points.get(i - 1));
      var after = towards(here, points.get(i + 1));
      path.append(" L").append(at(before)).append(" Q").append(at(here)).append(' ');
      path.append(at(after));
    }
    return path.toString();
  }

  private static Point towards(Point here, Point there) {
    double length = Math.hypot(there.x() - here.x(), there.y() - here.y());
    double part = length == 0 ? 0 : Math.min(CORNER, length / 2) / length;
    return new Point(
        here.x() + (there.x() - here.x()) * part, here.y() + (there.y() - here.y()) * part);
  }

  private void needs(Line line) throws XMLStreamException {
    if (line.label().isPresent()) {
      var at = line.label().get();
      var size = sizeOf(line.edge());
      empty(
          "rect",
          "class",
          "halo",
          "x",
          number(at.x()),
          "y",
          number(at.y()),
          "width",
          number(size.width()),
          "height",
          number(size.height()),
          "rx",
          "3");
      words("needs", at.x() + 4, at.y() + 11, label(line.edge()));
    }
  }

  private void box(Box box) throws XMLStreamException {
    var node = box.node();
    svg.writeStartElement("g");
    attributes(
        "class",
        node.failed()
            ? "node failed"
            : node.external() ? "node external" : node.suspended() ? "node suspended" : "node",
        "transform",
        "translate(%s %s)".formatted(number(box.x()), number(box.y())));
    if (embedded) {
      attributes("data-id", GraphText.shown(node.id().toString()));
    }
    text("title", "%s, wave %d".formatted(node.id(), node.wave()));
    empty(
        "rect",
        "class",
        "box",
        "width",
        number(box.width()),
        "height",
        number(box.height()),
        "rx",
        "8");
    empty(
        "rect",
        "class",
        "mark",
        "x",
        "0",
        "y",
        "10",
        "width",
        "3.5",
        "height",
        number(box.height() - 20),
        "rx",
        "1.75");
    words("ns", 14, 16, node.id().namespace());
    words("name", 14, 32, node.id().name());
    double x = 14;
    for (var pill : pills(node)) {
      empty(
          "rect",
          "class",
          "p-" + pill.tone(),
          "x",
          number(x),
          "y",
          "41",
          "width",
          number(pill.width()),
          "height",
          number(PILL_HEIGHT),
          "rx",
          "8");
      words("pill t-" + pill.tone(), x + 6, 52.5, pill.text());
      x += pill.width() + 5;
    }
    svg.writeEndElement();
  }

  private void legend(double y) throws XMLStreamException {
    record Entry(String kind, String text) {}
    double x = MARGIN;
    for (var entry :
        List.of(
            new Entry("declared", "comes before (dependsOn)"),
            new Entry("undeclared", "is needed, and not waited for"),
            new Entry("parent", "renders, where nothing else leads there"))) {
      empty(
          "path",
          "class",
          entry.kind(),
          "d",
          "M%s,%s h36".formatted(number(x), number(y - 4)),
          "marker-end",
          "url(#%sh-%s)".formatted(prefix, entry.kind()));
      words("legend", x + 44, y, entry.text());
      x += 62 + entry.text().length() * 6.9;
    }
  }

  private void translated(double x, double y) throws XMLStreamException {
    svg.writeStartElement("g");
    attributes("transform", "translate(%s %s)".formatted(number(x), number(y)));
  }

  private void words(String style, double x, double y, String text) throws XMLStreamException {
    svg.writeStartElement("text");
    attributes("class", style, "x", number(x), "y", number(y));
    svg.writeCharacters(GraphText.shown(text));
    svg.writeEndElement();
  }

  private void text(String element, String text) throws XMLStreamException {
    svg.writeStartElement(element);
    svg.writeCharacters(element.equals("style") ? text : GraphText.shown(text));
    svg.writeEndElement();
  }

  private void empty(String element, String... attributes) throws XMLStreamException {
    svg.writeEmptyElement(element);
    attributes(attributes);
  }

  private void attributes(String... namesAndValues) throws XMLStreamException {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      svg.writeAttribute(namesAndValues[i], namesAndValues[i + 1]);
    }
  }

  private static String at(Point point) {
    return number(point.x()) + "," + number(point.y());
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.1f", value);
  }
}
