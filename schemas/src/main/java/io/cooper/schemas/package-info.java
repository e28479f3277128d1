/// The catalogue: what each release of Kubernetes, Flux, CloudNativePG and their companions
/// accepts.
///
/// - **Here:** products, their releases, the schemas of their kinds, and which release a repository
///   uses.
/// - **Begin with:** [io.cooper.schemas.Catalogue].
/// - **May use:** `manifest` and `problem`. Not: policies, Flux, the network.
/// - **One more?** A release is data, made by `scripts/build-catalogue`; a product is a line in
///   `Product`.
@NullMarked
package io.cooper.schemas;

import org.jspecify.annotations.NullMarked;
