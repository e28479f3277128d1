package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import java.util.function.Consumer;

/// One thing that an object is refused for.
interface AdmissionRule {
  /// Tells why the object is refused. Most are not, and they come by the ten thousand: whatever
  /// does not concern a kind costs it nothing.
  void check(Subject object, Consumer<Violation> refused);
}
