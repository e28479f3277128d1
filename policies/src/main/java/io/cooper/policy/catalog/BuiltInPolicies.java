package io.cooper.policy.catalog;

import io.cooper.policy.Policy;
import io.cooper.policy.ignore.BroadPattern;
import io.cooper.policy.ignore.HiddenManifest;
import io.cooper.policy.ignore.SilentDrop;
import io.cooper.policy.ignore.SourceExcluded;
import io.cooper.policy.ignore.TrackedButIgnored;
import io.cooper.policy.ignore.UnexplainedPattern;
import io.cooper.policy.ignore.UntrackedManifest;
import java.util.List;

/// All policies that come with Cooper.
public final class BuiltInPolicies {
  private BuiltInPolicies() {}

  /// The policies in the order of their ids.
  public static List<Policy> all() {
    return List.of(
        new BroadPattern(),
        new HiddenManifest(),
        new SilentDrop(),
        new SourceExcluded(),
        new TrackedButIgnored(),
        new UntrackedManifest());
  }

  /// Policies that run only when they are asked for by name.
  public static List<Policy> optional() {
    return List.of(new UnexplainedPattern());
  }
}
