package io.cooper.schemas;

import io.cooper.manifest.Place;
import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

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

  /// This, and for what it does not know the other.
  public ReleasesInUse orElse(ReleasesInUse other) {
    var both = new EnumMap<Product, List<InUse>>(Product.class);
    for (var product : Product.values()) {
      var all =
          Stream.of(this, other)
              .flatMap(uses -> uses.byProduct.getOrDefault(product, List.of()).stream())
              .toList();
      if (!all.isEmpty()) {
        both.put(product, all);
      }
    }
    return new ReleasesInUse(both);
  }

  /// Releases that somebody named.
  ///
  /// @param versions by the key of their product, as in `kubernetes: 1.34`
  /// @param source that names them, for messages
  /// @param place of the value of a key; empty if it stands in no file
  /// @throws io.cooper.problem.ProblemException if a key is no product, with the nearest one, or a
  ///   text is no version
  public static ReleasesInUse given(
      Map<String, String> versions, String source, Function<String, Optional<Place>> place) {
    var uses = new EnumMap<Product, List<InUse>>(Product.class);
    versions.forEach((key, version) -> {
      var where = place.apply(key).map(Place::toString).orElse(source);
      var release = given(where, key, version);
      uses.put(release.product(), List.of(new InUse(release, source, place.apply(key))));
    });
    return new ReleasesInUse(uses);
  }

  private static Release given(String where, String key, String version) {
    var keys = Stream.of(Product.values()).map(Product::key).toList();
    var product =
        Product.of(key)
            .orElseThrow(() ->
                new Problem(
                        Code.BAD_INPUT,
                        where,
                        "%s is no product%s".formatted(key, Nearest.hint(key, keys)),
                        "use one of " + String.join(", ", keys))
                    .asException());
    return ShippedReleases.ofTag(product, version)
        .orElseThrow(() ->
            new Problem(
                    Code.BAD_INPUT,
                    where,
                    "%s of %s is no version".formatted(version, key),
                    "write it as %s: %s or %s"
                        .formatted(
                            key,
                            KnownReleases.newest(product).minor(),
                            KnownReleases.newest(product).number()))
                .asException());
  }
}
