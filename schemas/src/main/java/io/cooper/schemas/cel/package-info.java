/// Conditions in CEL: those of a CRD (`x-kubernetes-validations`) and those that users write.
///
/// - **Here:** expressions with the functions that Kubernetes adds to the language, and the rules
///   that a schema holds.
/// - **Begin with:** [io.cooper.schemas.cel.Expression], then [io.cooper.schemas.cel.SchemaRules].
/// - **Cost:** the CEL library is loaded by the first expression that is compiled, not before: an
///   object whose kind has no rules never sees it.
/// - **May use:** `manifest`, `value`. Nobody else names the CEL library.
/// - **One more?** A function of Kubernetes is a row in `KubernetesFunctions`.
@NullMarked
package io.cooper.schemas.cel;

import org.jspecify.annotations.NullMarked;
