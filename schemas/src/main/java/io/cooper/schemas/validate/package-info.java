/// Whether an API server would take an object.
///
/// - **Here:** the judgement of one object by the schema of its kind, strict on unknown fields, as
///   `fieldValidation=Strict` is.
/// - **Begin with:** [io.cooper.schemas.validate.ObjectValidator].
/// - **How:** `StrictSchema` rewrites what Kubernetes publishes into JSON Schema that says the same
///   aloud. `Soundness` tells most sound objects by it; of the others the library says what is
///   wrong, and `Complaints` puts that into words.
/// - **May use:** `schemas`, `manifest`, `problem`. Nobody else names the JSON Schema library.
/// - **One more?** A format is a line in `KubernetesFormats`; a keyword is a class beside
///   `KnownFields`.
@NullMarked
package io.cooper.schemas.validate;

import org.jspecify.annotations.NullMarked;
