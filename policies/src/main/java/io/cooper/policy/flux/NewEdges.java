package io.cooper.policy.flux;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Node;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.policy.ByHand;
import io.cooper.policy.Proposal;
import io.cooper.policy.Repair;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Dependencies to add to one tree, so that all of them together close no ring: each one is offered
/// only if it is safe beside those that were offered before.
final class NewEdges {
  private final DependencyGraph graph;
  private final Map<NamespacedName, Set<NamespacedName>> offered = new LinkedHashMap<>();

  NewEdges(DependencyGraph graph) {
    this.graph = graph;
  }

  /// Lets every dependent wait for a provider, or says why one of them must not.
  Repair all(List<Node> dependents, NamespacedName provider) {
    var changes = new ArrayList<Proposal.Change>();
    for (var node : dependents) {
      if (closesRing(node, provider)) {
        return new ByHand("%s and %s would wait for each other".formatted(node, provider.name()));
      }
      changes.add(
          new Proposal.Change(
              node.kustomization().manifest(),
              new YamlChange.Append(List.of("spec", "dependsOn"), entry(node, provider))));
    }
    dependents.forEach(
        node -> offered.computeIfAbsent(node.id(), _ -> new HashSet<>()).add(provider));
    return new Proposal("Depend on " + Words.name(provider, dependents.getFirst().id()), changes);
  }

  private static Map<String, String> entry(Node node, NamespacedName provider) {
    var entry = new LinkedHashMap<String, String>();
    entry.put("name", provider.name());
    if (!provider.namespace().equals(node.id().namespace())) {
      entry.put("namespace", provider.namespace());
    }
    return entry;
  }

  /// A Kustomization also stands for those that render it: they may be Ready only when it is.
  private boolean closesRing(Node node, NamespacedName provider) {
    return provider.equals(node.id())
        || graph.isAncestor(provider, node.id())
        || waitsFor(provider, node.id(), new HashSet<>())
        || graph.nodes().stream()
            .filter(each -> graph.isAncestor(each.id(), node.id()))
            .anyMatch(each -> waitsFor(provider, each.id(), new HashSet<>()));
  }

  private boolean waitsFor(NamespacedName waiting, NamespacedName other, Set<NamespacedName> seen) {
    if (waiting.equals(other) || graph.isReadyBefore(other, waiting)) {
      return true;
    }
    if (!seen.add(waiting)) {
      return false;
    }
    return offered.entrySet().stream()
        .filter(
            each -> each.getKey().equals(waiting) || graph.isReadyBefore(each.getKey(), waiting))
        .flatMap(each -> each.getValue().stream())
        .anyMatch(next -> waitsFor(next, other, seen));
  }
}
