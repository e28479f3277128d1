/// Objects in Google Cloud Storage, by its JSON interface.
///
/// - **Here:** [io.cooper.store.gcs.GcsStore] with its settings; what the answers mean
///   (`GcsAnswers`).
/// - **Begin with:** [io.cooper.store.gcs.GcsSettings].
/// - **May use:** `store`, `problem` and Google's libraries, which are named here alone.
/// - **One more?** A reason of a refusal is one row in `GcsAnswers`.
@NullMarked
package io.cooper.store.gcs;

import org.jspecify.annotations.NullMarked;
