package io.cooper.problem;

/// Carries a [Problem] to the edge that turns it into an exit status or a condition.
public final class ProblemException extends RuntimeException {
  private final transient Problem problem;

  /// Wraps a problem that has no Java cause.
  public ProblemException(Problem problem) {
    super(problem.toString());
    this.problem = problem;
  }

  /// Wraps a problem and keeps the exception behind it.
  public ProblemException(Problem problem, Throwable cause) {
    super(problem.toString(), cause);
    this.problem = problem;
  }

  /// What went wrong.
  public Problem problem() {
    return problem;
  }
}
