/// What can go wrong, in words that stand alone.
///
/// - **Here:** [io.cooper.problem.Problem] and the table of its [io.cooper.problem.Code]s.
/// - **Begin with:** [io.cooper.problem.Problem].
/// - **May use:** the JDK alone. Everybody may use this package.
/// - **One more?** A kind of error is one row in `Code`.
@NullMarked
package io.cooper.problem;

import org.jspecify.annotations.NullMarked;
