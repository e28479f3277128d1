package io.cooper.policy.report;

import io.cooper.policy.Accepted;
import io.cooper.policy.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a change did to the findings. They are matched by [Fingerprint], so a finding that moved to
/// another line is the same finding.
///
/// @param base the revision that was compared with, such as `main@sha1:…`
/// @param existing those of the new state that the base had too
/// @param repaired those of the base that are gone, as the base had them, sorted by place. What was
///   accepted instead is not among them
/// @param changedFiles paths that differ between both states
public record Comparison(
    String base, Set<Verdict> existing, List<Verdict> repaired, Set<String> changedFiles) {
  public Comparison {
    existing = Set.copyOf(existing);
    repaired = List.copyOf(repaired);
    changedFiles = Set.copyOf(changedFiles);
  }

  /// Compares two judgements.
  ///
  /// @param base the revision of the old one
  /// @param before its verdicts
  /// @param after the verdicts of the new one
  /// @param accepted in the new one
  /// @param changedFiles paths that differ between both states
  public static Comparison of(
      String base,
      List<Verdict> before,
      List<Verdict> after,
      List<Accepted> accepted,
      Set<String> changedFiles) {
    var old = new HashMap<Fingerprint, Verdict>();
    Fingerprint.of(before).forEach((verdict, print) -> old.put(print, verdict));
    var existing = new HashSet<Verdict>();
    Fingerprint.of(after)
        .forEach((verdict, print) -> {
          if (old.remove(print) != null) {
            existing.add(verdict);
          }
        });
    Fingerprint.of(accepted.stream().map(Accepted::verdict).toList())
        .forEach((_, print) -> old.remove(print));
    var repaired = new ArrayList<>(before);
    repaired.retainAll(new HashSet<>(old.values()));
    return new Comparison(base, existing, repaired, changedFiles);
  }
}
