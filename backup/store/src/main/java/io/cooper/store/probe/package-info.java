/// Whether a store can be used from here, layer by layer.
///
/// - **Here:** [io.cooper.store.probe.StoreProbe], which tries, and what it gives:
///   [io.cooper.store.probe.ProbeReport]; and what a key could destroy in it
///   ([io.cooper.store.probe.ImmutabilityProbe]).
/// - **Begin with:** [io.cooper.store.probe.Layer].
/// - **May use:** `store`, `problem`. No cloud's library: what they say comes as a code.
@NullMarked
package io.cooper.store.probe;

import org.jspecify.annotations.NullMarked;
