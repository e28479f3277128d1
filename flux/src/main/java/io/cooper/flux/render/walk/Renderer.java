package io.cooper.flux.render.walk;

import io.cooper.flux.remote.VendoredFiles;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.render.kustomize.BuildCache;
import io.cooper.flux.render.kustomize.FluxBuild;
import io.cooper.flux.render.kustomize.Kustomize;
import io.cooper.flux.render.kustomize.SourceFiles;
import io.cooper.flux.source.Artifact;
import java.util.List;
import java.util.concurrent.Executors;

/// Renders what clusters would get of an artifact, object by object as Flux would apply it. Reads
/// the artifact and nothing else of the disk but the vars file and vendored copies; writes to the
/// cache and to temporary folders.
public final class Renderer {
  private final RenderOptions options;
  private final BuildCache cache;

  /// @param options how to render
  public Renderer(RenderOptions options) {
    this(options, options.useCache() ? BuildCache.in(options.cache()) : BuildCache.none());
  }

  private Renderer(RenderOptions options, BuildCache cache) {
    this.options = options;
    this.cache = cache;
  }

  /// The same, keeping its builds in memory: for whoever renders two states of one repository.
  public Renderer keepingBuilds() {
    return new Renderer(options, cache.keeping());
  }

  /// The same with other options, and with the builds that this one keeps.
  public Renderer with(RenderOptions other) {
    return new Renderer(other, cache);
  }

  /// Renders every entry that the artifact shows signs of; see [Entries].
  public List<RenderedTree> render(Artifact artifact, Progress progress) {
    return render(artifact, Entries.of(artifact).stream().map(Entry::folder).toList(), progress);
  }

  /// Renders trees, one for each entry, in the same order.
  ///
  /// @param entries folders such as `clusters/example`; empty for the root
  /// @throws io.cooper.problem.ProblemException if kustomize is missing or too old, or the vars
  ///   file or the lock of vendored copies cannot be read. All else becomes a problem of the
  ///   Kustomization it concerns.
  public List<RenderedTree> render(Artifact artifact, List<String> entries, Progress progress) {
    return render(artifact, entries, VendoredFiles.of(artifact.root()), progress);
  }

  /// As [#render(Artifact, List, Progress)], with these copies of what lies on the network instead
  /// of those beside the artifact.
  public List<RenderedTree> render(
      Artifact artifact, List<String> entries, VendoredFiles vendored, Progress progress) {
    var given = options.vars().map(VariableSources::read).orElseGet(VariableSources::new);
    var kustomize =
        Kustomize.find(options.environment(), options.cache(), options.timeoutSeconds());
    var build = new FluxBuild(kustomize, cache);
    var sources = new SourceFiles(artifact, vendored);
    try (var threads = Executors.newFixedThreadPool(options.parallel())) {
      var trees =
          entries.stream()
              .map(folder -> Entries.at(artifact, folder))
              .map(entry ->
                  new Walk(options, entry, sources, build, given, threads, progress).tree())
              .toList();
      cache.trim();
      return trees;
    }
  }

  /// The binary that renders, such as `kustomize 5.8.1 (/usr/local/bin/kustomize)`.
  ///
  /// @throws io.cooper.problem.ProblemException if there is none or it is too old
  public Kustomize kustomize() {
    return Kustomize.find(options.environment(), options.cache(), options.timeoutSeconds());
  }
}
