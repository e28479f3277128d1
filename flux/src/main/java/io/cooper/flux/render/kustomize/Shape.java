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
    Shape pairs = new Named(One.TEXT);
    var selector = struct("group version kind name namespace annotationSelector labelSelector");
    var fieldSpec = struct("group version kind path", "create", One.FLAG);
    var patch =
        struct(
            "path patch",
            "target",
            selector,
            "options",
            struct("", "allowNameChange", One.FLAG, "allowKindChange", One.FLAG));
    var image = struct("name newName tagSuffix newTag digest");
    var generatorOptions =
        struct(
            "",
            "labels",
            pairs,
            "annotations",
            pairs,
            "disableNameSuffixHash",
            One.FLAG,
            "immutable",
            One.FLAG);
    var generator =
        struct(
            "namespace name behavior env type",
            "literals",
            texts,
            "files",
            texts,
            "envs",
            texts,
            "options",
            generatorOptions);
    var fieldOptions = struct("delimiter encoding", "index", One.NUMBER, "create", One.FLAG);
    var replacement =
        struct(
            "path sourceValue",
            "source",
            struct("group version kind name namespace fieldPath", "options", fieldOptions),
            "targets",
            new Many(
                struct(
                    "",
                    "select",
                    selector,
                    "reject",
                    new Many(selector),
                    "fieldPaths",
                    texts,
                    "options",
                    fieldOptions)));
    var label =
        struct(
            "",
            "pairs",
            pairs,
            "includeSelectors",
            One.FLAG,
            "includeTemplates",
            One.FLAG,
            "fields",
            new Many(fieldSpec));
    var variable =
        struct(
            "name",
            "objref",
            struct("apiVersion group version kind name namespace"),
            "fieldref",
            struct("fieldPath"));
    var sortOptions =
        struct("order", "legacySortOptions", struct("", "orderFirst", texts, "orderLast", texts));
    var configMap = new LinkedHashMap<>(generator.fields());
    configMap.remove("type");
    return struct(
        "kind apiVersion namePrefix nameSuffix namespace",
        "metadata",
        struct("name namespace", "labels", pairs, "annotations", pairs),
        "openapi",
        pairs,
        "commonLabels",
        pairs,
        "labels",
        new Many(label),
        "commonAnnotations",
        pairs,
        "patchesStrategicMerge",
        texts,
        "patchesJson6902",
        new Many(patch),
        "patches",
        new Many(patch),
        "images",
        new Many(image),
        "imageTags",
        new Many(image),
        "replacements",
        new Many(replacement),
        "replicas",
        new Many(struct("name", "count", One.NUMBER)),
        "vars",
        new Many(variable),
        "sortOptions",
        sortOptions,
        "resources",
        texts,
        "components",
        texts,
        "crds",
        texts,
        "bases",
        texts,
        "configMapGenerator",
        new Many(new Struct(configMap)),
        "secretGenerator",
        new Many(generator),
        "helmGlobals",
        One.ANY,
        "helmCharts",
        new Many(One.ANY),
        "helmChartInflationGenerator",
        new Many(One.ANY),
        "generatorOptions",
        generatorOptions,
        "configurations",
        texts,
        "generators",
        texts,
        "transformers",
        texts,
        "validators",
        texts,
        "buildMetadata",
        texts);
  }

  private static Struct struct(String texts, Object... more) {
    var fields = new LinkedHashMap<String, Shape>();
    for (var name : texts.isEmpty() ? new String[0] : texts.split(" ")) {
      fields.put(name, One.TEXT);
    }
    for (int i = 0; i < more.length; i += 2) {
      fields.put((String) more[i], (Shape) more[i + 1]);
    }
    return new Struct(fields);
  }

  /// What a value of this shape is called in a message.
  default String word() {
    return switch (this) {
      case One one -> one.name().toLowerCase(Locale.ROOT);
      case Many _ -> "list";
      case Named _, Struct _ -> "map";
    };
  }
}
