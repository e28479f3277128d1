package io.cooper.cli;

import java.util.Optional;

/// Which Cooper this is.
final class Version {
  /// From the jar's manifest; classes run from a folder have none.
  static final String CURRENT =
      Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
          .orElse("0.1.0-dev");

  private Version() {}
}
