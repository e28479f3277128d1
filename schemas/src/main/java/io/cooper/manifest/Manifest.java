package io.cooper.manifest;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// One Kubernetes object: its values, and for every value the place in the file a person edits.
///
/// An object that came out of a render keeps the rendered values and, behind a supplier, the
/// document it originated from. [#placeOf] walks that document along the same path and stops at the
/// deepest value that is there; so a finding about a value that a patch added is placed on the
/// object that the patch changed.
public final class Manifest {
  private final Mapping root;
  private final Supplier<Optional<Mapping>> origin;
  private final ObjectId id;
  private final String apiVersion;

  private Manifest(Mapping root, Supplier<Optional<Mapping>> origin) {
    this.root = root;
    this.origin = origin;
    this.apiVersion = root.text("apiVersion").orElse("");
    this.id =
        new ObjectId(
            ObjectId.groupOf(apiVersion),
            root.text("kind").orElse(""),
            root.text("metadata", "namespace").orElse(""),
            root.text("metadata", "name").orElse(""));
  }

  /// An object that stands in a file as it is.
  public static Manifest asWritten(Mapping root) {
    return new Manifest(root, () -> Optional.of(root));
  }

  /// An object that came out of a render.
  ///
  /// @param root the rendered values
  /// @param origin the document it was made from, asked for only when a place is needed
  public static Manifest rendered(Mapping root, Supplier<Optional<Mapping>> origin) {
    return new Manifest(root, origin);
  }

  /// Whether a document can be an object at all: it names an `apiVersion` and a `kind`.
  public static boolean looksLikeOne(Value document) {
    return document instanceof Mapping mapping
        && mapping.text("apiVersion").isPresent()
        && mapping.text("kind").isPresent();
  }

  /// All values of the object.
  public Mapping root() {
    return root;
  }

  /// Group, kind, namespace and name.
  public ObjectId id() {
    return id;
  }

  /// Such as `postgresql.cnpg.io/v1`.
  public String apiVersion() {
    return apiVersion;
  }

  /// The API group; empty for the core group.
  public String group() {
    return id.group();
  }

  /// Such as `Cluster`.
  public String kind() {
    return id.kind();
  }

  /// `metadata.name`; empty if there is none.
  public String name() {
    return id.name();
  }

  /// `metadata.namespace`; empty if there is none.
  public String namespace() {
    return id.namespace();
  }

  /// Whether the object is of this API group and kind, in any version.
  public boolean is(String group, String kind) {
    return id.group().equals(group) && id.kind().equals(kind);
  }

  /// Follows keys from the root; see [Value#find].
  public Optional<Value> find(String... path) {
    return root.find(path);
  }

  /// The text at a path; see [Mapping#text].
  public Optional<String> text(String... path) {
    return root.text(path);
  }

  /// An annotation or label of Flux or of another tool: annotations win, as they do in Flux.
  public Optional<String> mark(String key) {
    return root.text("metadata", "annotations", key).or(() -> root.text("metadata", "labels", key));
  }

  /// The document that a person edits, if the object has one; for an object that a generator made,
  /// the entry that describes it.
  public Optional<Mapping> written() {
    return origin.get();
  }

  /// Where the object begins in the file a person edits.
  public Place place() {
    return origin.get().map(Mapping::place).orElseGet(root::place);
  }

  /// Where the value at a path stands in the file a person edits; for a value that is not there,
  /// the deepest value above it, that is where it should be.
  public Place placeAt(String... path) {
    return placeAlong(List.of(path));
  }

  /// Where a value of this object stands in the file a person edits. The value must be one of
  /// [#root]'s.
  public Place placeOf(Value value) {
    Deque<String> path = new ArrayDeque<>();
    return locate(root, value, path) ? placeAlong(new ArrayList<>(path)) : place();
  }

  private Place placeAlong(List<String> path) {
    var source = origin.get();
    if (source.isEmpty()) {
      return root.place();
    }
    Value rendered = root;
    Value written = source.get();
    var place = written.place();
    for (var step : path) {
      var next =
          written instanceof Sequence items ? sameItem(items, rendered, step) : written.find(step);
      if (next.isEmpty()) {
        return place;
      }
      place =
          written instanceof Mapping mapping && !(next.get() instanceof Scalar)
              ? mapping.placeOfKey(step).orElse(next.get().place())
              : next.get().place();
      written = next.get();
      var below = rendered.find(step);
      if (below.isPresent()) {
        rendered = below.get();
      }
    }
    return place;
  }

  /// Patches may reorder a list: an item with a name is looked for by its name, a scalar by its
  /// text, any other item by its index.
  private static Optional<Value> sameItem(Sequence written, Value rendered, String index) {
    var item = rendered.find(index);
    var name = item.flatMap(value -> value.find("name")).flatMap(Value::text);
    if (name.isPresent()) {
      return written.items().stream()
          .filter(other -> other.find("name").flatMap(Value::text).equals(name))
          .findFirst();
    }
    var text = item.flatMap(Value::text);
    var there = written.find(index);
    if (text.isEmpty() || there.flatMap(Value::text).equals(text)) {
      return there;
    }
    return written.items().stream()
        .filter(other -> other.text().equals(text))
        .findFirst()
        .or(() -> there);
  }

  private static boolean locate(Value here, Value wanted, Deque<String> path) {
    if (here == wanted) {
      return true;
    }
    if (here instanceof Mapping mapping) {
      return mapping.entries().anyMatch(entry -> below(entry.name(), entry.value(), wanted, path));
    }
    if (here instanceof Sequence sequence) {
      for (int i = 0; i < sequence.items().size(); i++) {
        if (below(Integer.toString(i), sequence.items().get(i), wanted, path)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean below(String step, Value value, Value wanted, Deque<String> path) {
    path.addLast(step);
    if (locate(value, wanted, path)) {
      return true;
    }
    path.removeLast();
    return false;
  }

  @Override
  public String toString() {
    return id.toString();
  }
}
