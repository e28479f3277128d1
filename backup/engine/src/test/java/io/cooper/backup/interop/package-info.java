/// Base backups that one of barman-cloud and Cooper takes and the other restores. What barman-cloud
/// needs, an S3 server, is a small one from PyPI.
@NullMarked
package io.cooper.backup.interop;

import org.jspecify.annotations.NullMarked;
