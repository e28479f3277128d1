package io.cooper.policy.report;

import java.io.PrintWriter;

/// One form in which people or programs read what a check found.
public interface Report {
  /// Prints everything that this form has to say, and flushes.
  void print(CheckReport report, PrintWriter out);
}
