/// Order, health, ownership and pruning among Flux Kustomizations.
@NullMarked
package io.cooper.policy.flux;

import org.jspecify.annotations.NullMarked;
