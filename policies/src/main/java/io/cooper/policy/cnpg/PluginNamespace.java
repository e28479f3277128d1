package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.graph.DependencyGraph;
import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/// `cnpg/plugin-namespace`
public final class PluginNamespace implements RepositoryPolicy {
  @Override
  public About about() {
    return new About(
        "cnpg/plugin-namespace",
        ERROR,
        "A plugin runs in the namespace of the operator.",
        """
        The operator looks for Services with the label `cnpg.io/pluginName` in its own namespace and nowhere else, and
        reads the Secrets of the connection there. A plugin in another namespace starts, becomes ready and is never
        called: each Cluster that names it stops with `unknown plugin`, and with it failover, scaling and certificate
        renewal of that Cluster.
        """,
        "Install the plugin in the operator's namespace, which is cnpg-system by default.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream().flatMap(PluginNamespace::check);
  }

  private static Stream<Finding> check(DependencyGraph graph) {
    var installs = Installs.of(graph);
    var right = new TreeSet<>(installs.operatorNamespaces());
    if (right.isEmpty()) {
      return Stream.empty();
    }
    // The Service first: it is what the operator does not see.
    var elsewhere = new LinkedHashMap<String, Manifest>();
    graph
        .tree()
        .objects("", "Service")
        .filter(object -> PluginService.isAnnounced(object))
        .filter(service -> !right.contains(service.namespace()))
        .forEach(service -> elsewhere.putIfAbsent(service.namespace(), service));
    installs.plugins().stream()
        .filter(plugin -> !right.contains(plugin.namespace()))
        .forEach(plugin -> elsewhere.putIfAbsent(plugin.namespace(), plugin.manifest()));
    return elsewhere.entrySet().stream()
        .map(each -> finding(each, String.join(", ", right)))
        .map(finding -> installs.complete() ? finding : finding.withSeverity(WARNING));
  }

  private static Finding finding(Map.Entry<String, Manifest> plugin, String operator) {
    var manifest = plugin.getValue();
    var path =
        Stream.of(
                new String[] {"spec", "values", "namespaceOverride"},
                new String[] {"spec", "targetNamespace"})
            .filter(each -> manifest.kind().equals("HelmRelease"))
            .filter(each -> manifest.text(each).filter(it -> !it.isEmpty()).isPresent())
            .findFirst()
            .orElse(new String[] {"metadata", "namespace"});
    return Finding.about(
        manifest,
        "%s puts the plugin into namespace %s, where the operator of namespace %s does not look"
            .formatted(manifest.id(), plugin.getKey(), operator),
        path);
  }
}
