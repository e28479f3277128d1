package io.cooper.flux.graph;

import io.cooper.flux.api.NamespacedName;
import io.cooper.manifest.Place;
import java.util.List;
import java.util.stream.Collectors;

/// Objects that wait for each other in a ring, so that none of them ever goes on.
///
/// @param kind `Kustomization` or `HelmRelease`
/// @param steps in the order of waiting; the last one waits for the first. One step is an object
///   that waits for itself
public record Cycle(String kind, List<Step> steps) {
  /// One object of the ring and what makes it wait for the next.
  ///
  /// @param id the object
  /// @param reason a verb phrase that the next object's name completes, such as `depends on`
  /// @param place of what makes it wait
  public record Step(NamespacedName id, String reason, Place place) {}

  public Cycle {
    steps = List.copyOf(steps);
  }

  /// The members, each once.
  public List<NamespacedName> members() {
    return steps.stream().map(Step::id).toList();
  }

  /// `a → b → a`.
  public String path() {
    return steps.stream().map(step -> step.id().toString()).collect(Collectors.joining(" → "))
        + " → "
        + steps.getFirst().id();
  }

  /// `a depends on b, which depends on a`.
  public String story() {
    var story = new StringBuilder(steps.getFirst().id().toString());
    for (int i = 0; i < steps.size(); i++) {
      story
          .append(i == 0 ? " " : ", which ")
          .append(steps.get(i).reason())
          .append(' ')
          .append(steps.get((i + 1) % steps.size()).id());
    }
    return story.toString();
  }
}
