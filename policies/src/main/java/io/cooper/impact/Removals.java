package io.cooper.impact;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.ObjectId;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What becomes of objects that are no longer rendered, or that another Kustomization takes over
/// (facts/flux.md 6.3, 6.6).
final class Removals {
  private static final String SWITCH = Kustomization.GROUP + "/";

  /// Kinds whose end is the end of what they hold.
  private static final Set<String> HOLD_DATA =
      Set.of(
          "/PersistentVolumeClaim",
          "/PersistentVolume",
          "/Namespace",
          "apiextensions.k8s.io/CustomResourceDefinition",
          "postgresql.cnpg.io/Cluster",
          "postgresql.cnpg.io/Database");

  private final RenderedTree before;
  private final RenderedTree after;

  Removals(RenderedTree before, RenderedTree after) {
    this.before = before;
    this.after = after;
  }

  /// Whether Flux deletes an object that an owner no longer renders, and why.
  ///
  /// @param owner as it was
  ObjectChange.Fate fate(Manifest object, RenderedKustomization owner) {
    return fate(object, owner, new HashSet<>());
  }

  private ObjectChange.Fate fate(
      Manifest object, RenderedKustomization owner, Set<NamespacedName> seen) {
    var kept = keptBy(object);
    if (kept.isPresent()) {
      return new ObjectChange.Fate(false, kept.get());
    }
    var now = after.find(owner.id());
    if (now.isPresent()) {
      var flux = now.get().kustomization();
      return flux.suspended()
          ? new ObjectChange.Fate(false, "%s is suspended".formatted(owner.id()))
          : flux.prunes()
              ? new ObjectChange.Fate(true, "pruned")
              : new ObjectChange.Fate(false, "%s has prune: false".formatted(owner.id()));
    }
    return withItsOwner(owner, seen);
  }

  /// What a Kustomization does on its way out decides its finalizer, if it goes at all.
  private ObjectChange.Fate withItsOwner(RenderedKustomization owner, Set<NamespacedName> seen) {
    var parent = owner.parent().flatMap(before::find);
    if (parent.isPresent() && seen.add(owner.id())) {
      var own = fate(owner.kustomization().manifest(), parent.get(), seen);
      if (!own.deleted()) {
        return new ObjectChange.Fate(
            false, "Kustomization %s stays: %s".formatted(owner.id(), own.reason()));
      }
    }
    var flux = owner.kustomization();
    var policy = flux.manifest().text("spec", "deletionPolicy").orElse("MirrorPrune");
    boolean deletes =
        switch (policy) {
          case "Orphan" -> false;
          case "Delete", "WaitForTermination" -> true;
          default -> flux.prunes();
        };
    if (flux.suspended()) {
      return new ObjectChange.Fate(false, "%s was suspended".formatted(owner.id()));
    }
    return new ObjectChange.Fate(
        deletes,
        deletes
            ? "deleted with its Kustomization"
            : policy.equals("Orphan")
                ? "%s had deletionPolicy: Orphan".formatted(owner.id())
                : "%s had prune: false".formatted(owner.id()));
  }

  /// The marks that the object in the cluster carries.
  private static Optional<String> keptBy(Manifest object) {
    return Stream.of(
            mark(object, "prune", "disabled"),
            mark(object, "reconcile", "disabled"),
            mark(object, "ssa", "ignore"))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> mark(Manifest object, String name, String value) {
    return object
        .mark(SWITCH + name)
        .filter(each -> each.toLowerCase(Locale.ROOT).equals(value))
        .map(each -> "it is marked %s: %s".formatted(name, each));
  }

  static Stream<Effect> effects(List<ObjectChange> changes) {
    return changes.stream()
        .flatMap(change ->
            switch (change) {
              case ObjectChange.Removed removed -> effect(removed).stream();
              case ObjectChange.Changed changed when changed.moves() -> Stream.of(moved(changed));
              case ObjectChange.Changed _, ObjectChange.Added _ -> Stream.of();
            });
  }

  private static Optional<Effect> effect(ObjectChange.Removed removed) {
    var id = removed.id();
    if (!removed.fate().deleted()) {
      return Optional.of(
          new Effect(
              Effect.Weight.NOTE,
              id,
              "stays in the cluster without anybody who manages it, because %s"
                  .formatted(removed.fate().reason())));
    }
    return holdsData(id)
        ? Optional.of(new Effect(Effect.Weight.LOSS, id, removed.fate().reason() + ", " + lost(id)))
        : Optional.empty();
  }

  static boolean holdsData(ObjectId id) {
    return HOLD_DATA.contains(id.group() + "/" + id.kind());
  }

  private static String lost(ObjectId id) {
    return switch (id.kind()) {
      case "Namespace" -> "with everything in it";
      case "CustomResourceDefinition" -> "and with it every object of that kind";
      case "Cluster" -> "with its Pods, volumes and all data in them";
      default -> "with the data that it holds, unless its reclaim policy keeps it";
    };
  }

  private static Effect moved(ObjectChange.Changed changed) {
    boolean data = holdsData(changed.id());
    return new Effect(
        data ? Effect.Weight.LOSS : Effect.Weight.NOTE,
        changed.id(),
        "moves from %s to %s; if the old one prunes before the new one has applied, it is deleted and made anew%s"
            .formatted(
                changed.formerOwner(),
                changed.owner(),
                data ? ", without its data: mark it prune: disabled one commit earlier" : ""));
  }
}
