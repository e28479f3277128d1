package io.cooper.policy;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.edit.YamlChange;
import java.util.List;

/// A repair as a policy can tell it: in values of rendered objects. The [Checker] finds the text
/// that has to change and makes a [Fix] of it, or says [ByHand] why that is not safe.
///
/// @param summary what it does, in one line
/// @param changes all of them or none
public record Proposal(String summary, List<Change> changes) implements Repair {
  /// A change of one object.
  ///
  /// @param manifest as it was rendered
  /// @param change whose path leads through the rendered values
  public record Change(Manifest manifest, YamlChange change) {}

  public Proposal {
    changes = List.copyOf(changes);
  }
}
