package io.cooper.policy.catalog;

import io.cooper.policy.Policy;
import io.cooper.policy.render.DroppedField;
import io.cooper.policy.render.RemoteResource;
import io.cooper.policy.render.RenderFailed;
import java.util.List;

/// All policies that come with Cooper.
public final class BuiltInPolicies {
  private BuiltInPolicies() {}

  /// The policies in the order of their ids.
  public static List<Policy> all() {
    return List.of(new DroppedField(), new RenderFailed(), new RemoteResource());
  }
}
