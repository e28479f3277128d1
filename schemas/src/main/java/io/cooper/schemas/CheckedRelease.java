package io.cooper.schemas;

import io.cooper.schemas.ReleasesInUse.InUse;
import java.util.Optional;

/// Which release of the catalogue a product is checked against, and why that one.
///
/// @param release of the catalogue
/// @param asked what is in use; empty if nothing says, and then the newest is taken
public record CheckedRelease(Release release, Optional<InUse> asked) {

  static CheckedRelease of(Product product, ReleasesInUse inUse) {
    var asked = inUse.of(product);
    return new CheckedRelease(
        asked
            .map(InUse::release)
            .map(KnownReleases::standingFor)
            .orElseGet(() -> KnownReleases.newest(product)),
        asked);
  }

  /// Whether the release in use is one that the catalogue does not hold, so that another one stands
  /// in for it.
  public boolean isStandIn() {
    return asked.isPresent() && !asked.get().release().isSameMinor(release);
  }
}
