package io.cooper.problem;

/// One error, complete in itself: it is read at night, often only as text, by someone who did not
/// write the code.
///
/// @param code what kind of error it is; decides the exit status
/// @param where a file and line, an object or a command; never empty
/// @param what what was found, with both values where two were compared
/// @param remedy one thing to do about it
public record Problem(Code code, String where, String what, String remedy) {

  /// The error as an exception, for callers that cannot go on.
  public ProblemException asException() {
    return new ProblemException(this);
  }

  @Override
  public String toString() {
    return "%s %s: %s%n  try: %s".formatted(code, where, what, remedy);
  }
}
