package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.Kustomization.SourceRef;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Place;
import io.cooper.manifest.YamlReader;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.problem.Nearest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Finds Kustomizations and HelmReleases whose source is defined nowhere.
public final class SourceMissing implements RepositoryPolicy {
  /// More sources than this missing for one reason are one finding.
  private static final int HABIT = 3;

  private static final String SOURCES = "source.toolkit.fluxcd.io";

  @Override
  public About about() {
    return new About(
        "flux/source-missing",
        ERROR,
        "The source of every Kustomization and HelmRelease is defined.",
        """
        A Kustomization whose source does not exist stays at `ArtifactFailed`: nothing of it is
        applied, and nothing is pruned. A HelmRelease without its chart's source is never installed.
        A source is found by kind, name and namespace together, and without a namespace it is
        looked for in the object's own.
        """,
        "Correct the reference, or add the source.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.trees().stream()
        .flatMap(tree ->
            Stream.concat(
                tree.kustomizations().stream().flatMap(SourceMissing::ofKustomization),
                ofCharts(tree)));
  }

  private static Stream<Finding> ofKustomization(RenderedKustomization each) {
    var manifest = each.kustomization().manifest();
    return Repository.problemsOf(
            each, problem -> problem.kind() == RenderProblem.Kind.SOURCE_MISSING)
        .map(found ->
            Finding.about(manifest, found.message(), "spec", "sourceRef", "name")
                .in(each.id())
                .withRemedy(found.remedy().orElse("")));
  }

  private record Source(String kind, NamespacedName id) {
    @Override
    public String toString() {
      return kind + " " + id;
    }
  }

  private record User(HelmRelease release, NamespacedName owner) {}

  /// One finding for every source that is missing; or one for all that lie in files which nothing
  /// applies, since that is one cause.
  private static Stream<Finding> ofCharts(RenderedTree tree) {
    var sources = tree.objects(SOURCES).toList();
    var users = new LinkedHashMap<Source, List<User>>();
    for (var each : tree.kustomizations()) {
      each.objects().stream()
          .filter(HelmRelease::isOne)
          .map(HelmRelease::new)
          .forEach(release ->
              release
                  .source()
                  .filter(source -> !source.kind().equals("HelmChart"))
                  .filter(source -> sources.stream().noneMatch(it -> isMeant(source, it, true)))
                  .ifPresent(source ->
                      users
                          .computeIfAbsent(
                              new Source(source.kind(), source.id()), _ -> new ArrayList<>())
                          .add(new User(release, each.id()))));
    }
    if (users.isEmpty()) {
      return Stream.empty();
    }
    var severity = isComplete(tree) ? ERROR : WARNING;
    var idle = new LinkedHashMap<Source, Manifest>();
    if (users.size() > HABIT) {
      idle.putAll(notApplied(tree, users.keySet()));
    }
    return Stream.concat(
            idle.size() > HABIT ? Stream.of(idle(idle, users, tree)) : Stream.empty(),
            users.entrySet().stream()
                .filter(each -> idle.size() <= HABIT || !idle.containsKey(each.getKey()))
                .map(each -> missing(each.getKey(), each.getValue(), sources)))
        .map(finding -> finding.withSeverity(severity));
  }

  /// Sources that are written in files which no Kustomization of the tree reads.
  private static Map<Source, Manifest> notApplied(RenderedTree tree, Set<Source> wanted) {
    var read = new HashSet<String>();
    tree.kustomizations().forEach(each -> read.addAll(each.filesRead()));
    var names = wanted.stream().map(it -> it.kind() + "/" + it.id().name()).toList();
    var found = new LinkedHashMap<String, Manifest>();
    tree.artifact().files().stream()
        .filter(file -> file.endsWith(".yaml") || file.endsWith(".yml"))
        .filter(file -> !read.contains(file))
        .flatMap(file -> YamlReader.ofSources().read(file, tree.artifact().read(file)).manifests())
        .filter(object -> object.group().equals(SOURCES))
        .filter(object -> names.contains(object.kind() + "/" + object.name()))
        .forEach(object -> found.putIfAbsent(object.kind() + "/" + object.name(), object));
    var sources = new LinkedHashMap<Source, Manifest>();
    for (var source : wanted) {
      var file = found.get(source.kind() + "/" + source.id().name());
      if (file != null) {
        sources.put(source, file);
      }
    }
    return sources;
  }

  private static Finding idle(
      Map<Source, Manifest> idle, Map<Source, List<User>> users, RenderedTree tree) {
    var first = idle.entrySet().iterator().next();
    var user = users.getOrDefault(first.getKey(), List.of()).getFirst();
    int releases =
        idle.keySet().stream().mapToInt(it -> users.getOrDefault(it, List.of()).size()).sum();
    return Finding.at(
            place(user.release()),
            "%d HelmReleases take their charts from %d sources that nothing in %s applies: %s"
                .formatted(
                    releases,
                    idle.size(),
                    tree.entry(),
                    Words.list(
                        idle.entrySet().stream()
                            .map(it ->
                                "%s (%s)".formatted(it.getKey(), it.getValue().place().file())))))
        .of(user.release().manifest())
        .in(user.owner())
        .withRemedy(
            "apply these files by a Kustomization, or name with --entry the folder that applies"
                + " them");
  }

  private static Finding missing(Source source, List<User> users, List<Manifest> sources) {
    var first = users.getFirst().release();
    var wanted = first.source().orElseThrow();
    var otherKind = sources.stream().filter(it -> isMeant(wanted, it, false)).findFirst();
    var message =
        users.size() == 1
            ? "HelmRelease %s takes its chart from %s, which nothing defines"
                .formatted(first, source)
            : "%d HelmReleases take their charts from %s, which nothing defines: %s"
                .formatted(users.size(), source, Words.list(users.stream().map(User::release)));
    return Finding.at(place(first), message)
        .of(first.manifest())
        .in(users.getFirst().owner())
        .withRemedy(remedy(wanted, otherKind, sources));
  }

  private static boolean isMeant(SourceRef wanted, Manifest source, boolean sameKind) {
    return source.kind().equals(wanted.kind()) == sameKind
        && source.name().equals(wanted.id().name())
        && source.namespace().equals(wanted.id().namespace());
  }

  private static Place place(HelmRelease release) {
    return release.manifest().find("spec", "chartRef").isPresent()
        ? release.manifest().placeAt("spec", "chartRef", "name")
        : release.manifest().placeAt("spec", "chart", "spec", "sourceRef", "name");
  }

  private static String remedy(
      SourceRef wanted, Optional<Manifest> otherKind, List<Manifest> sources) {
    if (otherKind.isPresent()) {
      var kind = otherKind.get().kind();
      return kind.equals("OCIRepository")
          ? "there is an OCIRepository of this name: refer to it by `chartRef`"
          : "there is a %s of this name: write `kind: %s`".formatted(kind, kind);
    }
    var sameKind = sources.stream().filter(it -> it.kind().equals(wanted.kind())).toList();
    var elsewhere =
        sameKind.stream().filter(it -> it.name().equals(wanted.id().name())).findFirst();
    return elsewhere
        .map(it -> "it exists in namespace %s: write it beside the name".formatted(it.namespace()))
        .or(() ->
            Nearest.to(
                    wanted.id().name(),
                    sameKind.stream()
                        .filter(it -> it.namespace().equals(wanted.id().namespace()))
                        .map(Manifest::name)
                        .toList())
                .map("did you mean %s?"::formatted))
        .orElse("add it, or correct the reference");
  }

  /// Whether all that the cluster would get has been looked at.
  private static boolean isComplete(RenderedTree tree) {
    return tree.kustomizations().stream()
        .allMatch(each ->
            each.state() == RenderedKustomization.State.RENDERED
                && each.problems().stream()
                    .noneMatch(it -> it.kind() == RenderProblem.Kind.REMOTE_RESOURCE));
  }
}
