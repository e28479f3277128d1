package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import java.util.Optional;
import java.util.Set;

/// Numbers and protocols of ports.
final class Ports {
  private static final int MAX = 65_535;
  private static final Set<String> PROTOCOLS = Set.of("TCP", "UDP", "SCTP");

  private Ports() {}

  static Optional<Violation> number(Subject port, String field) {
    return port.number(field)
        .filter(number -> number < 1 || number > MAX)
        .map(number -> port.wrong(" is " + number + ", and has to be 1 to 65535", field));
  }

  static Optional<Violation> protocol(Subject port) {
    return port.text("protocol")
        .filter(protocol -> !PROTOCOLS.contains(protocol))
        .map(_ -> port.wrong(" has to be TCP, UDP or SCTP", "protocol"));
  }
}
