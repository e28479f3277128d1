/// Making repairs: which of them fit together, what the files become, and writing those.
///
/// - **Here:** a draft of changed files, the difference it makes, and how it gets to the disk.
/// - **Begin with:** [io.cooper.policy.repair.Draft].
/// - **May use:** `policy`, `manifest`, `problem`. Not: the families, Git.
@NullMarked
package io.cooper.policy.repair;

import org.jspecify.annotations.NullMarked;
