package io.cooper.manifest;

import io.cooper.problem.Problem;
import java.util.List;
import java.util.stream.Stream;

/// What was read from one YAML file: every document that could be read, and what stood in the way
/// of the rest.
///
/// @param documents in file order; empty documents are left out
/// @param faults where and why something could not be read; the documents before a fault are whole
public record YamlFile(List<Value> documents, List<Fault> faults) {
  /// One thing that is wrong with the text.
  ///
  /// @param place where it is
  /// @param problem what it is; its `where` names the same place
  public record Fault(Place place, Problem problem) {}

  public YamlFile {
    documents = List.copyOf(documents);
    faults = List.copyOf(faults);
  }

  /// The Kubernetes objects among the documents, with the items of a `List` each on its own.
  public Stream<Manifest> manifests() {
    return documents.stream().flatMap(YamlFile::objects).map(Manifest::asWritten);
  }

  private static Stream<Mapping> objects(Value document) {
    if (!Manifest.looksLikeOne(document)) {
      return Stream.empty();
    }
    var object = (Mapping) document;
    boolean list =
        object.text("kind").orElse("").endsWith("List") && object.find("items").isPresent();
    return list ? object.items("items").flatMap(YamlFile::objects) : Stream.of(object);
  }
}
