/// PromQL, the language of Prometheus's rules and dashboards: text to expressions that know where
/// they stand.
///
/// - **Here:** the expressions, their types, the parser. It accepts what Prometheus 3 accepts, its
///   experimental functions included, and is compared with Prometheus's own parser.
/// - **Begin with:** [io.cooper.promql.Query], then `Parser`.
/// - **May use:** `problem`, for the nearest name. Nobody else names the library for RE2
///   expressions.
/// - **One more?** A function is a line in `Functions`; an aggregation a word in `Words`.
@NullMarked
package io.cooper.promql;

import org.jspecify.annotations.NullMarked;
