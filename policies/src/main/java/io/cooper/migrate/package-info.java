/// The move of Clusters from the operator's built-in object store to the Barman Cloud plugin, as
/// far as a repository can make it: what would change, what stands in the way, and the changed
/// files.
///
/// - **Here:** what is planned for each Cluster, how its store is translated, and how files are
///   changed step by step without touching anything else of them.
/// - **Begin with:** [io.cooper.migrate.Migration].
/// - **May use:** `policy` for the repository, `manifest`, `manifest.edit`, `flux`, `schemas`. Not:
///   reports, families of policies.
@NullMarked
package io.cooper.migrate;

import org.jspecify.annotations.NullMarked;
