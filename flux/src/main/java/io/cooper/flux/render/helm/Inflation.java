package io.cooper.flux.render.helm;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.Kustomization.SourceRef;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.remote.VendoredFiles;
import io.cooper.flux.render.ChartReference;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedRelease;
import io.cooper.flux.render.RenderedRelease.State;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.render.helm.ChartRequest.ValuesFile;
import io.cooper.flux.render.kustomize.BuildCache;
import io.cooper.flux.render.kustomize.Kustomize;
import io.cooper.flux.render.kustomize.SourceFiles;
import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Place;
import io.cooper.problem.ProblemException;
import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.CustomResources;
import io.cooper.schemas.Product;
import io.cooper.schemas.ReleasesInUse;
import io.cooper.schemas.ReleasesInUse.InUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Renders the charts that a tree installs, as far as they lie in the repository. Fetches nothing;
/// a chart on the network stays unknown.
///
/// Without a helm binary all that needs none is still checked: that the chart and its values are
/// there.
public final class Inflation {
  private final RenderOptions options;
  private final BuildCache cache;
  private final Optional<Helm> helm;
  private final Supplier<ReleasesInUse> releases;
  private @Nullable BuiltInCatalogue catalogue;

  /// @param options in which environment helm is looked for, where runs are cached, how many may go
  ///   on at a time and how long one may take
  /// @param releases of which that of Kubernetes is what charts are told; asked for once, and only
  ///   if there is a chart to render
  /// @throws ProblemException if a helm is named or found that cannot be used
  public Inflation(RenderOptions options, Supplier<ReleasesInUse> releases) {
    this.options = options;
    this.cache = options.useCache() ? BuildCache.in(options.cache()) : BuildCache.none();
    this.helm = Helm.find(options.environment(), options.cache(), options.timeoutSeconds());
    this.releases = releases;
  }

  private synchronized BuiltInCatalogue catalogue() {
    var known = catalogue;
    if (known == null) {
      known = BuiltInCatalogue.of(releases.get());
      catalogue = known;
    }
    return known;
  }

  /// As helm wants it: `v1.36.3`.
  private static String kubernetes(BuiltInCatalogue catalogue) {
    var checked = catalogue.checked(Product.KUBERNETES);
    return "v" + checked.asked().map(InUse::release).orElse(checked.release()).version();
  }

  /// Whether any of these trees installs a chart.
  public static boolean concerns(List<RenderedTree> trees) {
    return trees.stream()
        .anyMatch(tree -> tree.objects(HelmRelease.GROUP, HelmRelease.KIND).findAny().isPresent());
  }

  /// The binary, if there is one.
  public Optional<Helm> helm() {
    return helm;
  }

  /// The tree with what its HelmReleases install.
  public RenderedTree of(RenderedTree tree) {
    var own = new OwnSources(tree, options.remotes());
    var objects = new ReleaseValues.Objects(tree);
    var sources = new SourceFiles(tree.artifact(), VendoredFiles.none());
    return tree.with(
        releases(
            tree,
            sources,
            tree.kustomizations().stream()
                .flatMap(owner -> requests(owner, own, objects))
                .toList()));
  }

  /// What a repository without Flux objects installs into one cluster: charts with the values that
  /// lie in the folder of the cluster.
  public RenderedTree of(Artifact artifact, ChartLayout.Cluster cluster) {
    var sources = new SourceFiles(artifact, VendoredFiles.none());
    var tree = new RenderedTree(cluster.folder(), artifact, List.of());
    return tree.with(
        releases(
            tree,
            sources,
            cluster.charts().stream()
                .map(chart -> new Asked.Local(cluster.request(chart, sources)))
                .map(Asked.class::cast)
                .toList()));
  }

  /// What charts make of their own values, beside the copies that they keep. A chart that cannot be
  /// rendered, and a copy that is rendered itself, is left out.
  public List<ChartReference> references(Artifact artifact, List<ChartReferences.Copy> copies) {
    var sources = new SourceFiles(artifact, VendoredFiles.none());
    var found = new ArrayList<ChartReference>();
    for (var copy : copies) {
      var made =
          releases(
              new RenderedTree(copy.chart(), artifact, List.of()),
              sources,
              List.of(new Asked.Local(reference(copy))));
      var release = made.getFirst();
      boolean rendered =
          release.objects().stream()
              .anyMatch(object -> object.root().place().file().equals(copy.file()));
      if (release.state() == State.RENDERED && !rendered) {
        found.add(new ChartReference(copy.chart(), copy.file(), copy.objects(), release.objects()));
      }
    }
    return found;
  }

  private static ChartRequest reference(ChartReferences.Copy copy) {
    var name = copy.chart().substring(copy.chart().lastIndexOf('/') + 1);
    return new ChartRequest(
        new NamespacedName(copy.namespace(), name),
        Optional.empty(),
        Optional.empty(),
        "chart " + copy.chart(),
        name,
        copy.namespace(),
        copy.chart(),
        Place.startOf(copy.file()),
        List.of(),
        false,
        ReleaseValues.none(),
        true,
        true);
  }

  /// A release, before and after a look at where its chart is.
  private sealed interface Asked {
    /// The chart is in the repository.
    record Local(ChartRequest request) implements Asked {}

    /// There is nothing to render.
    record Known(RenderedRelease release) implements Asked {}
  }

  private List<RenderedRelease> releases(
      RenderedTree tree, SourceFiles sources, List<? extends Asked> asked) {
    var local = asked.stream().anyMatch(Asked.Local.class::isInstance);
    if (!local) {
      return asked.stream().map(each -> ((Asked.Known) each).release()).toList();
    }
    var kinds = catalogue();
    var setting =
        new ChartRun.Setting(helm, this::kustomize, cache, sources, kubernetes(kinds), apis(tree));
    var scopes = new Scopes(kinds, tree.objects());
    var releases = new ArrayList<RenderedRelease>();
    try (var threads = Executors.newFixedThreadPool(options.parallel())) {
      var running = new ArrayList<Future<RenderedRelease>>();
      for (var each : asked) {
        running.add(
            threads.submit(() ->
                switch (each) {
                  case Asked.Known(var release) -> release;
                  case Asked.Local(var request) -> new ChartRun(setting, request).result();
                }));
      }
      running.forEach(each -> releases.add(outcome(each)));
    }
    cache.trim();
    // A CRD of one chart may be the kind of an object of another one.
    releases.forEach(each -> scopes.add(each.objects().stream()));
    var namespaces =
        asked.stream()
            .map(each -> each instanceof Asked.Local(var request) ? request.namespace() : "")
            .toList();
    var placed = new ArrayList<RenderedRelease>();
    for (int i = 0; i < releases.size(); i++) {
      placed.add(namespaced(releases.get(i), namespaces.get(i), scopes));
    }
    return placed;
  }

  private static RenderedRelease namespaced(
      RenderedRelease release, String namespace, Scopes scopes) {
    return new RenderedRelease(
        release.id(),
        release.release(),
        release.owner(),
        release.chart(),
        release.title(),
        release.state(),
        release.objects().stream()
            .map(object -> Manifest.rendered(scopes.in(namespace, object.root()), object::written))
            .toList(),
        release.problems(),
        release.filesRead());
  }

  private static RenderedRelease outcome(Future<RenderedRelease> running) {
    try {
      return running.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while rendering charts", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ProblemException problem) {
        throw problem;
      }
      throw new IllegalStateException("rendering charts broke off", e.getCause());
    }
  }

  private Kustomize kustomize() {
    return Kustomize.find(options.environment(), options.cache(), options.timeoutSeconds());
  }

  /// What a chart may ask for with `.Capabilities.APIVersions.Has`: the kinds of the CRDs that the
  /// tree applies itself.
  private static List<String> apis(RenderedTree tree) {
    return tree.objects()
        .filter(CustomResources::isOne)
        .flatMap(Inflation::apis)
        .distinct()
        .sorted()
        .toList();
  }

  private static Stream<String> apis(Manifest crd) {
    var group = crd.text("spec", "group").orElse("");
    var kind = crd.text("spec", "names", "kind").orElse("");
    return crd.root()
        .mappings("spec", "versions")
        .filter(version -> version.flag("served").orElse(false))
        .flatMap(version -> version.text("name").stream())
        .flatMap(version ->
            Stream.of(
                "%s/%s".formatted(group, version), "%s/%s/%s".formatted(group, version, kind)));
  }

  private static Stream<Asked> requests(
      RenderedKustomization owner, OwnSources own, ReleaseValues.Objects objects) {
    return owner.objects().stream()
        .filter(HelmRelease::isOne)
        .map(HelmRelease::new)
        .map(release -> asked(release, owner.id(), own, objects));
  }

  private static Asked asked(
      HelmRelease release, NamespacedName owner, OwnSources own, ReleaseValues.Objects objects) {
    var manifest = release.manifest();
    if (manifest.find("spec", "kubeConfig").isPresent()) {
      return known(release, owner, State.ELSEWHERE);
    }
    // A chartRef may lead to a HelmChart of the tree, which says the same as spec.chart.
    var reference = release.source();
    var helmChart = reference.filter(ref -> ref.kind().equals("HelmChart")).flatMap(own::find);
    var template = helmChart.orElse(manifest);
    var prefix =
        helmChart.isPresent() ? new String[] {"spec"} : new String[] {"spec", "chart", "spec"};
    Optional<SourceRef> source =
        helmChart.isPresent() ? OwnSources.sourceOf(helmChart.get()) : reference;
    var chart = template.text(with(prefix, "chart"));
    if (chart.isEmpty() || source.filter(own::isOwn).isEmpty()) {
      return known(release, owner, State.REMOTE);
    }
    return new Asked.Local(
        new ChartRequest(
            release.id(),
            Optional.of(release),
            Optional.of(owner),
            title(release),
            release.releaseName(),
            release.targetNamespace(),
            clamped(chart.get()),
            template.placeAt(with(prefix, "chart")),
            valuesFiles(template, prefix),
            template.root().flag(with(prefix, "ignoreMissingValuesFiles")).orElse(false),
            objects.of(release),
            release.appliesCrds(),
            !manifest.root().flag("spec", "install", "disableSchemaValidation").orElse(false)));
  }

  private static List<ValuesFile> valuesFiles(Manifest template, String... prefix) {
    return template
        .root()
        .items(with(prefix, "valuesFiles"))
        .flatMap(item ->
            item.text().map(path -> new ValuesFile(clamped(path), template.placeOf(item))).stream())
        .toList();
  }

  private static String[] with(String[] prefix, String last) {
    return Stream.concat(Stream.of(prefix), Stream.of(last)).toArray(String[]::new);
  }

  private static Asked known(HelmRelease release, NamespacedName owner, State state) {
    return new Asked.Known(
        new RenderedRelease(
            release.id(),
            Optional.of(release),
            Optional.of(owner),
            release.chart().or(() -> release.source().map(ref -> ref.id().name())).orElse(""),
            title(release),
            state,
            List.of(),
            List.of(),
            Set.of()));
  }

  private static String title(HelmRelease release) {
    return "HelmRelease " + release;
  }

  /// A path as Flux joins it to the root of a source: `..` cannot leave it.
  private static String clamped(String path) {
    var steps = new ArrayList<String>();
    for (var step : path.split("/", -1)) {
      if (step.equals("..")) {
        if (!steps.isEmpty()) {
          steps.removeLast();
        }
      } else if (!step.isEmpty() && !step.equals(".")) {
        steps.add(step);
      }
    }
    return String.join("/", steps);
  }
}
