/// Objects in Azure Blob Storage, as block blobs.
///
/// - **Here:** [io.cooper.store.azure.AzureStore] with its settings; what the answers mean
///   (`AzureAnswers`).
/// - **Begin with:** [io.cooper.store.azure.AzureSettings].
/// - **May use:** `store`, `problem` and Azure's library, which is named here alone.
/// - **One more?** An error code is one row in `AzureAnswers`.
@NullMarked
package io.cooper.store.azure;

import org.jspecify.annotations.NullMarked;
