/// What a repository says about its own checks: `.cooper.yaml` and `# cooper:ignore` comments.
///
/// - **Here:** reading both, with a clear error for what cannot be read.
/// - **Begin with:** [io.cooper.policy.settings.Settings].
/// - **May use:** `policy`, `manifest`, `problem`.
@NullMarked
package io.cooper.policy.settings;

import org.jspecify.annotations.NullMarked;
