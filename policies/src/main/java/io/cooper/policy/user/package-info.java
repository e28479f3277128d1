/// Rules that users write in CEL, in their settings.
///
/// - **Here:** how a rule is read, how it is judged, and how its own tests are run.
/// - **Begin with:** [io.cooper.policy.user.UserRule].
/// - **May use:** `policy`, `flux.render`, `schemas.cel`, `manifest`, `problem`. Not: the other
///   families.
@NullMarked
package io.cooper.policy.user;

import org.jspecify.annotations.NullMarked;
