package io.cooper.promql;

/// Ends a parse; never leaves this package.
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int at;
  private final String what;

  Refusal(int at, String what) {
    super(what, null, false, false);
    this.at = at;
    this.what = what;
  }

  int at() {
    return at;
  }

  String what() {
    return what;
  }
}
