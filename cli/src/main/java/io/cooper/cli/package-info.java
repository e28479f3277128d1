/// The command line: one class per command. The only room that knows all others.
@NullMarked
package io.cooper.cli;

import org.jspecify.annotations.NullMarked;
