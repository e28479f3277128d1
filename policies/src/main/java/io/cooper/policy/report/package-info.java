/// What a check found, in the forms that people and programs read.
///
/// - **Here:** one class per format, all functions from a [io.cooper.policy.report.CheckReport] to
///   characters.
/// - **Begin with:** [io.cooper.policy.report.TextReport].
/// - **May use:** `policy`, `impact`, `plugin`, `migrate`, `schemas`. Formats do not know each
///   other.
/// - **One more?** A class and its test; the command line names it.
@NullMarked
package io.cooper.policy.report;

import org.jspecify.annotations.NullMarked;
