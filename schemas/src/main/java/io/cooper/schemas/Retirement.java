package io.cooper.schemas;

import java.util.Optional;

/// When a version of a kind stopped being served, or will.
///
/// @param apiVersion such as `policy/v1beta1`
/// @param kind such as `PodDisruptionBudget`
/// @param deprecatedIn the first release that warns; empty if that is not known
/// @param removedIn the first release that does not serve it; empty if no release is known to do so
/// @param replacement what to write instead; empty if there is none
public record Retirement(
    String apiVersion,
    String kind,
    Optional<Release> deprecatedIn,
    Optional<Release> removedIn,
    Optional<Replacement> replacement) {
  /// A kind in the version that took over; mostly of the same name.
  public record Replacement(String apiVersion, String kind) {
    /// Such as `policy/v1 PodDisruptionBudget`.
    @Override
    public String toString() {
      return apiVersion + " " + kind;
    }
  }

  /// Whether a release does not serve it any more.
  public boolean isGoneIn(Release release) {
    return removedIn.filter(release::isSameOrLaterMinor).isPresent();
  }

  /// Whether a release still serves it, with a warning.
  public boolean isDeprecatedIn(Release release) {
    return !isGoneIn(release) && deprecatedIn.filter(release::isSameOrLaterMinor).isPresent();
  }
}
