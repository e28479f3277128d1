package io.cooper.migrate;

/// Where something of the old form is in the new one.
///
/// @param from field of the Cluster or ScheduledBackup
/// @param to field of the ObjectStore, the Cluster or the ScheduledBackup
public record Moved(String from, String to) {}
