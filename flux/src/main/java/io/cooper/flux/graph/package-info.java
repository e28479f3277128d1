/// Who waits for whom, who installs what another needs, and pictures of it.
@NullMarked
package io.cooper.flux.graph;

import org.jspecify.annotations.NullMarked;
