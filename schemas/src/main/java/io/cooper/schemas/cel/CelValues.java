package io.cooper.schemas.cel;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/// Values of YAML as an expression sees them, by what they are and not by a schema.
public final class CelValues {
  private CelValues() {}

  /// A map without the fields that are null: `has(object.spec)` is false for `spec:` with nothing
  /// behind it.
  public static Map<String, Object> of(Mapping mapping) {
    var map = new LinkedHashMap<String, Object>();
    mapping
        .entries()
        .filter(entry -> !(entry.value() instanceof Scalar scalar && scalar.isNull()))
        .forEach(entry -> map.put(entry.name(), of(entry.value())));
    return map;
  }

  private static Object of(Value value) {
    return switch (value) {
      case Mapping mapping -> of(mapping);
      case Sequence sequence -> {
        var list = new ArrayList<Object>(sequence.items().size());
        sequence.items().forEach(item -> list.add(of(item)));
        yield list;
      }
      case Scalar scalar ->
          switch (scalar.plain()) {
            case null -> "";
            case BigInteger number -> number.doubleValue();
            case Object other -> other;
          };
    };
  }
}
