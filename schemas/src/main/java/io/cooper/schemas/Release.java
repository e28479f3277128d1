package io.cooper.schemas;

import org.jspecify.annotations.Nullable;
import org.semver4j.Semver;

/// One release of one product, ordered by semantic versioning: `1.25.0-rc1` comes before `1.25.0`.
public final class Release implements Comparable<Release> {
  /// No number of a version has more digits.
  private static final int MAX_DIGITS = 6;

  private final Product product;
  private final int major;
  private final int minor;
  private final int patch;

  /// By semantic versioning 2.0.0, in full.
  private final String text;

  private Release(Product product, int major, int minor, int patch, String text) {
    this.product = product;
    this.major = major;
    this.minor = minor;
    this.patch = patch;
    this.text = text;
  }

  /// A release from text such as `1.34`, `v1.30.0` or `1.25.0-rc1`; a missing number is 0.
  ///
  /// @throws IllegalArgumentException if the text is no version
  public static Release of(Product product, String version) {
    var bare = version.startsWith("v") ? version.substring(1) : version;
    var plain = plain(product, bare);
    if (plain != null) {
      return plain;
    }
    // Coercing forgets what stands behind the numbers, so it is for what is no version otherwise.
    var whole = Semver.parse(bare);
    var parsed = whole == null ? Semver.coerce(version) : whole;
    if (parsed == null) {
      throw new IllegalArgumentException("%s is no version".formatted(version));
    }
    return new Release(
        product, parsed.getMajor(), parsed.getMinor(), parsed.getPatch(), parsed.getVersion());
  }

  /// Three numbers, or two: hundreds of them are read at a start, for which the library would have
  /// to be made ready first.
  private static @Nullable Release plain(Product product, String text) {
    var numbers = new int[3];
    int count = 0;
    int digits = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean leadingZero = digits == 1 && numbers[count] == 0;
      if (c >= '0' && c <= '9' && digits < MAX_DIGITS && !leadingZero) {
        numbers[count] = numbers[count] * 10 + c - '0';
        digits++;
      } else if (c == '.' && digits > 0 && count < 2) {
        count++;
        digits = 0;
      } else {
        return null;
      }
    }
    return digits == 0 || count == 0
        ? null
        : new Release(
            product,
            numbers[0],
            numbers[1],
            numbers[2],
            numbers[0] + "." + numbers[1] + "." + numbers[2]);
  }

  /// Whose release it is.
  public Product product() {
    return product;
  }

  /// The version, such as `1.30.0`, as the library for versions has it.
  public Semver version() {
    return new Semver(text);
  }

  /// The version in full, such as `1.30.0` or `1.25.0-rc1`.
  public String number() {
    return text;
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
    int byMajor = Integer.compare(major, other.major);
    return byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
  }

  /// Such as `1.30`.
  public String minor() {
    return major + "." + minor;
  }

  /// Whether it is a candidate, a beta or the like.
  public boolean isPreRelease() {
    return !isPlain() && !version().getPreRelease().isEmpty();
  }

  private boolean isPlain() {
    return text.indexOf('-') < 0 && text.indexOf('+') < 0;
  }

  @Override
  public int compareTo(Release other) {
    int byProduct = product.compareTo(other.product);
    if (byProduct != 0) {
      return byProduct;
    }
    if (!isPlain() || !other.isPlain()) {
      return version().compareTo(other.version());
    }
    int byMinor = compareMinor(other);
    return byMinor != 0 ? byMinor : Integer.compare(patch, other.patch);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Release release
        && product == release.product
        && text.equals(release.text);
  }

  @Override
  public int hashCode() {
    return 31 * product.key().hashCode() + text.hashCode();
  }

  /// Such as `CloudNativePG 1.30.0`.
  @Override
  public String toString() {
    return product.title() + " " + text;
  }
}
