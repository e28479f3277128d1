package io.cooper.policy;

import java.util.List;

/// A repair that can be made without asking.
///
/// @param summary what it does, in one line
/// @param edits all of them or none
public record Fix(String summary, List<Edit> edits) implements Repair {
  public Fix {
    edits = List.copyOf(edits);
  }
}
