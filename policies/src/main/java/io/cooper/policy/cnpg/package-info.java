/// CloudNativePG clusters, their stores, archivers and schedules.
@NullMarked
package io.cooper.policy.cnpg;

import org.jspecify.annotations.NullMarked;
