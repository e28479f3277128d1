/// Which releases a repository deploys.
///
/// - **Here:** what images, charts, labels and upgrade plans say for certain. What leaves room for
///   doubt (a range of versions, a chart that nobody wrote down) says nothing.
/// - **Begin with:** [io.cooper.flux.release.DeployedReleases].
/// - **May use:** `flux.api`, `flux.render`, `flux.source`, `schemas`, `manifest`.
/// - **One more?** An image or a chart is a row in `images.tsv` or `charts.tsv` of `schemas`.
@NullMarked
package io.cooper.flux.release;

import org.jspecify.annotations.NullMarked;
