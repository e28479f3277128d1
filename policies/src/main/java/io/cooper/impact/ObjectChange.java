package io.cooper.impact;

import io.cooper.flux.api.NamespacedName;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.ObjectId;
import java.util.List;

/// What becomes of one object.
public sealed interface ObjectChange {
  /// Group, kind, namespace and name.
  ObjectId id();

  /// The Kustomization that applies it after the change, or did before.
  NamespacedName owner();

  /// It comes.
  record Added(Manifest object, NamespacedName owner) implements ObjectChange {
    @Override
    public ObjectId id() {
      return object.id();
    }
  }

  /// It stays and changes, or gets another owner.
  ///
  /// @param before as it was rendered
  /// @param after as it is rendered now
  /// @param formerOwner the same as the owner where it stays with it
  /// @param fields that differ; none where only the owner does
  record Changed(
      Manifest before,
      Manifest after,
      NamespacedName formerOwner,
      NamespacedName owner,
      List<FieldChange> fields)
      implements ObjectChange {
    public Changed {
      fields = List.copyOf(fields);
    }

    @Override
    public ObjectId id() {
      return after.id();
    }

    /// Whether another Kustomization takes it over.
    public boolean moves() {
      return !formerOwner.equals(owner);
    }

    /// Whether any of these fields, or one below them, differs.
    public boolean touches(String... paths) {
      return fields.stream().anyMatch(field -> List.of(paths).stream().anyMatch(field::isWithin));
    }
  }

  /// It is no longer rendered.
  record Removed(Manifest object, NamespacedName owner, Fate fate) implements ObjectChange {
    @Override
    public ObjectId id() {
      return object.id();
    }
  }

  /// What the cluster does with an object that is no longer rendered.
  ///
  /// @param deleted whether it is deleted
  /// @param reason such as `prune: false`
  record Fate(boolean deleted, String reason) {}
}
