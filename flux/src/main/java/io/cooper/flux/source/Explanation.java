package io.cooper.flux.source;

import io.cooper.flux.ignore.IgnoreRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Why a path does or does not reach the cluster.
///
/// @param path relative to the root
/// @param onDisk whether it is there
/// @param tracked whether Git has it
/// @param fate what becomes of it
/// @param gitRule the last rule of git that matches, which may re-include it; also for tracked
///   paths, about which git itself says nothing
/// @param fluxRule the same for Flux
public record Explanation(
    String path,
    boolean onDisk,
    boolean tracked,
    Fate fate,
    Optional<IgnoreRule> gitRule,
    Optional<IgnoreRule> fluxRule) {

  /// The explanation as lines of text, the verdict first.
  public List<String> lines() {
    var lines = new ArrayList<String>();
    lines.add("%s: %s".formatted(path, fate.sentence()));
    lines.add("  on disk:   " + (onDisk ? "yes" : "no"));
    lines.add("  in Git:    " + (tracked ? "yes" : "no"));
    lines.add("  git rule:  " + shown(gitRule));
    lines.add("  Flux rule: " + shown(fluxRule));
    lines.add("  artifact:  " + (fate.arrives() ? "yes" : "no"));
    return lines;
  }

  private static String shown(Optional<IgnoreRule> rule) {
    return rule.map(found -> found + (found.negated() ? " (re-includes it)" : "")).orElse("none");
  }
}
