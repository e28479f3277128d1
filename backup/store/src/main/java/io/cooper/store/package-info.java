/// Whole objects under keys: what an archive needs of a cloud, and nothing else.
///
/// - **Here:** [io.cooper.store.ObjectStore], the promise, with what it takes and gives; stores
///   that need no library ([io.cooper.store.MemoryStore], [io.cooper.store.FolderStore]); and
///   stores around a store, for what every caller wants (retry, throttle, measure).
/// - **Begin with:** [io.cooper.store.ObjectStore], then its contract test.
/// - **May use:** `problem`. Each cloud has a module of its own, which names its library.
/// - **One more?** A module with the store, and a test that extends the contract.
@NullMarked
package io.cooper.store;

import org.jspecify.annotations.NullMarked;
