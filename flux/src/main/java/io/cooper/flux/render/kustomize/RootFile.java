package io.cooper.flux.render.kustomize;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The kustomization file at `spec.path` as Flux writes it before the build: read leniently or
/// generated, and merged with the fields of the Flux object (fluxcd/pkg/kustomize
/// `kustomize_generator.go`).
final class RootFile {
  private static final String KIND = "Kustomization";
  private static final String VERSION = "kustomize.config.k8s.io/v1beta1";
  static final String ORIGINS = "originAnnotations";

  private final SourceFiles sources;
  private final Kustomization flux;
  private final String folder;
  private final List<RenderProblem> problems = new ArrayList<>();
  private final Map<String, Mapping.Entry> fields = new LinkedHashMap<>();
  private final Place start;
  private final boolean generated;
  private final String file;

  RootFile(SourceFiles sources, Kustomization flux, String folder) {
    this.sources = sources;
    this.flux = flux;
    this.folder = folder;
    var existing = sources.kustomizationFile(folder);
    this.generated = existing.isEmpty();
    this.file = existing.orElse(Paths.child(folder, Paths.KUSTOMIZATION_FILES.getFirst()));
    this.start = generated ? flux.manifest().place() : Place.startOf(file);
    if (generated) {
      generate();
    } else {
      read();
    }
    merge();
  }

  /// Whether there is no such file and Flux lists the folder itself.
  boolean generated() {
    return generated;
  }

  /// The folder it is for.
  String folder() {
    return folder;
  }

  /// Path of the file, there or not.
  String file() {
    return file;
  }

  /// What was dropped or cannot be read.
  List<RenderProblem> problems() {
    return problems;
  }

  /// The merged content.
  Mapping content() {
    return new Mapping(start, fields);
  }

  /// Whether the build leaves `config.kubernetes.io/origin` on the objects in the cluster too.
  boolean keepsOrigins() {
    return content()
        .items("buildMetadata")
        .anyMatch(each -> each.text().equals(Optional.of(ORIGINS)));
  }

  private void read() {
    var parsed = sources.kustomization(file);
    parsed
        .faults()
        .forEach(fault ->
            problem(
                fault.problem().what().startsWith("key ") ? Kind.DROPPED : Kind.BUILD,
                fault.place(),
                fault.problem().what(),
                fault.problem().remedy()));
    var content = parsed.documents().stream().findFirst();
    var lenient = new Lenient();
    switch (content.orElse(null)) {
      case null -> {}
      case Mapping mapping ->
          lenient.read(mapping).entries().forEach(entry -> fields.put(entry.key().source(), entry));
      case Value other ->
          problem(
              Kind.BUILD,
              other.place(),
              "not a kustomization file: no map",
              "write resources: […]");
    }
    renamed();
    problems.addAll(lenient.problems());
    parsed.documents().stream()
        .skip(1)
        .forEach(document ->
            problem(
                Kind.DROPPED,
                document.place(),
                "only the first document of a kustomization file counts; Flux drops this one without a word",
                "merge it into the first"));
    fields.putIfAbsent("apiVersion", text("apiVersion", VERSION));
    fields.putIfAbsent("kind", text("kind", KIND));
    if (content().items("resources").findAny().isEmpty()) {
      fields.put("buildMetadata", list("buildMetadata", List.of(scalar(ORIGINS))));
    }
  }

  /// Keys carry the spelling of the file; from here on they have kustomize's.
  private void renamed() {
    var canonical = new LinkedHashMap<String, Mapping.Entry>();
    fields
        .values()
        .forEach(entry -> {
          var name =
              Shape.KUSTOMIZATION
                  .field(entry.key().source())
                  .map(Map.Entry::getKey)
                  .orElse(entry.key().source());
          canonical.put(
              name, new Mapping.Entry(new Scalar(entry.key().place(), name, name), entry.value()));
        });
    fields.clear();
    fields.putAll(canonical);
  }

  private void generate() {
    fields.put("apiVersion", text("apiVersion", VERSION));
    fields.put("kind", text("kind", KIND));
    var found = new GeneratedList(sources, folder);
    problems.addAll(found.problems());
    if (found.entries().isEmpty()) {
      fields.put("namespace", text("namespace", "_placeholder"));
    } else {
      fields.put("resources", list("resources", found.entries()));
    }
  }

  private void merge() {
    replaceText("targetNamespace", "namespace");
    replaceText("namePrefix", "namePrefix");
    replaceText("nameSuffix", "nameSuffix");
    append("patches", spec("patches").map(RootFile::patch).toList());
    append("components", components());
    images();
    var metadata = spec("buildMetadata").toList();
    if (!metadata.isEmpty()) {
      fields.put("buildMetadata", list("buildMetadata", metadata));
    }
  }

  private java.util.stream.Stream<Value> spec(String field) {
    return flux.manifest().root().items("spec", field);
  }

  private void replaceText(String fluxField, String field) {
    flux.manifest()
        .text("spec", fluxField)
        .ifPresent(value -> {
          if (value.isEmpty()) {
            fields.remove(field);
          } else {
            fields.put(field, text(field, value));
          }
        });
  }

  /// Only what Flux's own type of a patch carries over.
  private static Value patch(Value entry) {
    if (!(entry instanceof Mapping patch)) {
      return entry;
    }
    var kept = new LinkedHashMap<String, Mapping.Entry>();
    for (var field : List.of("patch", "target")) {
      patch
          .get(field)
          .ifPresent(value ->
              kept.put(field, new Mapping.Entry(new Scalar(value.place(), field, field), value)));
    }
    return new Mapping(patch.place(), kept);
  }

  private List<Value> components() {
    boolean ignoreMissing =
        flux.manifest().root().flag("spec", "ignoreMissingComponents").orElse(false);
    var kept = new ArrayList<Value>();
    spec("components")
        .forEach(entry -> {
          var text = entry.text().orElse("");
          if (text.startsWith("/") || Paths.isRemote(text)) {
            problem(
                Kind.BUILD,
                flux.manifest().placeOf(entry),
                "component %s is not a relative path inside the repository; Flux refuses it"
                    .formatted(text),
                "write a path relative to spec.path");
            return;
          }
          var target = Paths.join(folder, text);
          boolean there =
              target.isPresent()
                  && (sources.artifact().isFolder(target.get())
                      || sources.artifact().contains(target.get()));
          if (there || !ignoreMissing) {
            kept.add(placed(entry));
          }
        });
    return kept;
  }

  /// A value of the Flux object, placed where a person edits it.
  private Value placed(Value value) {
    return value instanceof Scalar scalar
        ? new Scalar(flux.manifest().placeOf(value), scalar.source(), scalar.plain())
        : value;
  }

  private void append(String field, List<Value> more) {
    if (more.isEmpty()) {
      return;
    }
    var all = new ArrayList<>(content().items(field).toList());
    all.addAll(more);
    fields.put(field, list(field, all));
  }

  /// Merged by name; tag and digest are one unit.
  private void images() {
    spec("images")
        .filter(Mapping.class::isInstance)
        .map(Mapping.class::cast)
        .forEach(image -> {
          var all = new ArrayList<>(content().items("images").toList());
          int same = -1;
          for (int i = 0; i < all.size() && same < 0; i++) {
            same = all.get(i).find("name").flatMap(Value::text).equals(image.text("name")) ? i : -1;
          }
          if (same < 0) {
            all.add(image);
          } else {
            all.set(same, merged((Mapping) all.get(same), image));
          }
          fields.put("images", list("images", all));
        });
  }

  private Mapping merged(Mapping into, Mapping image) {
    var merged = new LinkedHashMap<String, Mapping.Entry>();
    into.entries().forEach(entry -> merged.put(entry.key().source(), entry));
    var name = image.text("newName").filter(text -> !text.isEmpty());
    name.ifPresent(text -> merged.put("newName", text("newName", text)));
    var tag = image.text("newTag").filter(text -> !text.isEmpty());
    var digest = image.text("digest").filter(text -> !text.isEmpty());
    if (tag.isPresent() || digest.isPresent()) {
      merged.remove("newTag");
      merged.remove("digest");
      tag.ifPresent(text -> merged.put("newTag", text("newTag", text)));
      digest.ifPresent(text -> merged.put("digest", text("digest", text)));
    }
    return new Mapping(into.place(), merged);
  }

  private Scalar scalar(String text) {
    return new Scalar(start, text, text);
  }

  private Mapping.Entry text(String field, String value) {
    return new Mapping.Entry(scalar(field), scalar(value));
  }

  private Mapping.Entry list(String field, List<Value> items) {
    return new Mapping.Entry(scalar(field), new Sequence(start, items));
  }

  private void problem(Kind kind, Place place, String message, String remedy) {
    problems.add(new RenderProblem(kind, place, message, remedy, Optional.of(file)));
  }
}
