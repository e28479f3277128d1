package io.cooper.schemas;

import java.net.URI;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What releases say, overruled by what the repository says itself: its CRDs, then what was
/// imported from its cluster.
public final class LayeredCatalogue implements Catalogue {
  private final BuiltInCatalogue releases;
  private final List<Definitions> layers;
  private final Map<URI, JsonNode> schemas = new ConcurrentHashMap<>();

  private LayeredCatalogue(BuiltInCatalogue releases, List<Definitions> layers) {
    this.releases = releases;
    this.layers = List.copyOf(layers);
  }

  /// @param releases for all that nobody else speaks of
  /// @param layers the first that speaks of a kind counts
  public static LayeredCatalogue of(BuiltInCatalogue releases, List<Definitions> layers) {
    return new LayeredCatalogue(releases, layers);
  }

  static URI address(String origin, String definition) {
    return URI.create(
        "%s:/%s/%s".formatted(BuiltInCatalogue.SCHEME, origin, definition.replace(' ', '_')));
  }

  /// Which release of each product is looked up, in the order of products.
  public Stream<CheckedRelease> releases() {
    return releases.releases();
  }

  /// Definitions of the repository that cannot be used.
  public Stream<Definitions.Unusable> unusable() {
    return layers.stream().flatMap(layer -> layer.unusable().stream());
  }

  @Override
  public Optional<KindSchema> find(String apiVersion, String kind) {
    for (var layer : layers) {
      if (layer.speaksOf(apiVersion, kind)) {
        return layer.find(apiVersion, kind);
      }
    }
    return releases.find(apiVersion, kind);
  }

  @Override
  public Optional<Retirement> retirement(String apiVersion, String kind) {
    return releases.retirement(apiVersion, kind);
  }

  @Override
  public Stream<KindSchema> kinds() {
    var all = new HashMap<String, KindSchema>();
    Stream.concat(layers.stream().flatMap(Definitions::kinds), releases.kinds())
        .filter(kind -> find(kind.apiVersion(), kind.kind()).filter(kind::equals).isPresent())
        .forEach(kind -> all.putIfAbsent(kind.apiVersion() + " " + kind.kind(), kind));
    return all.values().stream()
        .sorted(Comparator.comparing(KindSchema::apiVersion).thenComparing(KindSchema::kind));
  }

  @Override
  public JsonNode schema(URI definition) {
    return schemas.computeIfAbsent(definition, this::read);
  }

  private JsonNode read(URI definition) {
    return layers.stream()
        .flatMap(layer -> layer.schema(definition).stream())
        .findFirst()
        .orElseGet(() -> releases.schema(ofRelease(definition)));
  }

  /// A definition beside those of a layer that the layer does not have: ObjectMeta.
  private URI ofRelease(URI definition) {
    var path = definition.isOpaque() ? "" : Optional.ofNullable(definition.getPath()).orElse("");
    var steps = path.split("/");
    return steps.length == 3 && BuiltInCatalogue.SCHEME.equals(definition.getScheme())
        ? releases.address(Product.KUBERNETES, steps[2])
        : definition;
  }
}
