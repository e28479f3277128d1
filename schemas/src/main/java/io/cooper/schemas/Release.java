package io.cooper.schemas;

import org.semver4j.Semver;

/// One release of one product, ordered by semantic versioning: `1.25.0-rc1` comes before `1.25.0`.
///
/// @param product whose release it is
/// @param version by semantic versioning 2.0.0; a missing minor or patch number is 0
public record Release(Product product, Semver version) implements Comparable<Release> {
  /// A release from text such as `1.34`, `v1.30.0` or `1.25.0-rc1`.
  ///
  /// @throws IllegalArgumentException if the text is no version
  public static Release of(Product product, String version) {
    // Coercing forgets what stands behind the numbers, so it is for what is no version otherwise.
    var whole = Semver.parse(version.startsWith("v") ? version.substring(1) : version);
    var parsed = whole == null ? Semver.coerce(version) : whole;
    if (parsed == null) {
      throw new IllegalArgumentException("%s is no version".formatted(version));
    }
    return new Release(product, parsed);
  }

  /// Whether this is the named version of the same product, or a later one.
  public boolean isAtLeast(String other) {
    return compareTo(of(product, other)) >= 0;
  }

  /// Whether this belongs to the minor version of another release of the product, or to a later
  /// one: `1.34.0-rc1` serves what `1.34` serves.
  public boolean isSameOrLaterMinor(Release other) {
    return product == other.product && compareMinor(other) >= 0;
  }

  /// Whether both are patches, or candidates, of one minor version.
  public boolean isSameMinor(Release other) {
    return product == other.product && compareMinor(other) == 0;
  }

  private int compareMinor(Release other) {
    int major = Integer.compare(version.getMajor(), other.version.getMajor());
    return major != 0 ? major : Integer.compare(version.getMinor(), other.version.getMinor());
  }

  /// Such as `1.30`.
  public String minor() {
    return version.getMajor() + "." + version.getMinor();
  }

  /// Whether it is a candidate, a beta or the like.
  public boolean isPreRelease() {
    return !version.getPreRelease().isEmpty();
  }

  @Override
  public int compareTo(Release other) {
    int byProduct = product.compareTo(other.product);
    return byProduct != 0 ? byProduct : version.compareTo(other.version);
  }

  /// Such as `CloudNativePG 1.30.0`.
  @Override
  public String toString() {
    return product.title() + " " + version;
  }
}
