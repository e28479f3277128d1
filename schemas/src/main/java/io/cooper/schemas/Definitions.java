package io.cooper.schemas;

import io.cooper.manifest.Place;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Kinds that no release brings but the repository or its cluster: CRDs among the manifests, and
/// what was imported.
///
/// A CRD speaks for all versions of its kind: one that it does not serve is not served, whatever a
/// release says.
public final class Definitions {
  /// None.
  public static final Definitions NONE = new Definitions(Map.of(), Map.of(), Set.of(), List.of());

  /// A definition that cannot be used.
  ///
  /// @param place where it is said
  /// @param what is wrong with it
  /// @param remedy what to do
  public record Unusable(Place place, String what, String remedy) {}

  private final Map<String, KindSchema> kinds;
  private final Map<URI, Supplier<JsonNode>> schemas;
  private final Set<String> claimed;
  private final List<Unusable> unusable;

  private Definitions(
      Map<String, KindSchema> kinds,
      Map<URI, Supplier<JsonNode>> schemas,
      Set<String> claimed,
      List<Unusable> unusable) {
    this.kinds = Map.copyOf(kinds);
    this.schemas = Map.copyOf(schemas);
    this.claimed = Set.copyOf(claimed);
    this.unusable = List.copyOf(unusable);
  }

  /// Whether nothing is defined here.
  public boolean isEmpty() {
    return kinds.isEmpty() && claimed.isEmpty();
  }

  /// What could not be used of what was read, in the order of reading.
  public List<Unusable> unusable() {
    return unusable;
  }

  Optional<KindSchema> find(String apiVersion, String kind) {
    return Optional.ofNullable(kinds.get(apiVersion + " " + kind));
  }

  Stream<KindSchema> kinds() {
    return kinds.values().stream();
  }

  /// Whether all is said here of the versions of a kind.
  public boolean speaksOf(String apiVersion, String kind) {
    return claimed.contains(groupKind(apiVersion, kind)) || find(apiVersion, kind).isPresent();
  }

  Optional<JsonNode> schema(URI definition) {
    return Optional.ofNullable(schemas.get(definition)).map(Supplier::get);
  }

  private static String groupKind(String apiVersion, String kind) {
    return apiVersion.substring(0, apiVersion.indexOf('/') + 1) + kind;
  }

  /// Gathers definitions; the first that speaks of a kind counts.
  static final class Builder {
    private final Map<String, KindSchema> kinds = new HashMap<>();
    private final Map<URI, Supplier<JsonNode>> schemas = new HashMap<>();
    private final Set<String> claimed = new HashSet<>();
    private final List<Unusable> unusable = new ArrayList<>();

    void kind(KindSchema kind) {
      kinds.putIfAbsent(kind.apiVersion() + " " + kind.kind(), kind);
    }

    void schema(URI address, Supplier<JsonNode> schema) {
      schemas.putIfAbsent(address, schema);
    }

    /// Whether nobody has spoken of this kind of a group before.
    boolean claim(String group, String kind) {
      return claimed.add(group.isEmpty() ? kind : group + "/" + kind);
    }

    void unusable(Place place, String what, String remedy) {
      unusable.add(new Unusable(place, what, remedy));
    }

    Definitions build() {
      return new Definitions(kinds, schemas, claimed, unusable);
    }
  }
}
