package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import java.util.stream.Stream;

/// One thing that an object is refused for.
interface AdmissionRule {
  /// Why the object is refused.
  Stream<Violation> check(Subject object);
}
