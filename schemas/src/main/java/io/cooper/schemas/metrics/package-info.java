/// Which series each product exports, by release.
///
/// - **Here:** the exporters, their metrics, and what to use instead of names that are gone. The
///   data are the text files of the same folder among the resources, one an exporter.
/// - **Begin with:** [io.cooper.schemas.metrics.Metrics].
/// - **May use:** `schemas` and `problem`. Not: policies, PromQL, the network.
/// - **One more?** A line in its exporter's file; an exporter is a file and a line in `Exporter`.
@NullMarked
package io.cooper.schemas.metrics;

import org.jspecify.annotations.NullMarked;
