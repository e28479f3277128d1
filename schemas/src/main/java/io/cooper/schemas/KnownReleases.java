package io.cooper.schemas;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The releases that the catalogue holds, one patch of each minor version.
public final class KnownReleases {
  private static final Map<Product, List<Release>> BY_PRODUCT = read();

  private KnownReleases() {}

  private static Map<Product, List<Release>> read() {
    var known = new EnumMap<Product, List<Release>>(Product.class);
    var rows = Table.read("catalogue/releases.tsv");
    for (var product : Product.values()) {
      known.put(
          product,
          rows.stream()
              .filter(row -> row.cell(0).equals(product.key()))
              .map(row -> Release.of(product, row.cell(1)))
              .sorted(Comparator.naturalOrder())
              .toList());
    }
    return known;
  }

  /// The releases of a product, oldest first; never none.
  public static List<Release> of(Product product) {
    return BY_PRODUCT.getOrDefault(product, List.of());
  }

  /// The newest release of a product.
  public static Release newest(Product product) {
    return of(product).getLast();
  }

  /// The release that is known of a wanted one's minor version; if there is none, the next newer
  /// one, since that knows at least as many fields; if there is none either, the newest.
  public static Release standingFor(Release wanted) {
    return Stream.concat(
            of(wanted.product()).stream().filter(known -> known.isSameMinor(wanted)),
            of(wanted.product()).stream().filter(known -> known.isSameOrLaterMinor(wanted)))
        .findFirst()
        .orElseGet(() -> newest(wanted.product()));
  }

  /// Where the schemas of a release come from: Go modules with their versions.
  public static List<String> origins(Release release) {
    return Table.read("catalogue/releases.tsv").stream()
        .filter(row -> row.cell(0).equals(release.product().key()))
        .filter(row -> Release.of(release.product(), row.cell(1)).equals(release))
        .flatMap(row -> Stream.of(row.cell(2).split(" ")))
        .toList();
  }
}
