package io.cooper.impact;

import io.cooper.manifest.ObjectId;

/// A consequence that is worth more than a line of a difference.
///
/// @param weight how much it hurts
/// @param object that it happens to
/// @param text what happens, without the name of the object; a sentence without a full stop
public record Effect(Weight weight, ObjectId object, String text) implements Comparable<Effect> {
  /// How much a consequence hurts, the worst first.
  public enum Weight {
    /// Data goes, or may go.
    LOSS,
    /// The API refuses it, and with it everything of its Kustomization.
    REFUSED,
    /// Something is not to be reached for a while.
    DOWNTIME,
    /// Something is replaced step by step.
    RESTART,
    /// Worth knowing.
    NOTE;

    /// `loss`, `refused`, `downtime`, `restart` or `note`.
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  @Override
  public int compareTo(Effect other) {
    int byWeight = weight.compareTo(other.weight);
    int byObject = byWeight == 0 ? object.compareTo(other.object) : byWeight;
    return byObject == 0 ? text.compareTo(other.text) : byObject;
  }
}
