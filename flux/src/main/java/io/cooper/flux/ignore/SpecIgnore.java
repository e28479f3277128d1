package io.cooper.flux.ignore;

/// `spec.ignore` of a GitRepository object.
///
/// @param owner namespace and name of the object, `namespace/name`
/// @param text the lines of the field
public record SpecIgnore(String owner, String text) {
  /// The name that rules of it carry as their file.
  public String file() {
    return "GitRepository/%s spec.ignore".formatted(owner);
  }
}
