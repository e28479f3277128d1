package io.cooper.policy;

import java.util.stream.Stream;

/// A policy that needs to see more than one object: files, order, references.
public non-sealed interface RepositoryPolicy extends Policy {
  /// What is wrong with the repository.
  Stream<Finding> check(Repository repository);
}
