package io.cooper.schemas;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Which release an image or a chart ships, where that is certain. The tables `images.tsv` and
/// `charts.tsv` lie beside this class.
public final class ShippedReleases {
  /// `1.30.0`, `v1.30.0-rc1`, and what distributions put behind it: `1.30.0-ubi9`.
  private static final Pattern TAG =
      Pattern.compile("(v?\\d+\\.\\d+(?:\\.\\d+)?(?:-(?:alpha|beta|rc)[.\\d-]*)?)(?:[-_+].*)?");

  private static final Pattern EXACT =
      Pattern.compile("v?\\d+\\.\\d+\\.\\d+(?:[-+][0-9A-Za-z.+-]+)?");

  private static final List<Table.Row> IMAGES = Table.read("images.tsv");
  private static final List<Table.Row> CHARTS = Table.read("charts.tsv");

  private ShippedReleases() {}

  /// The release that an image ships; empty for other images, and for tags such as `main`.
  ///
  /// @param image with its tag, with or without registry and digest
  public static Optional<Release> ofImage(String image) {
    int digest = image.indexOf('@');
    var tagged = digest < 0 ? image : image.substring(0, digest);
    int colon = tagged.lastIndexOf(':');
    if (colon < tagged.lastIndexOf('/')) {
      return Optional.empty();
    }
    var name = "/" + tagged.substring(0, Math.max(colon, 0));
    return productOf(name).flatMap(product -> ofTag(product, tagged.substring(colon + 1)));
  }

  private static Optional<Product> productOf(String image) {
    return IMAGES.stream()
        .filter(row -> image.endsWith("/" + row.cell(1)))
        .flatMap(row -> Product.of(row.cell(0)).stream())
        .findFirst();
  }

  /// The release that the tag of a product's own image names; empty for tags such as `main`.
  public static Optional<Release> ofTag(Product product, String tag) {
    var matcher = TAG.matcher(tag);
    return matcher.matches()
        ? Optional.of(Release.of(product, matcher.group(1)))
        : Optional.empty();
  }

  /// The product that a chart installs, whatever version it has.
  ///
  /// @param chart its name, without address
  public static Optional<Product> productOfChart(String chart) {
    return rowsOf(chart).flatMap(row -> Product.of(row.cell(0)).stream()).findFirst();
  }

  /// The release that one version of a chart installs unless its values say otherwise; empty for a
  /// range of versions, and for versions that nobody wrote down.
  public static Optional<Release> ofChart(String chart, String version) {
    if (!EXACT.matcher(version).matches()) {
      return Optional.empty();
    }
    var bare = version.startsWith("v") ? version.substring(1) : version;
    return rowsOf(chart)
        .filter(row -> row.cell(2).equals(bare) || row.cell(2).equals("*"))
        .flatMap(row ->
            Product.of(row.cell(0)).stream()
                .map(product ->
                    Release.of(product, row.cell(3).equals("same") ? bare : row.cell(3))))
        .findFirst();
  }

  private static Stream<Table.Row> rowsOf(String chart) {
    return CHARTS.stream().filter(row -> row.cell(1).equals(chart));
  }
}
