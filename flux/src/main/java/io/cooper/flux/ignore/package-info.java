/// Ignore rules: git's and Flux's, which differ.
@NullMarked
package io.cooper.flux.ignore;

import org.jspecify.annotations.NullMarked;
