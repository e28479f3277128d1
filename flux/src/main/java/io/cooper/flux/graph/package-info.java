/// Who waits for whom, who installs what another needs, and pictures of it.
///
/// - **Here:** the graph of one tree, what it is made of ([io.cooper.flux.graph.Node],
///   [io.cooper.flux.graph.Edge], [io.cooper.flux.graph.Requirement],
///   [io.cooper.flux.graph.Cycle]), the table of well-known components, and one class for each way
///   to draw it.
/// - **Begin with:** [io.cooper.flux.graph.DependencyGraph].
/// - **May use:** `flux.api`, `flux.render`, `flux.source`, `manifest`. Nobody else names the graph
///   and the layout library.
/// - **One more?** A picture is one class `Graph…` with a function of the graph; a component is a
///   row in `components.yaml`.
@NullMarked
package io.cooper.flux.graph;

import org.jspecify.annotations.NullMarked;
