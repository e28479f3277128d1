package io.cooper.policy.catalog;

import io.cooper.policy.Policy;
import java.util.List;

/// All policies that come with Cooper.
public final class BuiltInPolicies {
  private BuiltInPolicies() {}

  /// The policies in the order of their ids.
  public static List<Policy> all() {
    return List.of();
  }
}
