/// YAML as values that know file, line and column; the one reader and the one writer of the
/// product.
///
/// - **Here:** the value tree ([io.cooper.manifest.Mapping], [io.cooper.manifest.Sequence],
///   [io.cooper.manifest.Scalar]), the reader, the writer, and [io.cooper.manifest.Manifest], an
///   object of Kubernetes.
/// - **Begin with:** [io.cooper.manifest.Manifest]; for reading, `YamlReader`, then `Documents`.
/// - **How it is read:** document by document, by `EmittedYaml` where it is what Go's encoder
///   writes, else by `Pass` over the YAML library; `Dialect` says what a scalar becomes.
/// - **May use:** `problem`. Nobody else names the YAML library.
/// - **One more?** A way to look at values belongs on `Mapping` when two policies need it.
@NullMarked
package io.cooper.manifest;

import org.jspecify.annotations.NullMarked;
