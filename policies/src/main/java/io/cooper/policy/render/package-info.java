/// Builds that Flux would refuse.
@NullMarked
package io.cooper.policy.render;

import org.jspecify.annotations.NullMarked;
