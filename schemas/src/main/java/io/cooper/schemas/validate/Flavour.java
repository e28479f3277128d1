package io.cooper.schemas.validate;

import io.cooper.schemas.KindSchema;
import io.cooper.schemas.Product;

/// Which of its two ways the API server takes with an object.
enum Flavour {
  /// Decoded into a Go type: null is the type's zero value, the published defaults of required
  /// fields are zero values too, and nothing fills them in.
  BUILT_IN,
  /// Judged by the structural schema of a CRD: defaults are filled in first, null is of no type
  /// unless a field is nullable or has a default, and what no property names is unknown, even where
  /// there are no properties at all.
  CUSTOM;

  static Flavour of(KindSchema schema) {
    return schema.from().filter(release -> release.product() == Product.KUBERNETES).isPresent()
        ? BUILT_IN
        : CUSTOM;
  }
}
