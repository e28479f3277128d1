package io.cooper.policy.ignore;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.ignore.IgnoreRule;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.source.Fate;
import io.cooper.flux.source.Kustomizations.Listing;
import io.cooper.flux.source.SourceTree;
import io.cooper.manifest.Place;
import io.cooper.policy.Edit;
import io.cooper.policy.Finding;
import io.cooper.policy.Fix;
import io.cooper.policy.Question;
import io.cooper.policy.Repository;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A path that a Kustomization needs or would take, and that does not reach it.
///
/// @param path relative to the root of the repository
/// @param listing the entry that names it; empty where Flux would find it by itself
/// @param owners the Kustomizations that go without it
/// @param fate what becomes of it
record Loss(String path, Optional<Place> listing, Set<NamespacedName> owners, Fate fate) {
  private static final int NAMED_OBJECTS = 3;

  private static final Question<List<Loss>> LISTED = new Question<>(Loss::listed);

  /// Paths that are listed, or are `spec.path`, and are not in the artifact.
  static List<Loss> ofListed(Repository repository) {
    return repository.answer(LISTED);
  }

  private static List<Loss> listed(Repository repository) {
    var source = repository.source();
    var losses = new LinkedHashMap<String, Loss>();
    forEachOwn(
        repository,
        owner -> {
          var path = owner.kustomization().path();
          for (var listing : source.kustomizations().needs(path).listings()) {
            add(losses, source, listing, owner.id());
          }
          if (!path.isEmpty() && !holdsTracked(source, path)) {
            var place = owner.kustomization().manifest().placeAt("spec", "path");
            add(losses, source, new Listing(path, place, "spec.path"), owner.id());
          }
          for (var problem : owner.problems()) {
            if (problem.kind() == RenderProblem.Kind.FILE_MISSING) {
              problem
                  .subject()
                  .map(subject -> new Listing(subject, problem.place(), ""))
                  .ifPresent(listing -> add(losses, source, listing, owner.id()));
            }
          }
        });
    return List.copyOf(losses.values());
  }

  /// Files that Flux would take up by itself, because it writes the kustomization file of their
  /// folder, if only they were in the artifact.
  ///
  /// @param candidates paths below a folder
  static Collection<Loss> ofGenerated(Repository repository, Candidates candidates) {
    var source = repository.source();
    var losses = new LinkedHashMap<String, Loss>();
    forEachOwn(
        repository,
        owner -> {
          var needs = source.kustomizations().needs(owner.kustomization().path());
          for (var folder : needs.generatedFrom()) {
            candidates
                .below(folder)
                .filter(SourceTree::isYaml)
                .filter(path -> !source.artifact().contains(path))
                .filter(path -> isTaken(source, folder, path))
                .forEach(path -> add(losses, source, path, Optional.empty(), owner.id()));
          }
        });
    return losses.values();
  }

  /// The rules that keep something back which a Kustomization needs, would take, or has only
  /// because it was added by force. What these rules do is said elsewhere; what they could do is
  /// then no news.
  static Set<IgnoreRule> blamed(Repository repository) {
    var source = repository.source();
    var blamed = new HashSet<>(TrackedButIgnored.manifestsByRule(source).keySet());
    Stream.concat(ofListed(repository).stream(), ofGenerated(repository, hiddenIn(source)).stream())
        .forEach(loss -> loss.fate().rule().ifPresent(blamed::add));
    SilentDrop.hiddenInCharts(repository).forEach(hidden -> blamed.add(hidden.file().rule()));
    return blamed;
  }

  /// Looks for files on disk that a rule keeps out of Git.
  static Candidates hiddenIn(SourceTree source) {
    return folder ->
        source.hiddenBelow(folder, SourceTree::isYaml).stream().map(SourceTree.HiddenFile::path);
  }

  /// Where to look for files that are not there.
  @FunctionalInterface
  interface Candidates {
    Stream<String> below(String folder);
  }

  private static void forEachOwn(Repository repository, Consumer<RenderedKustomization> action) {
    repository.trees().stream()
        .flatMap(tree -> tree.kustomizations().stream())
        .filter(each -> each.state() != RenderedKustomization.State.EXTERNAL)
        .forEach(action);
  }

  private static void add(
      Map<String, Loss> losses, SourceTree source, Listing listing, NamespacedName owner) {
    if (!source.artifact().contains(listing.path())
        && !source.artifact().isFolder(listing.path())) {
      add(losses, source, listing.path(), Optional.of(listing.place()), owner);
    }
  }

  private static void add(
      Map<String, Loss> losses,
      SourceTree source,
      String path,
      Optional<Place> place,
      NamespacedName owner) {
    var key = path + place.map(at -> "\0" + at.file() + ":" + at.line()).orElse("");
    losses
        .computeIfAbsent(key, _ -> new Loss(path, place, new TreeSet<>(), source.fate(path)))
        .owners()
        .add(owner);
  }

  /// A folder of which Git has something is there for Flux, even if every file in it is left out.
  private static boolean holdsTracked(SourceTree source, String folder) {
    var first = source.tracked().ceiling(folder + "/");
    return first != null && first.startsWith(folder + "/");
  }

  /// Whether the generator would come by: it does not enter folders that have a kustomization file.
  private static boolean isTaken(SourceTree source, String folder, String path) {
    for (var at = parent(path); !at.equals(folder) && !at.isEmpty(); at = parent(at)) {
      if (source.kustomizations().fileIn(at).isPresent()) {
        return false;
      }
    }
    return true;
  }

  static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  /// `Kustomization flux-system/apps`, or several of them.
  String ownersText() {
    var names = owners.stream().map(NamespacedName::toString).collect(Collectors.joining(", "));
    return (owners.size() == 1 ? "Kustomization " : "Kustomizations ") + names;
  }

  /// The objects that go missing, such as `ObjectStore/db/backup`; empty if they are not known.
  Optional<String> objectsText(SourceTree source) {
    var objects = source.objectsOnDisk(path);
    if (objects.isEmpty()) {
      return Optional.empty();
    }
    var names = new ArrayList<String>();
    objects.stream().limit(NAMED_OBJECTS).forEach(object -> names.add(object.id().toString()));
    if (objects.size() > NAMED_OBJECTS) {
      names.add("%d more".formatted(objects.size() - NAMED_OBJECTS));
    }
    return Optional.of(String.join(", ", names));
  }

  /// A finding with everything that is known about this loss.
  Finding finding(SourceTree source, Place place, String message) {
    var finding = Finding.at(place, message).in(owners.iterator().next());
    var objects = source.objectsOnDisk(path);
    return objects.isEmpty() ? finding : finding.of(objects.getFirst());
  }

  /// The rule's line, if the rule stands in a file of the repository; otherwise the file's start.
  static Place placeOf(IgnoreRule rule, String path) {
    return rule.source().isShared() ? new Place(rule.file(), rule.line(), 1) : Place.startOf(path);
  }

  /// The narrower lines for a rule of a `.gitignore`, as a repair.
  static Optional<Fix> narrower(SourceTree source, IgnoreRule rule) {
    if (rule.source() != IgnoreRule.Source.GITIGNORE) {
      return Optional.empty();
    }
    var lines = source.narrowing(rule).lines();
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Fix(
                "replace %s by %s".formatted(rule.pattern(), String.join(", ", lines)),
                List.of(
                    new Edit(rule.file(), rule.line(), rule.pattern(), String.join("\n", lines)))));
  }

  /// What to do about a rule that hides this path.
  String remedy(SourceTree source, IgnoreRule rule) {
    return narrower(source, rule)
        .map(fix -> "%s in %s, then git add %s".formatted(fix.summary(), rule.file(), path))
        .orElse("git add --force %s, and narrow %s".formatted(path, rule));
  }
}
