package io.cooper.policy;

import io.cooper.manifest.Manifest;
import java.util.stream.Stream;

/// A policy that needs to see one object only.
public non-sealed interface ManifestPolicy extends Policy {
  /// What is wrong with a rendered object.
  Stream<Finding> check(Manifest manifest);
}
