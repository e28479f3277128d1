package io.cooper.flux.render.kustomize;

import io.cooper.flux.render.kustomize.FluxBuild.Built;
import io.cooper.flux.render.kustomize.FluxBuild.Origin;
import io.cooper.flux.render.substitute.Template;
import io.cooper.manifest.Dialect;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads what kustomize prints: documents with sorted keys, separated by `---`, each perhaps with
/// an annotation that names its file.
final class Output {
  private static final String ORIGIN = "config.kubernetes.io/origin";
  private static final Pattern ORIGIN_LINES =
      Pattern.compile("(?m)^    config\\.kubernetes\\.io/origin: \\|\\n(?:      .*\\n)*");
  private static final Pattern SIMPLE_ORIGIN = Pattern.compile("(path): ([a-zA-Z0-9_./-]+)\n");
  private static final Pattern NO_ANNOTATIONS = Pattern.compile("(?m)^  annotations:\\n(?!    )");

  private final YamlReader reader = new YamlReader(Dialect.KUBERNETES, YamlReader.Limits.RENDERED);
  private final String folder;
  private final boolean keepOrigins;

  /// @param folder of the build, to which origins are relative
  /// @param keepOrigins whether the annotation belongs to the objects
  Output(String folder, boolean keepOrigins) {
    this.folder = folder;
    this.keepOrigins = keepOrigins;
  }

  List<Built> objects(String output) {
    var objects = new ArrayList<Built>();
    int from = 0;
    while (from < output.length()) {
      int separator = output.startsWith("---\n", from) ? from : output.indexOf("\n---\n", from) + 1;
      int end = separator > 0 || output.startsWith("---\n", from) ? separator : output.length();
      var text = output.substring(from, end);
      if (!text.isBlank()) {
        objects.add(object(text));
      }
      from = end + 4;
    }
    return objects;
  }

  private Built object(String text) {
    var parsed = reader.read("kustomize", text);
    if (!parsed.faults().isEmpty()
        || !(parsed.documents().stream().findFirst().orElse(null) instanceof Mapping mapping)) {
      throw new Problem(
              Code.TOOL_FAILED,
              "kustomize",
              "its output cannot be read: "
                  + parsed.faults().stream()
                      .findFirst()
                      .map(fault -> fault.problem().what())
                      .orElse("no object"),
              "run kustomize build by hand and look at its output")
          .asException();
    }
    var origin = mapping.text("metadata", "annotations", ORIGIN).flatMap(this::origin);
    var place =
        Place.startOf(origin.map(Origin::file).orElse(Paths.child(folder, "kustomization.yaml")));
    var root = (Mapping) placed(mapping, place, keepOrigins ? 0 : 1);
    var plain = keepOrigins ? text : withoutOrigin(text);
    return new Built(root, Optional.of(plain).filter(Template::concerns), origin);
  }

  private static String withoutOrigin(String text) {
    var found = ORIGIN_LINES.matcher(text);
    return found.find()
        ? NO_ANNOTATIONS
            .matcher(text.substring(0, found.start()) + text.substring(found.end()))
            .replaceFirst("")
        : text;
  }

  private Optional<Origin> origin(String annotation) {
    var simple = SIMPLE_ORIGIN.matcher(annotation);
    if (simple.matches()) {
      return origin(simple.group(1), simple.group(2));
    }
    return reader.read(ORIGIN, annotation).documents().stream()
        .findFirst()
        .flatMap(document ->
            document
                .find("path")
                .flatMap(Value::text)
                .flatMap(path -> origin("path", path))
                .or(() ->
                    document
                        .find("configuredIn")
                        .flatMap(Value::text)
                        .flatMap(path -> origin("configuredIn", path))));
  }

  private Optional<Origin> origin(String key, String path) {
    return Paths.join(folder, path).map(file -> new Origin(file, key.equals("configuredIn")));
  }

  /// The same values with one shared place, and without the annotation where `level` is 1: the
  /// lines of kustomize's output mean nothing to anybody.
  private static Value placed(Value value, Place place, int level) {
    return switch (value) {
      case Scalar scalar -> new Scalar(place, scalar.source(), scalar.plain());
      case Sequence list ->
          new Sequence(place, list.items().stream().map(item -> placed(item, place, 0)).toList());
      case Mapping mapping -> {
        var entries = new LinkedHashMap<String, Mapping.Entry>();
        mapping
            .entries()
            .forEach(entry -> {
              var name = String.valueOf(entry.key().plain());
              if (level == 3 && name.equals(ORIGIN)) {
                return;
              }
              int next =
                  (level == 1 && name.equals("metadata"))
                          || (level == 2 && name.equals("annotations"))
                      ? level + 1
                      : 0;
              var kept = placed(entry.value(), place, next);
              if (next == 3 && kept instanceof Mapping left && left.size() == 0) {
                return;
              }
              entries.put(name, new Mapping.Entry((Scalar) placed(entry.key(), place, 0), kept));
            });
        yield new Mapping(place, entries);
      }
    };
  }
}
