package io.cooper.flux.render.walk;

import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.render.walk.RenderOptions.Mode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Small repositories, written by tests.
final class Repositories {
  private final Path root;

  Repositories(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  Repositories file(String path, String text) {
    try {
      var file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A Kustomization flux-system/NAME in the entry, for the folder `apps/NAME`.
  Repositories child(String name, String more) {
    return file(
        "entry/%s.yaml".formatted(name),
        """
        apiVersion: kustomize.toolkit.fluxcd.io/v1
        kind: Kustomization
        metadata:
          name: %s
          namespace: flux-system
        spec:
          path: ./apps/%s
          sourceRef:
            kind: GitRepository
            name: flux-system
        """
                .formatted(name, name)
            + more);
  }

  static String configMap(String name, String value) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: %s
    data:
      a: %s
    """
        .formatted(name, value);
  }

  static RenderOptions options(Mode mode) {
    return RenderOptions.of(mode).withoutCache();
  }

  RenderedTree render(Mode mode) {
    return render(options(mode));
  }

  RenderedTree render(RenderOptions options) {
    return new Renderer(options)
        .render(Reference.artifact(root), List.of("entry"), Progress.NONE)
        .getFirst();
  }
}
