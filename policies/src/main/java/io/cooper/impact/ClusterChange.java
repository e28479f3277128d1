package io.cooper.impact;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Node;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.flux.render.RenderedRelease;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.ObjectId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What a change does to one cluster.
///
/// Compared is what Flux would apply before and after. A Kustomization that cannot be rendered
/// applies nothing, and so removes nothing either; it is named, and its objects are left out.
///
/// @param entry folder of the entry, such as `clusters/example`
/// @param objects that come, change or go; by owner, then by name
/// @param runs Kustomizations with something to apply, in the order in which they run
/// @param effects the worst first
/// @param unrendered Kustomizations that Flux refuses after the change
/// @param kustomizations how many there are: each commit makes all of them run
public record ClusterChange(
    String entry,
    List<ObjectChange> objects,
    List<Run> runs,
    List<Effect> effects,
    List<NamespacedName> unrendered,
    int kustomizations) {
  private static final Comparator<ObjectChange> ORDER =
      Comparator.comparing(ObjectChange::owner).thenComparing(ObjectChange::id);

  public ClusterChange {
    objects = List.copyOf(objects);
    runs = List.copyOf(runs);
    effects = List.copyOf(effects);
    unrendered = List.copyOf(unrendered);
  }

  /// Whether nothing at all is different.
  public boolean isEmpty() {
    return objects.isEmpty() && unrendered.isEmpty();
  }

  /// An object and its Kustomization.
  ///
  /// @param release of the chart that installs it; empty for what the Kustomization applies itself
  private record Owned(
      Manifest object, RenderedKustomization owner, Optional<RenderedRelease> release) {}

  /// Compares two states of a cluster. A cluster that is new has an empty tree before, one that
  /// goes an empty tree after.
  public static ClusterChange between(RenderedTree before, RenderedTree after) {
    var old = objects(before);
    var fresh = objects(after);
    var changes = new ArrayList<ObjectChange>();
    var removals = new Removals(before, after);
    fresh.forEach((id, now) -> {
      var then = old.get(id);
      if (then == null) {
        if (isKnown(before, after, now)) {
          changes.add(new ObjectChange.Added(now.object(), now.owner().id()));
        }
      } else {
        var fields = FieldDiff.of(then.object(), now.object());
        if (!fields.isEmpty() || !then.owner().id().equals(now.owner().id())) {
          changes.add(
              new ObjectChange.Changed(
                  then.object(), now.object(), then.owner().id(), now.owner().id(), fields));
        }
      }
    });
    old.forEach((id, then) -> {
      if (!fresh.containsKey(id) && isKnown(after, before, then)) {
        changes.add(
            new ObjectChange.Removed(then.object(), then.owner().id(), fate(then, removals)));
      }
    });
    changes.sort(ORDER);
    var graph = DependencyGraph.of(after);
    return new ClusterChange(
        after.entry(),
        changes,
        runs(changes, graph),
        effects(changes, before, after),
        after.kustomizations().stream()
            .filter(each -> each.state() == State.FAILED)
            .map(RenderedKustomization::id)
            .toList(),
        after.kustomizations().size());
  }

  private static Map<ObjectId, Owned> objects(RenderedTree tree) {
    var objects = new LinkedHashMap<ObjectId, Owned>();
    for (var owner : tree.kustomizations()) {
      owner
          .objects()
          .forEach(object ->
              objects.putIfAbsent(object.id(), new Owned(object, owner, Optional.empty())));
    }
    for (var release : tree.releases()) {
      release
          .owner()
          .flatMap(tree::find)
          .ifPresent(owner ->
              release
                  .objects()
                  .forEach(object ->
                      objects.putIfAbsent(
                          object.id(), new Owned(object, owner, Optional.of(release)))));
    }
    return objects;
  }

  /// Helm deletes what a chart no longer makes, unless the object is marked or is a CRD of `crds/`.
  private static ObjectChange.Fate fate(Owned gone, Removals removals) {
    if (gone.release().isEmpty()) {
      return removals.fate(gone.object(), gone.owner());
    }
    if (gone.object().mark("helm.sh/resource-policy").filter("keep"::equals).isPresent()) {
      return new ObjectChange.Fate(false, "it is marked helm.sh/resource-policy: keep");
    }
    if (gone.object().is("apiextensions.k8s.io", "CustomResourceDefinition")
        && gone.object().place().file().contains("/crds/")) {
      return new ObjectChange.Fate(false, "Helm never deletes what lies in crds/");
    }
    return new ObjectChange.Fate(true, "deleted by Helm");
  }

  /// Whether a tree would have an object if it had it: its Kustomization is rendered there, and so
  /// is its chart, unless the release itself is not there.
  private static boolean isKnown(RenderedTree tree, RenderedTree other, Owned object) {
    return isKnown(tree, other, object.owner().id())
        && object
            .release()
            .flatMap(release -> tree.release(release.id()))
            .filter(release -> release.state() != RenderedRelease.State.RENDERED)
            .isEmpty();
  }

  /// Whether all that a Kustomization applies in one state is known. Of one that is not there it is
  /// nothing, unless what would render it is broken: then it is as it was.
  ///
  /// @param other the other state, which knows where the Kustomization comes from
  private static boolean isKnown(RenderedTree tree, RenderedTree other, NamespacedName owner) {
    var seen = new HashSet<NamespacedName>();
    Optional<NamespacedName> next = Optional.of(owner);
    while (next.isPresent() && seen.add(next.get())) {
      var here = tree.find(next.get());
      if (here.isPresent()) {
        return here.get().state() == State.RENDERED;
      }
      next = next.flatMap(other::find).flatMap(RenderedKustomization::parent);
    }
    return true;
  }

  private static List<Run> runs(List<ObjectChange> changes, DependencyGraph graph) {
    var runs = new ArrayList<Run>();
    for (var node : graph.nodes()) {
      var own = changes.stream().filter(change -> change.owner().equals(node.id())).toList();
      if (!own.isEmpty()) {
        runs.add(
            new Run(
                node.id(),
                node.wave(),
                count(ObjectChange.Added.class, own),
                count(ObjectChange.Changed.class, own),
                count(ObjectChange.Removed.class, own),
                node.gate().looks(),
                behind(node, graph)));
      }
    }
    runs.sort(Comparator.comparingInt(Run::wave).thenComparing(Run::id));
    return runs;
  }

  private static int count(Class<? extends ObjectChange> kind, List<ObjectChange> changes) {
    return (int) changes.stream().filter(kind::isInstance).count();
  }

  private static List<NamespacedName> behind(Node node, DependencyGraph graph) {
    Set<NamespacedName> found = new LinkedHashSet<>();
    var next = new ArrayList<>(graph.dependents(node.id()));
    while (!next.isEmpty()) {
      var id = next.removeLast();
      if (!id.equals(node.id()) && found.add(id)) {
        next.addAll(graph.dependents(id));
      }
    }
    return found.stream().sorted().toList();
  }

  private static List<Effect> effects(
      List<ObjectChange> changes, RenderedTree before, RenderedTree after) {
    return Stream.of(
            Removals.effects(changes),
            new ImmutableFields(after).effects(changes),
            Workloads.effects(changes),
            new Databases(before, after).effects(changes),
            LostFields.effects(changes),
            unknown(before, after),
            stranded(changes, after))
        .flatMap(each -> each)
        .distinct()
        .sorted()
        .toList();
  }

  /// What a Kustomization had applied before it broke is not to be seen in the files.
  private static Stream<Effect> unknown(RenderedTree before, RenderedTree after) {
    return after.kustomizations().stream()
        .filter(each -> each.state() == State.RENDERED)
        .filter(each -> !isKnown(before, after, each.id()))
        .map(each ->
            new Effect(
                Effect.Weight.NOTE,
                each.kustomization().manifest().id(),
                "could not be rendered before, so what changes with it is not known"));
  }

  /// Kustomizations that depend on one that goes.
  private static Stream<Effect> stranded(List<ObjectChange> changes, RenderedTree after) {
    return changes.stream()
        .filter(ObjectChange.Removed.class::isInstance)
        .map(ObjectChange::id)
        .filter(id -> id.group().equals(Kustomization.GROUP) && id.kind().equals("Kustomization"))
        .flatMap(gone -> {
          var name = new NamespacedName(gone.namespace(), gone.name());
          return after.kustomizations().stream()
              .map(RenderedKustomization::kustomization)
              .filter(each -> each.dependsOn().stream().anyMatch(entry -> entry.id().equals(name)))
              .map(each ->
                  new Effect(
                      Effect.Weight.DOWNTIME,
                      each.manifest().id(),
                      "waits for ever for %s, which it depends on and which goes: nothing of it is updated"
                          .formatted(name)));
        });
  }

  /// What deleting a Kustomization does, with all that it renders; and what it would lack if it
  /// were made anew by hand.
  ///
  /// @return empty if the cluster does not have it
  public static Optional<ClusterChange> withoutKustomization(RenderedTree tree, NamespacedName id) {
    var gone = new HashSet<NamespacedName>();
    gone.add(id);
    // Breadth first: parents come before their children.
    tree.kustomizations().stream()
        .filter(each -> each.parent().filter(gone::contains).isPresent())
        .forEach(each -> gone.add(each.id()));
    return tree.find(id)
        .map(each -> {
          var rest =
              new RenderedTree(
                  tree.entry(),
                  tree.artifact(),
                  tree.kustomizations().stream()
                      .filter(other -> !gone.contains(other.id()))
                      .map(other -> without(other, gone))
                      .toList());
          var change = between(tree, rest);
          return new ClusterChange(
              change.entry(),
              change.objects(),
              change.runs(),
              Stream.concat(
                      change.effects().stream(),
                      Stream.of(LostFields.madeAnew(each.kustomization())))
                  .sorted()
                  .toList(),
              change.unrendered(),
              change.kustomizations());
        });
  }

  private static RenderedKustomization without(
      RenderedKustomization owner, Set<NamespacedName> gone) {
    return new RenderedKustomization(
        owner.kustomization(),
        owner.parent(),
        owner.state(),
        owner.objects().stream()
            .filter(object ->
                !Kustomization.isOne(object) || !gone.contains(new Kustomization(object).id()))
            .toList(),
        owner.problems(),
        owner.generated(),
        owner.filesRead());
  }
}
