/// Files that a build takes from the network: fetched on request, pinned by digest, kept beside the
/// repository, and from then on read like any other file.
///
/// - **Here:** what an address is, the lock file, the copies, the download.
/// - **Begin with:** [io.cooper.flux.remote.VendoredFiles], what a render sees of it.
/// - **May use:** `manifest`, `problem`. Only [io.cooper.flux.remote.Download] touches the network.
/// - **One more?** A kind of address is a line in `RemoteAddress`.
@NullMarked
package io.cooper.flux.remote;

import org.jspecify.annotations.NullMarked;
