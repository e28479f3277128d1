package io.cooper.flux.graph;

import io.cooper.flux.api.NamespacedName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.elk.alg.layered.LayeredLayoutProvider;
import org.eclipse.elk.alg.layered.options.LayeredMetaDataProvider;
import org.eclipse.elk.alg.layered.options.LayeredOptions;
import org.eclipse.elk.alg.layered.options.NodePlacementStrategy;
import org.eclipse.elk.core.data.LayoutMetaDataService;
import org.eclipse.elk.core.math.ElkPadding;
import org.eclipse.elk.core.options.CoreOptions;
import org.eclipse.elk.core.options.Direction;
import org.eclipse.elk.core.options.EdgeRouting;
import org.eclipse.elk.core.options.PortConstraints;
import org.eclipse.elk.core.options.PortSide;
import org.eclipse.elk.core.util.NullElkProgressMonitor;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.ElkPort;
import org.eclipse.elk.graph.util.ElkGraphUtil;

/// Where everything goes: the layered layout of the Eclipse Layout Kernel, one partition for each
/// wave, from left to right. The same graph always gives the same layout.
final class Layout {
  /// A point of the picture, in pixels from the upper left.
  record Point(double x, double y) {}

  /// A node's rectangle.
  record Box(Node node, double x, double y, double width, double height) {}

  /// The way of an edge, from the dependency to the dependent.
  ///
  /// @param label the upper left of its label, where it has one
  record Line(Edge edge, List<Point> points, Optional<Point> label) {}

  /// The columns that a wave takes.
  record Band(int wave, double left, double right) {}

  /// What a piece of text needs.
  record Size(double width, double height) {}

  /// Up to this many boxes every edge gets a line of its own; beyond, lines are bundled.
  private static final int SMALL = 30;

  /// How many times the order within the waves of a large graph is tried out; ELK's own is 7.
  private static final int QUICK = 3;

  private static final double BETWEEN_NODES = 14;
  private static final double BETWEEN_WAVES = 44;
  private static final double BETWEEN_EDGES = 9;

  private final List<Box> boxes;
  private final List<Line> lines;
  private final double width;
  private final double height;

  /// @param edges those to be drawn
  /// @param box what a node needs
  /// @param label what an edge's label needs, if it gets one
  Layout(
      DependencyGraph graph,
      List<Edge> edges,
      Function<Node, Size> box,
      Function<Edge, Optional<Size>> label) {
    var root = ElkGraphUtil.createGraph();
    root.setProperty(CoreOptions.DIRECTION, Direction.RIGHT);
    root.setProperty(CoreOptions.EDGE_ROUTING, EdgeRouting.ORTHOGONAL);
    root.setProperty(CoreOptions.PARTITIONING_ACTIVATE, true);
    root.setProperty(CoreOptions.PADDING, new ElkPadding(0));
    root.setProperty(LayeredOptions.SPACING_NODE_NODE, BETWEEN_NODES);
    root.setProperty(LayeredOptions.SPACING_EDGE_EDGE, BETWEEN_EDGES);
    root.setProperty(LayeredOptions.SPACING_EDGE_NODE, BETWEEN_NODES);
    root.setProperty(LayeredOptions.SPACING_NODE_NODE_BETWEEN_LAYERS, BETWEEN_WAVES);
    root.setProperty(LayeredOptions.SPACING_EDGE_NODE_BETWEEN_LAYERS, BETWEEN_NODES);
    root.setProperty(LayeredOptions.SPACING_EDGE_EDGE_BETWEEN_LAYERS, BETWEEN_EDGES);
    root.setProperty(CoreOptions.SEPARATE_CONNECTED_COMPONENTS, false);
    boolean small = graph.nodes().size() <= SMALL;
    root.setProperty(
        LayeredOptions.NODE_PLACEMENT_STRATEGY,
        small ? NodePlacementStrategy.NETWORK_SIMPLEX : NodePlacementStrategy.BRANDES_KOEPF);
    if (!small) {
      root.setProperty(LayeredOptions.THOROUGHNESS, QUICK);
    }
    var drawn = new LinkedHashMap<Node, ElkNode>();
    Map<NamespacedName, ElkNode> byId = new HashMap<>();
    for (var node : graph.nodes()) {
      var shape = ElkGraphUtil.createNode(root);
      var size = box.apply(node);
      shape.setDimensions(size.width(), size.height());
      shape.setProperty(CoreOptions.PARTITIONING_PARTITION, node.wave());
      shape.setProperty(CoreOptions.PORT_CONSTRAINTS, PortConstraints.FIXED_SIDE);
      drawn.put(node, shape);
      byId.put(node.id(), shape);
    }
    var ways = new LinkedHashMap<Edge, ElkEdge>();
    for (var edge : edges) {
      var from = byId.get(edge.to());
      var to = byId.get(edge.from());
      if (from != null && to != null) {
        boolean bundled = edge.kind() == Edge.Kind.PARENT || !small;
        var way =
            ElkGraphUtil.createSimpleEdge(
                bundled ? trunk(from, edge.kind()) : port(from, PortSide.EAST),
                port(to, PortSide.WEST));
        ways.put(edge, way);
        label
            .apply(edge)
            .ifPresent(size ->
                ElkGraphUtil.createLabel(edge.label(), way)
                    .setDimensions(size.width(), size.height()));
      }
    }
    // Asking for the service registers the types of all options, without which none has a default.
    LayoutMetaDataService.getInstance()
        .registerLayoutMetaDataProviders(new LayeredMetaDataProvider());
    new LayeredLayoutProvider().layout(root, new NullElkProgressMonitor());
    boxes =
        drawn.entrySet().stream()
            .map(each ->
                new Box(
                    each.getKey(),
                    each.getValue().getX(),
                    each.getValue().getY(),
                    each.getValue().getWidth(),
                    each.getValue().getHeight()))
            .toList();
    lines = ways.entrySet().stream().map(each -> line(each.getKey(), each.getValue())).toList();
    width = root.getWidth();
    height = root.getHeight();
  }

  /// Edges of one kind leave a box at one port, and so run as one line until they part.
  private static ElkPort trunk(ElkNode box, Edge.Kind kind) {
    return box.getPorts().stream()
        .filter(port -> kind.name().equals(port.getIdentifier()))
        .findFirst()
        .orElseGet(() -> {
          var port = port(box, PortSide.EAST);
          port.setIdentifier(kind.name());
          return port;
        });
  }

  private static ElkPort port(ElkNode box, PortSide side) {
    var port = ElkGraphUtil.createPort(box);
    port.setProperty(CoreOptions.PORT_SIDE, side);
    return port;
  }

  private static Line line(Edge edge, ElkEdge way) {
    var points = new ArrayList<Point>();
    for (var section : way.getSections()) {
      points.add(new Point(section.getStartX(), section.getStartY()));
      section.getBendPoints().forEach(bend -> points.add(new Point(bend.getX(), bend.getY())));
      points.add(new Point(section.getEndX(), section.getEndY()));
    }
    return new Line(
        edge,
        List.copyOf(points),
        way.getLabels().stream().map(it -> new Point(it.getX(), it.getY())).findFirst());
  }

  List<Box> boxes() {
    return boxes;
  }

  List<Line> lines() {
    return lines;
  }

  double width() {
    return width;
  }

  double height() {
    return height;
  }

  /// The waves from left to right.
  List<Band> bands() {
    var bands = new HashMap<Integer, Band>();
    for (var box : boxes) {
      bands.merge(
          box.node().wave(),
          new Band(box.node().wave(), box.x(), box.x() + box.width()),
          (a, b) ->
              new Band(a.wave(), Math.min(a.left(), b.left()), Math.max(a.right(), b.right())));
    }
    return bands.values().stream().sorted(Comparator.comparingInt(Band::wave)).toList();
  }
}
