/// Files that do not reach the cluster, and the rules that keep them back.
@NullMarked
package io.cooper.policy.ignore;

import org.jspecify.annotations.NullMarked;
