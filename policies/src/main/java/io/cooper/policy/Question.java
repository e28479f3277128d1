package io.cooper.policy;

import java.util.function.Function;

/// What several policies want to know of a repository and what is dear to find out: kept as a
/// constant, and asked by [Repository#answer], it is found out once for each repository.
///
/// @param <T> the answer, which must not be changed afterwards
public final class Question<T> {
  private final Function<Repository, T> finder;

  /// @param finder looks at the repository alone, and asks no question that leads back here
  public Question(Function<Repository, T> finder) {
    this.finder = finder;
  }

  T askedOf(Repository repository) {
    return finder.apply(repository);
  }
}
