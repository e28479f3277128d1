/// Ignore rules: git's and Flux's, which look alike and differ.
///
/// - **Here:** both matchers, each with the rule that decides: list, line, pattern as written.
/// - **Begin with:** [io.cooper.flux.ignore.GitIgnore], then [io.cooper.flux.ignore.SourceIgnore],
///   which answers the same question for Flux.
/// - **May use:** the JDK alone. Where texts come from is the caller's business
///   ([io.cooper.flux.ignore.IgnoreTexts]).
/// - **One more?** A wildcard syntax is a parser that makes a `Glob`; matching is there already.
@NullMarked
package io.cooper.flux.ignore;

import org.jspecify.annotations.NullMarked;
