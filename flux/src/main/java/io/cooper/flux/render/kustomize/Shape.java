package io.cooper.flux.render.kustomize;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The type of a field of a kustomization file: kustomize `api/types`, v5. Needed because Flux
/// reads the file at `spec.path` into these types leniently and writes it again, so that what has
/// no place in them is gone.
sealed interface Shape {
  /// A single value of a Go type.
  enum One implements Shape {
    TEXT,
    /// A string of an embedded struct. The decoder (sigs.k8s.io/yaml `convertToJSONableObject`)
    /// turns scalars into strings where it knows that a string is wanted, and does not look into
    /// embedded structs: there a number stays a number, and is refused.
    STRICT_TEXT,
    FLAG,
    NUMBER,
    /// Kept as it is.
    ANY
  }

  /// A list.
  record Many(Shape item) implements Shape {}

  /// A map with string keys.
  record Named(Shape value) implements Shape {}

  /// A struct; names are found without regard to case, as encoding/json does.
  record Struct(Map<String, Shape> fields) implements Shape {
    private Struct with(String name, Shape shape) {
      return with(new Struct(Map.of(name, shape)));
    }

    private Struct with(Struct more) {
      var all = new LinkedHashMap<>(fields);
      all.putAll(more.fields);
      return new Struct(all);
    }

    Optional<Map.Entry<String, Shape>> field(String name) {
      var exact = fields.get(name);
      return exact != null
          ? Optional.of(Map.entry(name, exact))
          : fields.entrySet().stream()
              .filter(field -> field.getKey().equalsIgnoreCase(name))
              .findFirst();
    }
  }

  /// The whole file.
  Struct KUSTOMIZATION = kustomization();

  private static Struct kustomization() {
    Shape texts = new Many(One.TEXT);
    Shape strictTexts = new Many(One.STRICT_TEXT);
    Shape pairs = new Named(One.TEXT);
    Shape strictPairs = new Named(One.STRICT_TEXT);
    var gvk = strict("group version kind");
    var object = strict("group version kind name namespace");
    var selector = object.with(texts("annotationSelector labelSelector"));
    var strictSelector =
        strict("group version kind name namespace annotationSelector labelSelector");
    var fieldSpec = gvk.with(texts("path")).with("create", One.FLAG);
    var patch =
        texts("path patch")
            .with("target", selector)
            .with(
                "options",
                none().with("allowNameChange", One.FLAG).with("allowKindChange", One.FLAG));
    var image = texts("name newName tagSuffix newTag digest");
    var switches = none().with("disableNameSuffixHash", One.FLAG).with("immutable", One.FLAG);
    var configMap =
        strict("namespace name behavior env")
            .with("literals", strictTexts)
            .with("files", strictTexts)
            .with("envs", strictTexts)
            .with("options", switches.with("labels", strictPairs).with("annotations", strictPairs));
    var fieldOptions =
        strict("delimiter encoding").with("index", One.NUMBER).with("create", One.FLAG);
    var target =
        none()
            .with("select", strictSelector)
            .with("reject", new Many(strictSelector))
            .with("fieldPaths", strictTexts)
            .with("options", fieldOptions);
    var replacement =
        texts("path")
            .with(strict("sourceValue"))
            .with("source", object.with(strict("fieldPath")).with("options", fieldOptions))
            .with("targets", new Many(target));
    var label =
        none()
            .with("pairs", pairs)
            .with("includeSelectors", One.FLAG)
            .with("includeTemplates", One.FLAG)
            .with("fields", new Many(fieldSpec));
    var variable =
        texts("name")
            .with("objref", gvk.with(texts("apiVersion name namespace")))
            .with("fieldref", texts("fieldPath"));
    var kindOrder = none().with("orderFirst", texts).with("orderLast", texts);
    return strict("kind apiVersion")
        .with(texts("namePrefix nameSuffix namespace"))
        .with("metadata", texts("name namespace").with("labels", pairs).with("annotations", pairs))
        .with("openapi", pairs)
        .with("commonLabels", pairs)
        .with("labels", new Many(label))
        .with("commonAnnotations", pairs)
        .with("patchesStrategicMerge", texts)
        .with("patchesJson6902", new Many(patch))
        .with("patches", new Many(patch))
        .with("images", new Many(image))
        .with("imageTags", new Many(image))
        .with("replacements", new Many(replacement))
        .with("replicas", new Many(texts("name").with("count", One.NUMBER)))
        .with("vars", new Many(variable))
        .with("sortOptions", texts("order").with("legacySortOptions", kindOrder))
        .with("resources", texts)
        .with("components", texts)
        .with("crds", texts)
        .with("bases", texts)
        .with("configMapGenerator", new Many(configMap))
        .with("secretGenerator", new Many(configMap.with(texts("type"))))
        .with("helmGlobals", One.ANY)
        .with("helmCharts", new Many(One.ANY))
        .with("helmChartInflationGenerator", new Many(One.ANY))
        .with("generatorOptions", switches.with("labels", pairs).with("annotations", pairs))
        .with("configurations", texts)
        .with("generators", texts)
        .with("transformers", texts)
        .with("validators", texts)
        .with("buildMetadata", texts);
  }

  private static Struct none() {
    return new Struct(Map.of());
  }

  private static Struct texts(String names) {
    return all(names, One.TEXT);
  }

  private static Struct strict(String names) {
    return all(names, One.STRICT_TEXT);
  }

  private static Struct all(String names, Shape shape) {
    var fields = new LinkedHashMap<String, Shape>();
    for (var name : names.split(" ", -1)) {
      fields.put(name, shape);
    }
    return new Struct(fields);
  }

  /// What a value of this shape is called in a message.
  default String word() {
    return switch (this) {
      case One one -> one == One.STRICT_TEXT ? "text" : one.name().toLowerCase(Locale.ROOT);
      case Many _ -> "list";
      case Named _, Struct _ -> "map";
    };
  }
}
