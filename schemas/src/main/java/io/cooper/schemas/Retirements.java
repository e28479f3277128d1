package io.cooper.schemas;

import io.cooper.schemas.Retirement.Replacement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The ends of versions: what the types of Kubernetes say of themselves, what is written down, and
/// what the releases of the catalogue show.
final class Retirements {
  private static final Map<String, Retirement> TOLD = told();

  private Retirements() {}

  private static Map<String, Retirement> told() {
    var told = new HashMap<String, Retirement>();
    for (var row : Table.read("catalogue/lifecycle.tsv")) {
      add(told, Product.KUBERNETES, row.cells());
    }
    for (var row : Table.read("retirements.tsv")) {
      var product = Product.of(row.cell(0)).orElseThrow();
      add(told, product, row.cells().subList(1, row.cells().size()));
    }
    return told;
  }

  /// @param cells apiVersion, kind, deprecated in, removed in, the apiVersion instead, its kind
  private static void add(Map<String, Retirement> told, Product product, List<String> cells) {
    told.put(
        cells.get(0) + " " + cells.get(1),
        new Retirement(
            cells.get(0),
            cells.get(1),
            release(product, cells.get(2)),
            release(product, cells.get(3)),
            text(cells.get(4)).map(apiVersion -> new Replacement(apiVersion, instead(cells)))));
  }

  /// The kind that took over, where it has another name.
  private static String instead(List<String> cells) {
    return cells.size() > 5 && !cells.get(5).isEmpty() ? cells.get(5) : cells.get(1);
  }

  private static Optional<Release> release(Product product, String version) {
    return text(version).map(given -> Release.of(product, given));
  }

  private static Optional<String> text(String cell) {
    return Optional.of(cell).filter(text -> !text.isEmpty());
  }

  static Optional<Retirement> of(String apiVersion, String kind) {
    return Optional.ofNullable(TOLD.get(apiVersion + " " + kind)).or(() -> shown(apiVersion, kind));
  }

  /// What a release of the catalogue serves and a later one does not.
  private static Optional<Retirement> shown(String apiVersion, String kind) {
    int slash = apiVersion.indexOf('/');
    var group = slash < 0 ? "" : apiVersion.substring(0, slash);
    return Stream.of(Product.values())
        .filter(product -> Groups.mayServe(product, group))
        .flatMap(product -> shown(product, apiVersion, kind).stream())
        .findFirst();
  }

  /// Most kinds are served by the newest release, and then no other need be read.
  private static Optional<Retirement> shown(Product product, String apiVersion, String kind) {
    if (ReleaseIndex.of(KnownReleases.newest(product)).find(apiVersion, kind).isPresent()) {
      return Optional.empty();
    }
    var serving =
        KnownReleases.of(product).stream()
            .filter(release -> ReleaseIndex.of(release).find(apiVersion, kind).isPresent())
            .toList();
    if (serving.isEmpty()) {
      return Optional.empty();
    }
    var later =
        KnownReleases.of(product).stream()
            .filter(release -> release.compareTo(serving.getLast()) > 0)
            .findFirst();
    var instead =
        later.flatMap(release ->
            ReleaseIndex.of(release)
                .kinds()
                .filter(served -> served.kind().equals(kind))
                .filter(served -> sameGroup(served.apiVersion(), apiVersion))
                .map(served -> new Replacement(served.apiVersion(), kind))
                .findFirst());
    // The patch that is known stands for its minor version.
    var removedIn = later.map(release -> Release.of(product, release.minor()));
    return Optional.of(new Retirement(apiVersion, kind, Optional.empty(), removedIn, instead));
  }

  private static boolean sameGroup(String one, String other) {
    return one.substring(0, one.indexOf('/') + 1)
        .equals(other.substring(0, other.indexOf('/') + 1));
  }

  /// What an API server of that release would warn about, in its own words.
  static Optional<String> warning(Release release, String apiVersion, String kind) {
    return Optional.ofNullable(TOLD.get(apiVersion + " " + kind))
        .filter(retirement -> retirement.isDeprecatedIn(release))
        .map(Retirements::warning);
  }

  private static String warning(Retirement retirement) {
    var text = new StringBuilder(retirement.apiVersion()).append(' ').append(retirement.kind());
    retirement
        .deprecatedIn()
        .ifPresent(release -> text.append(" is deprecated in v%s+".formatted(release.minor())));
    retirement
        .removedIn()
        .ifPresent(release -> text.append(", unavailable in v%s+".formatted(release.minor())));
    retirement.replacement().ifPresent(instead -> text.append("; use %s".formatted(instead)));
    return text.toString();
  }
}
