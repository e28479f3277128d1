/// The engine on every cloud, and on the way to it.
@NullMarked
package io.cooper.backup.cloud;

import org.jspecify.annotations.NullMarked;
