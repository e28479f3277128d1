package io.cooper.migrate;

import io.cooper.manifest.Place;

/// Why a Cluster is not migrated.
///
/// @param kind for `--accept`, if it can be accepted
/// @param place of what stands in the way
/// @param text what it is and what it costs; one sentence without a full stop
/// @param remedy what to do
public record Obstacle(Kind kind, Place place, String text, String remedy) {
  /// What can stand in the way.
  public enum Kind {
    /// A plugin archives already, beside the built-in store.
    TWO_ARCHIVERS(false),
    /// The Cluster has an entry of the plugin that does something else.
    PLUGIN_ENTRY(false),
    /// The only instance restarts.
    ONE_INSTANCE(true),
    /// The repository does not deploy the plugin.
    NO_PLUGIN(true),
    /// The operator is older than the plugin can work with.
    OLD_OPERATOR(false),
    /// What is rendered is not what is written: a patch, a generator or another file decides.
    NOT_AS_WRITTEN(false),
    /// The store would be refused by the plugin's release in use.
    STORE_REFUSED(false),
    /// There is another object of the name.
    NAME_TAKEN(false),
    /// A file cannot be changed without risk.
    NOT_EDITABLE(false),
    /// An ignore rule would hide the new file.
    HIDDEN_FILE(false);

    private final boolean acceptable;

    Kind(boolean acceptable) {
      this.acceptable = acceptable;
    }

    /// Whether somebody who knows better may go on.
    public boolean isAcceptable() {
      return acceptable;
    }

    /// `one-instance` for [#ONE_INSTANCE].
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }
}
