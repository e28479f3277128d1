package io.cooper.policy.monitoring;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/// The series that kube-state-metrics is told to make of custom resources: a
/// `CustomResourceStateMetrics`, in the values of a chart or in a file of a ConfigMap.
final class StateMetrics {
  /// What the names begin with unless the configuration says otherwise.
  private static final String PREFIX = "kube_customresource";

  private final Set<String> series = new HashSet<>();

  private StateMetrics() {}

  /// The names of all that are configured in this cluster.
  static Set<String> of(RenderedTree tree) {
    var found = new StateMetrics();
    Stream.concat(tree.objects(HelmRelease.GROUP, HelmRelease.KIND), tree.objects("", "ConfigMap"))
        .forEach(each -> found.look(each.root()));
    return Set.copyOf(found.series);
  }

  private void look(Value value) {
    switch (value) {
      case Mapping mapping -> {
        if (mapping.get("groupVersionKind").isPresent()) {
          var prefix = mapping.text("metricNamePrefix").orElse(PREFIX);
          mapping
              .mappings("metrics")
              .flatMap(metric -> metric.text("name").stream())
              .forEach(name -> series.add(prefix.isEmpty() ? name : prefix + "_" + name));
        } else {
          mapping.entries().forEach(entry -> look(entry.value()));
        }
      }
      case Sequence sequence -> sequence.items().forEach(this::look);
      case Scalar scalar ->
          scalar
              .text()
              .filter(text -> text.contains("groupVersionKind") && text.contains("metrics"))
              .ifPresent(text ->
                  YamlReader.ofRendered().read("values", text).documents().forEach(this::inner));
    }
  }

  /// A text that is a single scalar is no configuration.
  private void inner(Value document) {
    if (!(document instanceof Scalar)) {
      look(document);
    }
  }
}
