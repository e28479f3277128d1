package io.cooper.policy;

/// A finding together with its rule, as reports print it.
///
/// @param about the rule
/// @param severity after settings were applied
/// @param finding the finding
public record Verdict(About about, Severity severity, Finding finding) {
  /// What to do: the finding's own remedy, or the rule's.
  public String remedy() {
    return finding.remedy().orElse(about.remedy());
  }
}
