package io.cooper.policy;

import java.util.Locale;

/// How bad a finding is. The order is from harmless to bad.
public enum Severity {
  /// Worth knowing; never fails a check.
  NOTICE,
  /// A risk, or something that works by luck.
  WARNING,
  /// Something will break, be lost, or not happen.
  ERROR;

  /// `error`, `warning` or `notice`.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
