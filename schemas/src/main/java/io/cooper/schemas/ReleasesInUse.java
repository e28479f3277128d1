package io.cooper.schemas;

import io.cooper.manifest.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which releases a repository deploys, or is said to run on.
///
/// @param byProduct all that was found for a product, in the order of trust: what was asked for on
///   the command line or in the settings, else what the manifests deploy
public record ReleasesInUse(Map<Product, List<InUse>> byProduct) {
  /// Nothing is known.
  public static final ReleasesInUse NONE = new ReleasesInUse(Map.of());

  /// A release and where that was read.
  ///
  /// @param release such as CloudNativePG 1.30.0
  /// @param source what says so, for messages: `image ghcr.io/…:1.30.0 of Deployment …`,
  ///   `--cluster-versions`
  /// @param place of the value; empty if it was given on the command line
  public record InUse(Release release, String source, Optional<Place> place) {}

  public ReleasesInUse {
    byProduct = Map.copyOf(byProduct);
  }

  /// The release that counts for a product; empty if nothing says which.
  public Optional<InUse> of(Product product) {
    return byProduct.getOrDefault(product, List.of()).stream().findFirst();
  }
}
