package io.cooper.schemas;

import java.net.URI;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What Cooper itself knows of kinds: for every product the schemas of one release.
///
/// Addresses are `catalogue:/PRODUCT/RELEASE/DEFINITION`. A definition that its release lacks, such
/// as ObjectMeta beside a custom resource, is that of the Kubernetes release. Nothing is read
/// before it is asked for: of a product of which no kind is looked up, not even the index.
public final class BuiltInCatalogue implements Catalogue {
  static final String SCHEME = "catalogue";

  private final Map<Product, CheckedRelease> checked;
  private final Map<Product, ReleaseIndex> indexes = new ConcurrentHashMap<>();
  private final Map<Product, Pack> packs = new ConcurrentHashMap<>();
  private final Map<URI, JsonNode> schemas = new ConcurrentHashMap<>();
  private final Map<String, Optional<KindSchema>> found = new ConcurrentHashMap<>();

  private BuiltInCatalogue(Map<Product, CheckedRelease> checked) {
    this.checked = checked;
  }

  /// Of each product the release in use; where that is not known, the newest.
  public static BuiltInCatalogue of(ReleasesInUse inUse) {
    var checked = new EnumMap<Product, CheckedRelease>(Product.class);
    for (var product : Product.values()) {
      checked.put(product, CheckedRelease.of(product, inUse));
    }
    return new BuiltInCatalogue(checked);
  }

  /// Of each product the newest release.
  public static BuiltInCatalogue newest() {
    return of(ReleasesInUse.NONE);
  }

  /// Which release of each product is looked up, in the order of products.
  public Stream<CheckedRelease> releases() {
    return checked.values().stream();
  }

  /// Which release of a product is looked up.
  public CheckedRelease checked(Product product) {
    return Optional.ofNullable(checked.get(product)).orElseThrow();
  }

  @Override
  public Optional<KindSchema> find(String apiVersion, String kind) {
    // Objects come by the thousand, and kinds by the dozen.
    return found.computeIfAbsent(apiVersion + " " + kind, _ -> lookedUp(apiVersion, kind));
  }

  private Optional<KindSchema> lookedUp(String apiVersion, String kind) {
    return productsOf(apiVersion)
        .flatMap(product ->
            index(product).find(apiVersion, kind).map(served -> kind(product, served)).stream())
        .findFirst();
  }

  /// Only an index that can hold the group is read.
  private static Stream<Product> productsOf(String apiVersion) {
    int slash = apiVersion.indexOf('/');
    var group = slash < 0 ? "" : apiVersion.substring(0, slash);
    return Stream.of(Product.values()).filter(product -> Groups.mayServe(product, group));
  }

  @Override
  public Optional<Retirement> retirement(String apiVersion, String kind) {
    return Retirements.of(apiVersion, kind);
  }

  @Override
  public Stream<KindSchema> kinds() {
    return Stream.of(Product.values())
        .flatMap(product -> index(product).kinds().map(served -> kind(product, served)))
        .sorted(Comparator.comparing(KindSchema::apiVersion).thenComparing(KindSchema::kind));
  }

  private KindSchema kind(Product product, ReleaseIndex.Served served) {
    var release = checked(product).release();
    return new KindSchema(
        served.apiVersion(),
        served.kind(),
        served.namespaced(),
        Optional.of(release),
        address(product, served.definition()),
        served.deprecation().isEmpty()
            ? Retirements.warning(release, served.apiVersion(), served.kind())
            : Optional.of(served.deprecation()));
  }

  /// The address of a definition in the release of a product, whether or not it is there.
  URI address(Product product, String definition) {
    return URI.create(
        SCHEME
            + ":/"
            + product.key()
            + "/"
            + checked(product).release().number()
            + "/"
            + definition);
  }

  @Override
  public JsonNode schema(URI definition) {
    return schemas.computeIfAbsent(definition, this::read);
  }

  private JsonNode read(URI definition) {
    var steps =
        SCHEME.equals(definition.getScheme()) ? definition.getPath().split("/") : new String[0];
    var product = steps.length == 4 ? Product.of(steps[1]) : Optional.<Product>empty();
    if (product.isEmpty() || !checked(product.get()).release().number().equals(steps[2])) {
      throw unknown(definition);
    }
    return read(product.get(), steps[3])
        .or(() -> read(Product.KUBERNETES, steps[3]))
        .orElseThrow(() -> unknown(definition));
  }

  private static IllegalArgumentException unknown(URI definition) {
    return new IllegalArgumentException("%s is not in the catalogue".formatted(definition));
  }

  private Optional<JsonNode> read(Product product, String definition) {
    return index(product)
        .definition(definition)
        .map(id -> packs.computeIfAbsent(product, Pack::of).definition(id));
  }

  private ReleaseIndex index(Product product) {
    return indexes.computeIfAbsent(product, missing -> ReleaseIndex.of(checked(missing).release()));
  }
}
