package io.cooper.backup.catalog;

import java.time.Instant;

/// When a backup was verified last, and how that went.
public record LastVerified(Instant at, boolean sound) {}
