/// Base backups that one of barman-cloud and Cooper takes and the other restores, over a real S3
/// server.
@NullMarked
package io.cooper.backup.interop;

import org.jspecify.annotations.NullMarked;
