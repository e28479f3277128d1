/// What an upgrade brings: two sets of manifests, such as two releases of the Barman Cloud plugin,
/// compared object by object.
///
/// - **Here:** where the sets come from, how objects are matched, and one class for each kind that
///   deserves more than a list of fields: rights, workloads, definitions.
/// - **Begin with:** [io.cooper.plugin.Upgrade].
/// - **May use:** `impact` for fields, `flux.source`, `schemas`, `manifest`. Not: policies,
///   reports.
@NullMarked
package io.cooper.plugin;

import org.jspecify.annotations.NullMarked;
