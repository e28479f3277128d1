/// CloudNativePG: its Clusters, the stores and archives of the backup plugin, schedules, restores,
/// the installation of operator and plugin, and the commands that runbooks tell.
///
/// - **Here:** one final class per policy; [io.cooper.policy.cnpg.Databases] reads Clusters, stores
///   and backups with their references, [io.cooper.policy.cnpg.Installs] where operator and plugin
///   run, [io.cooper.policy.cnpg.Archive] which folder of which bucket somebody writes to.
/// - **Begin with:** [io.cooper.policy.cnpg.NoWalArchiver], the shortest; then
///   [io.cooper.policy.cnpg.StoreSharedPrefix] for what spans the repository.
/// - **May use:** `policy`, `manifest`, `flux`, `schemas`. Not: other families.
/// - **One more?** Add the class, its fixture of the same name, and a line in `BuiltInPolicies`.
@NullMarked
package io.cooper.policy.cnpg;

import org.jspecify.annotations.NullMarked;
