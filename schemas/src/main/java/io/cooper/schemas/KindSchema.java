package io.cooper.schemas;

import java.net.URI;
import java.util.Optional;

/// One version of one kind, as one release serves it.
///
/// @param apiVersion `group/version`, or `v1`
/// @param kind such as `Deployment`
/// @param namespaced whether its objects live in namespaces
/// @param from which release says so; empty if a CRD of the repository or an imported file does
/// @param definition address of its JSON Schema, for [Catalogue#schema]
/// @param deprecation what the API server would warn about, where this version is deprecated
public record KindSchema(
    String apiVersion,
    String kind,
    boolean namespaced,
    Optional<Release> from,
    URI definition,
    Optional<String> deprecation) {}
