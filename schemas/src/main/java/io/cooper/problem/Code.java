package io.cooper.problem;

/// The kinds of error, one row each: the exit status of the command line and whether the same call
/// may succeed later.
///
/// Exit statuses are those of `cooper --help`: 2 is wrong use or unreadable input, 3 a needed tool
/// or server that is missing or failed.
public enum Code {
  /// The call itself is wrong: an option, an argument, a combination of both.
  BAD_USE(2, false),
  /// A file or object cannot be read as what it should be.
  BAD_INPUT(2, false),
  /// A limit that protects against hostile or accidental size was reached.
  TOO_LARGE(2, false),
  /// A program that is needed is not installed or too old.
  TOOL_MISSING(3, false),
  /// A program that is needed ran and failed for reasons of its own.
  TOOL_FAILED(3, true),
  /// What Flux would refuse to build: the repository is at fault, not the tool.
  RENDER_FAILED(1, false);

  private final int exitStatus;
  private final boolean worthRetrying;

  Code(int exitStatus, boolean worthRetrying) {
    this.exitStatus = exitStatus;
    this.worthRetrying = worthRetrying;
  }

  /// The exit status of a command that ends with this error.
  public int exitStatus() {
    return exitStatus;
  }

  /// Whether the same call may succeed later without any change of input.
  public boolean worthRetrying() {
    return worthRetrying;
  }
}
