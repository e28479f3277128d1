/// Real PostgreSQL servers for tests.
@NullMarked
package io.cooper.backup.postgres;

import org.jspecify.annotations.NullMarked;
