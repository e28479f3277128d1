package io.cooper.problem;

/// The kinds of error, one row each: the exit status of the command line and whether the same call
/// may succeed later.
///
/// Exit statuses are those of `cooper --help`: 2 is wrong use or unreadable input, 3 a needed tool
/// or server that is missing or failed, 4 something that the archive does not have, 1 a judgement.
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
  RENDER_FAILED(1, false),
  /// PostgreSQL cannot be reached, or answers with an error.
  POSTGRES(3, true),
  /// The store answered that there is no such object.
  NO_SUCH_OBJECT(4, false),
  /// There is an object of this key already, which must not be replaced.
  OBJECT_EXISTS(3, false),
  /// The bucket or container does not exist.
  NO_SUCH_BUCKET(3, false),
  /// The store does not know who asks: key, token or signature are wrong or expired.
  STORE_CREDENTIALS(3, false),
  /// The store knows who asks, and does not allow it.
  STORE_DENIED(3, false),
  /// The store refuses the request itself, whoever asks.
  STORE_REFUSED(3, false),
  /// The store answers that the bucket is in another region.
  STORE_REGION(3, false),
  /// The store answers that this machine's clock is wrong.
  STORE_CLOCK(3, false),
  /// The store, or what stands before it, has a certificate that is not trusted here.
  STORE_TLS(3, false),
  /// The store cannot be reached, or the connection broke: name, port, network.
  STORE_UNREACHABLE(3, true),
  /// The store answers that it cannot serve now.
  STORE_BUSY(3, true),
  /// What came back is not what was stored: wrong size, wrong checksum, cannot be decompressed.
  OBJECT_DAMAGED(1, false),
  /// What was restored does not hold what it should.
  CHECK_FAILED(1, false),
  /// What was measured is more than what is allowed.
  OBJECTIVE_MISSED(1, false),
  /// The archive has another segment under this name; it is never replaced.
  WAL_CONFLICT(1, false),
  /// The archive belongs to another cluster than the one that wants to write into it.
  FOREIGN_ARCHIVE(1, false),
  /// A folder cannot be written: full, read-only, not allowed.
  DISK(3, true);

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
