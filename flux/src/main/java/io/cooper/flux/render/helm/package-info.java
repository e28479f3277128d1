/// What charts install: one run of `helm template` for each HelmRelease whose chart lies in the
/// repository.
///
/// - **Here:** the binary, the chart as source-controller packs it, the values as helm-controller
///   merges them, what helm prints and what it complains of, places in templates.
/// - **Begin with:** [io.cooper.flux.render.helm.Inflation], the order of the steps.
/// - **May use:** `flux.api`, `flux.source`, `flux.render` and what lies below it but `walk`'s
///   insides, `manifest`, `schemas`, `problem`. Nothing here touches the network or a cluster.
/// - **One more?** A message of helm is a row in `Refusal`.
@NullMarked
package io.cooper.flux.render.helm;

import org.jspecify.annotations.NullMarked;
