package io.cooper.schemas;

import java.net.URI;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What kinds there are and what they look like. Safe for use by several threads.
///
/// Schemas are OpenAPI v3 as Kubernetes publishes it, without descriptions, with all its extensions
/// (`x-kubernetes-validations`, `x-kubernetes-preserve-unknown-fields`,
/// `x-kubernetes-int-or-string`, `x-kubernetes-list-type` and so on). Each definition of a release
/// is a resource of its own, and refers to others of that release by relative address: a Pod's and
/// a Deployment's containers are one resource.
public interface Catalogue {
  /// The schema of a kind; empty if nobody here knows that kind in that version.
  Optional<KindSchema> find(String apiVersion, String kind);

  /// When this version of a kind ended or will end, whether or not it is still found; empty if
  /// nothing is known of an end.
  Optional<Retirement> retirement(String apiVersion, String kind);

  /// All kinds, by apiVersion and kind.
  Stream<KindSchema> kinds();

  /// The JSON Schema at an address that a [KindSchema] or another schema of this catalogue names.
  ///
  /// @throws IllegalArgumentException if the address is not of this catalogue
  JsonNode schema(URI definition);
}
