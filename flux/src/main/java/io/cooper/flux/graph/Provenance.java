package io.cooper.flux.graph;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.Kustomization.SourceRef;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.Event.Applied;
import io.cooper.flux.graph.Event.Installed;
import io.cooper.flux.graph.Event.Ready;
import io.cooper.flux.graph.Requirement.State;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedRelease;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Who brings what each Kustomization needs, and whether the order makes sure that it is there.
final class Provenance {
  /// Groups that every API server has. Other groups below k8s.io, such as the Gateway API, are
  /// installed like any custom resource.
  private static final Set<String> BUILT_IN =
      Set.of(
          "",
          "admissionregistration.k8s.io",
          "apiextensions.k8s.io",
          "apiregistration.k8s.io",
          "apps",
          "authentication.k8s.io",
          "authorization.k8s.io",
          "autoscaling",
          "batch",
          "certificates.k8s.io",
          "coordination.k8s.io",
          "discovery.k8s.io",
          "events.k8s.io",
          "extensions",
          "flowcontrol.apiserver.k8s.io",
          "internal.apiserver.k8s.io",
          "networking.k8s.io",
          "node.k8s.io",
          "policy",
          "rbac.authorization.k8s.io",
          "resource.k8s.io",
          "scheduling.k8s.io",
          "storage.k8s.io",
          "storagemigration.k8s.io");

  private static final Set<String> BUILT_IN_NAMESPACES =
      Set.of("default", "kube-system", "kube-public", "kube-node-lease");

  private final RenderedTree tree;
  private final Order order;
  private final Bootstrap bootstrap;
  private final Map<NamespacedName, String> addresses = new HashMap<>();
  private final Map<Need, List<Provider>> applied = new HashMap<>();
  private final Map<Component, List<Provider>> installed = new LinkedHashMap<>();
  private final Map<Chart, List<Component>> charts = new ConcurrentHashMap<>();
  private final Map<Component, Boolean> bootstrapped = new HashMap<>();

  /// Who waits for a definition of an API group by name, whoever brings it.
  private final Map<String, List<NamespacedName>> gates = new HashMap<>();

  Provenance(RenderedTree tree, Order order) {
    this.tree = tree;
    this.order = order;
    var flux = new HashSet<String>();
    tree.kustomizations().forEach(each -> flux.addAll(each.filesRead()));
    this.bootstrap = new Bootstrap(tree.artifact(), flux);
    tree.objects("source.toolkit.fluxcd.io")
        .forEach(source ->
            source
                .text("spec", "url")
                .ifPresent(url ->
                    addresses.put(key(source.kind(), source.namespace(), source.name()), url)));
    tree.kustomizations().forEach(this::collect);
    tree.releases().stream()
        .filter(release -> release.state() == RenderedRelease.State.RENDERED)
        .forEach(this::collect);
  }

  /// What a chart installs is known for sure where helm has rendered it.
  private void collect(RenderedRelease release) {
    release
        .owner()
        .ifPresent(owner -> {
          var provider = new Provider(owner, Optional.of(release.id()), Optional.empty());
          release.objects().forEach(object -> collect(object, provider));
        });
  }

  private static NamespacedName key(String kind, String namespace, String name) {
    return new NamespacedName(kind + "/" + namespace, name);
  }

  private Optional<String> address(SourceRef source) {
    return Optional.ofNullable(
        addresses.get(key(source.kind(), source.id().namespace(), source.id().name())));
  }

  private void collect(RenderedKustomization each) {
    each.kustomization().healthChecks().stream()
        .filter(check -> check.kind().equals("CustomResourceDefinition"))
        .map(check -> check.id().name())
        .map(name -> name.substring(name.indexOf('.') + 1))
        .forEach(group -> gates.computeIfAbsent(group, _ -> new ArrayList<>()).add(each.id()));
    var self = new Provider(each.id(), Optional.empty(), Optional.empty());
    for (var object : each.objects()) {
      collect(object, self);
      if (HelmRelease.isOne(object)) {
        collect(each.id(), new HelmRelease(object));
      }
    }
    each.problems().stream()
        .filter(problem -> problem.kind() == RenderProblem.Kind.REMOTE_RESOURCE)
        .flatMap(problem -> problem.subject().stream())
        .forEach(address -> bringsFrom(address, each.id()));
    if (each.state() == RenderedKustomization.State.EXTERNAL) {
      each.kustomization()
          .sourceRef()
          .flatMap(this::address)
          .ifPresent(address -> bringsFrom(address, each.id()));
    }
  }

  private void collect(Manifest object, Provider provider) {
    if (object.is("apiextensions.k8s.io", "CustomResourceDefinition")) {
      var group = object.text("spec", "group").orElse("");
      var kind = object.text("spec", "names", "kind").orElse("");
      brings(new Need.Api(group, kind), provider);
    } else if (object.is("", "Namespace")) {
      brings(new Need.InNamespace(object.name()), provider);
    } else if (object.is("", "ConfigMap") || object.is("", "Secret")) {
      brings(new Need.Variables(object.kind(), object.namespace(), object.name()), provider);
    } else if (object.is("external-secrets.io", "ExternalSecret")) {
      var target = object.text("spec", "target", "name").orElse(object.name());
      brings(new Need.Variables("Secret", object.namespace(), target), provider);
    } else if (object.is("bitnami.com", "SealedSecret")) {
      brings(new Need.Variables("Secret", object.namespace(), object.name()), provider);
    }
  }

  private void brings(Need need, Provider provider) {
    applied.computeIfAbsent(need, _ -> new ArrayList<>()).add(provider);
  }

  private void bringsFrom(String address, NamespacedName owner) {
    Components.at(address)
        .ifPresent(component ->
            installed
                .computeIfAbsent(component, _ -> new ArrayList<>())
                .add(new Provider(owner, Optional.empty(), Optional.of(component))));
  }

  private void collect(NamespacedName owner, HelmRelease release) {
    var provider = new Provider(owner, Optional.of(release.id()), Optional.empty());
    if (release.createsNamespace()) {
      brings(new Need.InNamespace(release.targetNamespace()), provider);
    }
    if (tree.release(release.id())
        .filter(known -> known.state() == RenderedRelease.State.RENDERED)
        .isPresent()) {
      return;
    }
    componentsOf(release).stream()
        .filter(component -> component.bringsKinds(release))
        .forEach(component ->
            installed
                .computeIfAbsent(component, _ -> new ArrayList<>())
                .add(new Provider(owner, Optional.of(release.id()), Optional.of(component))));
  }

  /// How a release calls its chart.
  private record Chart(List<String> names, String address) {
    List<Component> components() {
      return Components.all().stream()
          .filter(each -> names.stream().anyMatch(name -> each.isChart(name, address)))
          .toList();
    }
  }

  /// The well-known components that a release installs.
  List<Component> componentsOf(HelmRelease release) {
    var address = release.source().flatMap(this::address).orElse("");
    var names =
        release
            .chart()
            .map(List::of)
            .orElseGet(() ->
                release.source().map(source -> List.of(address, source.id().name())).stream()
                    .flatMap(List::stream)
                    .toList());
    return charts.computeIfAbsent(new Chart(names, address), Chart::components);
  }

  /// What every Kustomization needs, in tree order.
  List<Requirement> requirements() {
    return tree.kustomizations().stream()
        .flatMap(each ->
            needs(each).entrySet().stream()
                .map(entry -> judged(each.id(), entry.getKey(), entry.getValue())))
        .toList();
  }

  private Map<Need, List<Manifest>> needs(RenderedKustomization each) {
    var needs = new LinkedHashMap<Need, List<Manifest>>();
    for (var source : each.kustomization().substituteFrom()) {
      if (!source.optional()) {
        needs.put(
            new Need.Variables(source.kind(), each.id().namespace(), source.name()),
            List.of(each.kustomization().manifest()));
      }
    }
    for (var object : each.objects()) {
      if (!comesWithTheServer(object.group())) {
        needs
            .computeIfAbsent(new Need.Api(object.group(), object.kind()), _ -> new ArrayList<>())
            .add(object);
      }
      if (!isThereAnyway(object.namespace(), each)) {
        needs
            .computeIfAbsent(new Need.InNamespace(object.namespace()), _ -> new ArrayList<>())
            .add(object);
      }
    }
    return needs;
  }

  /// The namespaces of the server, that of Flux, and that of the Kustomization itself: the Flux
  /// object could not exist without it.
  private boolean isThereAnyway(String namespace, RenderedKustomization user) {
    return namespace.isEmpty()
        || BUILT_IN_NAMESPACES.contains(namespace)
        || namespace.equals(user.id().namespace())
        || tree.kustomizations().getFirst().id().namespace().equals(namespace);
  }

  private static boolean comesWithTheServer(String group) {
    return BUILT_IN.contains(group)
        || group.endsWith(".toolkit.fluxcd.io")
        || group.equals("source.extensions.fluxcd.io");
  }

  private Requirement judged(NamespacedName dependent, Need need, List<Manifest> users) {
    var providers = new ArrayList<>(applied.getOrDefault(need, List.of()));
    if (need instanceof Need.Api api) {
      Components.bringing(api.group())
          .forEach(component -> providers.addAll(installed.getOrDefault(component, List.of())));
    }
    var state =
        providers.stream()
            .map(provider -> state(dependent, need, provider))
            .min(Comparator.naturalOrder())
            .orElse(State.FOREIGN);
    if (need instanceof Need.Api api && isGated(dependent, api)) {
      state = State.MET;
    }
    if (state.compareTo(State.MET) > 0 && isBootstrapped(need, providers)) {
      state = State.BOOTSTRAPPED;
    }
    return new Requirement(dependent, need, users, providers, state);
  }

  /// A chart and a release file bring all definitions of a group at once, so that one of them
  /// stands for the others.
  private boolean isGated(NamespacedName dependent, Need.Api api) {
    return gates.getOrDefault(api.group(), List.of()).stream()
        .anyMatch(gate -> order.isBefore(new Ready(gate), new Applied(dependent)));
  }

  private boolean isBootstrapped(Need need, List<Provider> providers) {
    return switch (need) {
      case Need.Api api ->
          Components.bringing(api.group())
                  .anyMatch(each -> bootstrapped.computeIfAbsent(each, bootstrap::installs))
              || providers.stream()
                  .flatMap(provider -> provider.release().stream())
                  .anyMatch(release -> bootstrap.names(release.name()));
      case Need.Variables variables -> bootstrap.mentions(variables.name());
      case Need.InNamespace _ -> false;
    };
  }

  private State state(NamespacedName dependent, Need need, Provider provider) {
    boolean own = provider.kustomization().equals(dependent);
    var start = new Applied(dependent);
    if (provider.release().isPresent()) {
      if (order.isBefore(new Installed(provider.release().get()), start)) {
        return State.MET;
      }
      if (own) {
        return State.SAME_BATCH;
      }
    } else if (own) {
      return need instanceof Need.Variables ? State.SAME_BATCH : State.MET;
    } else if (need instanceof Need.Variables
        && order.isBefore(start, new Applied(provider.kustomization()))) {
      return State.SAME_BATCH;
    } else if (order.isBefore(new Applied(provider.kustomization()), start)) {
      return State.MET;
    }
    return order.isBefore(new Ready(provider.kustomization()), start)
        ? State.UNGATED
        : State.UNDECLARED;
  }

  /// The well-known component that a Kustomization applies without a chart: by an address on the
  /// network, or by a workload that runs the component's own image.
  Map<Component, Manifest> componentsByManifests(RenderedKustomization each) {
    var found = new LinkedHashMap<Component, Manifest>();
    for (var object : each.objects()) {
      if (object.group().equals("apps")) {
        var images = Component.imagesOf(object);
        Components.all().stream()
            .filter(component -> component.images().stream().anyMatch(images::contains))
            .forEach(component -> found.putIfAbsent(component, object));
      }
    }
    return found;
  }
}
