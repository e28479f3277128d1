/// The notations that Kubernetes has for single values: amounts, durations, addresses.
///
/// - **Here:** readers that accept what the API server accepts.
/// - **Begin with:** [io.cooper.schemas.value.Quantity].
/// - **May use:** the JDK alone.
@NullMarked
package io.cooper.schemas.value;

import org.jspecify.annotations.NullMarked;
