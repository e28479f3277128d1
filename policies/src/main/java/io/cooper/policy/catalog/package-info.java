/// The list of all policies: the one room that knows every family.
@NullMarked
package io.cooper.policy.catalog;

import org.jspecify.annotations.NullMarked;
