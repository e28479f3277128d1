package io.cooper.flux;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.YamlReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A rendered tree written down by hand: for each Kustomization the YAML of what it renders. The
/// Flux objects in there are its children, so the shape of the tree follows from the texts.
///
/// Places are in a file named after the Kustomization: what `apps` renders stands in `apps.yaml`.
public final class TestTree {
  private final Map<String, String> yaml = new HashMap<>();
  private final Map<String, State> states = new HashMap<>();
  private final Map<String, List<RenderProblem>> problems = new HashMap<>();
  private final Map<String, String> files = new LinkedHashMap<>();
  private Path root = Path.of("nowhere");

  private TestTree() {}

  /// A tree whose entry `flux-system` renders these objects.
  public static TestTree entry(String objects) {
    return new TestTree().with("flux-system", objects);
  }

  /// What the Kustomization of a name renders.
  public TestTree with(String name, String objects) {
    yaml.put(name, objects);
    return this;
  }

  /// The Kustomization of a name has its source elsewhere, or cannot be built.
  public TestTree state(String name, State state) {
    states.put(name, state);
    return this;
  }

  /// The render of the Kustomization of a name ran into something.
  public TestTree problem(String name, RenderProblem problem) {
    problems.computeIfAbsent(name, _ -> new ArrayList<>()).add(problem);
    return this;
  }

  /// Files of the artifact that no Kustomization reads.
  public TestTree file(Path folder, String path, String text) {
    root = folder;
    files.put(path, text);
    try {
      var target = folder.resolve(path);
      Files.createDirectories(Optional.ofNullable(target.getParent()).orElse(folder));
      Files.writeString(target, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /// The tree.
  public RenderedTree tree() {
    var rendered = new ArrayList<RenderedKustomization>();
    var entry =
        read(
                "gotk-sync",
                """
                apiVersion: kustomize.toolkit.fluxcd.io/v1
                kind: Kustomization
                metadata: {name: flux-system, namespace: flux-system}
                spec:
                  interval: 10m
                  path: ./clusters/test
                  prune: true
                  sourceRef: {kind: GitRepository, name: flux-system}
                """)
            .getFirst();
    render(new Kustomization(entry), Optional.empty(), rendered);
    for (int i = 0; i < rendered.size(); i++) {
      var parent = rendered.get(i);
      parent.objects().stream()
          .filter(Kustomization::isOne)
          .filter(child ->
              rendered.stream().noneMatch(each -> each.id().equals(new Kustomization(child).id())))
          .forEach(child -> render(new Kustomization(child), Optional.of(parent.id()), rendered));
    }
    return new RenderedTree("clusters/test", new Artifact(root, files.keySet()), rendered);
  }

  private void render(
      Kustomization object, Optional<NamespacedName> parent, List<RenderedKustomization> into) {
    var name = object.id().name();
    into.add(
        new RenderedKustomization(
            object,
            parent,
            states.getOrDefault(name, State.RENDERED),
            read(name, yaml.getOrDefault(name, "")),
            problems.getOrDefault(name, List.of()),
            false,
            Set.of()));
  }

  private static List<Manifest> read(String name, String text) {
    var file = YamlReader.ofSources().read(name + ".yaml", text.getBytes(StandardCharsets.UTF_8));
    if (!file.faults().isEmpty()) {
      throw new IllegalArgumentException(file.faults().getFirst().problem().toString());
    }
    return file.manifests().toList();
  }

  /// A Flux Kustomization of the namespace flux-system, as YAML.
  ///
  /// @param spec lines of the spec, without indentation
  public static String kustomization(String name, String... spec) {
    var text =
        new StringBuilder(
            """
            ---
            apiVersion: kustomize.toolkit.fluxcd.io/v1
            kind: Kustomization
            metadata:
              name: %s
              namespace: flux-system
            spec:
              interval: 1h
              path: ./%s
              prune: true
              sourceRef: {kind: GitRepository, name: flux-system}
            """
                .formatted(name, name));
    for (var line : spec) {
      text.append("  ").append(line).append('\n');
    }
    return text.toString();
  }

  /// A HelmRelease, as YAML.
  public static String helmRelease(String namespace, String chart, String... spec) {
    var text =
        new StringBuilder(
            """
            ---
            apiVersion: helm.toolkit.fluxcd.io/v2
            kind: HelmRelease
            metadata:
              name: %s
              namespace: %s
            spec:
              interval: 1h
              chart:
                spec:
                  chart: %s
                  sourceRef: {kind: HelmRepository, name: charts}
            """
                .formatted(chart, namespace, chart));
    for (var line : spec) {
      text.append("  ").append(line).append('\n');
    }
    return text.toString();
  }

  /// An object with nothing but a name, as YAML.
  public static String object(String apiVersion, String kind, String namespace, String name) {
    return """
    ---
    apiVersion: %s
    kind: %s
    metadata:
      name: %s
    %s\
    """
        .formatted(
            apiVersion, kind, name, namespace.isEmpty() ? "" : "  namespace: " + namespace + "\n");
  }

  /// A CustomResourceDefinition, as YAML.
  public static String crd(String group, String kind) {
    return """
    ---
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: %ss.%s
    spec:
      group: %s
      names:
        kind: %s
    """
        .formatted(kind.toLowerCase(java.util.Locale.ROOT), group, group, kind);
  }
}
