package io.cooper.store;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;

/// What a store could not do, as a [Problem] that stands alone: where, what was answered, what to
/// do. Its text holds no credential.
public class StoreException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  /// Wraps a problem that has no Java cause.
  public StoreException(Problem problem) {
    super(problem.toString());
    this.problem = problem;
  }

  /// Wraps a problem and keeps the exception behind it.
  public StoreException(Problem problem, Throwable cause) {
    super(problem.toString(), cause);
    this.problem = problem;
  }

  /// What went wrong.
  public Problem problem() {
    return problem;
  }

  /// Its kind.
  public Code code() {
    return problem.code();
  }
}
