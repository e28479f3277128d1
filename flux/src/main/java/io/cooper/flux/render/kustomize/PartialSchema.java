package io.cooper.flux.render.kustomize;

import io.cooper.flux.render.kustomize.FluxBuild.Built;
import io.cooper.flux.render.tool.Version;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.ObjectId;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/// Spares kustomize the parsing of its schema of Kubernetes, 100 ms of a build of 110: it gets the
/// definitions of those kinds only that can matter.
///
/// kustomize looks at the schema only to merge a strategic-merge patch into an object (kyaml
/// `walk.Walker.GetSchema`), by the apiVersion and kind of the object, of the patch, or of an
/// object embedded in either. Whether a kind is cluster-scoped comes from a table in the code. So
/// if the schema has every kind of Kubernetes itself that a strategic-merge patch meets, the rest
/// of it makes no difference. Which kinds a patch meets is guessed from the files, and known from
/// the result: if the guess was wrong ([#served]), the build is run again as it is. Compared with
/// the plain build in the tests.
final class PartialSchema {
  static final String FILE = ".cooper-schema.json";

  /// Comments and directives that let a patch or an object refer to a schema or delete objects.
  private static final List<String> TELLING =
      List.of("$patch", "$openapi", "$ref", "$setElementOrder");

  private static final Pattern KIND = Pattern.compile("(?m)\\bkind[\"']?: *[\"']?(\\w+)");

  private final BuiltInSchema all;
  private final List<Parsed> merging;
  private final Set<String> kinds;

  /// A patch, parsed.
  private record Parsed(Optional<Mapping> target, String text, List<Value> documents) {
    static Parsed of(Inputs.Patch patch) {
      var read = YamlReader.ofSources().read("patch", patch.text());
      return new Parsed(
          patch.target(), patch.text(), read.faults().isEmpty() ? read.documents() : List.of());
    }

    boolean isJson() {
      return text.stripLeading().startsWith("[")
          || (!documents.isEmpty() && documents.getFirst() instanceof Sequence);
    }

    boolean isPlain() {
      return TELLING.stream().noneMatch(text::contains)
          && !(isJson() && (text.contains("/kind") || text.contains("/apiVersion")))
          && !documents.isEmpty();
    }

    boolean mayMeet(Mapping object) {
      return target.isEmpty()
          ? documents.stream()
              .anyMatch(document ->
                  document.find("kind").flatMap(Value::text).equals(object.text("kind")))
          : admits(target.get(), object);
    }

    private static boolean admits(Mapping target, Mapping object) {
      var version = object.text("apiVersion").orElse("");
      return matches(target.text("kind").orElse(""), object.text("kind").orElse(""))
          && matches(target.text("group").orElse(""), ObjectId.groupOf(version))
          && matches(
              target.text("version").orElse(""), version.substring(version.indexOf('/') + 1));
    }
  }

  private PartialSchema(BuiltInSchema all, List<Parsed> merging, Set<String> kinds) {
    this.all = all;
    this.merging = merging;
    this.kinds = kinds;
  }

  /// The schema for a build; empty if there is nothing to merge, or if what the schema is used for
  /// cannot be told beforehand.
  static Optional<PartialSchema> of(Inputs inputs, SourceFiles sources, Version kustomize) {
    if (inputs.unusual() || inputs.patches().isEmpty()) {
      return Optional.empty();
    }
    var patches = inputs.patches().stream().map(Parsed::of).toList();
    var merging = patches.stream().filter(patch -> !patch.isJson()).toList();
    if (merging.isEmpty() || !patches.stream().allMatch(Parsed::isPlain)) {
      return Optional.empty();
    }
    return BuiltInSchema.of(kustomize)
        .map(all -> new PartialSchema(all, merging, all.kinds(likely(merging, inputs, sources))));
  }

  /// The content of [#FILE].
  byte[] content() {
    return all.document(kinds);
  }

  /// The field `openapi` of the root file.
  static Mapping reference(Place place) {
    var entries = new LinkedHashMap<String, Mapping.Entry>();
    entries.put(
        "path",
        new Mapping.Entry(new Scalar(place, "path", "path"), new Scalar(place, FILE, FILE)));
    return new Mapping(place, entries);
  }

  /// Whether the result proves that nothing was missing in the schema.
  boolean served(List<Built> objects) {
    return Stream.concat(
            merging.stream().flatMap(patch -> patch.documents().stream()),
            objects.stream()
                .map(Built::root)
                .filter(object -> merging.stream().anyMatch(patch -> patch.mayMeet(object))))
        .allMatch(this::hasAll);
  }

  /// Whether the schema has the kind of an object and of all that are embedded in it, as far as
  /// kustomize itself has them.
  private boolean hasAll(Value value) {
    return switch (value) {
      case Scalar _ -> true;
      case Sequence list -> list.items().stream().allMatch(this::hasAll);
      case Mapping mapping ->
          kinds.containsAll(
                  mapping
                      .text("kind")
                      .flatMap(kind -> all.kind(mapping.text("apiVersion").orElse(""), kind))
                      .stream()
                      .toList())
              && mapping.entries().map(Mapping.Entry::value).allMatch(this::hasAll);
    };
  }

  /// Kinds that patches may meet: those written in the patches, and those in the files that a
  /// target admits.
  private static Set<String> likely(List<Parsed> merging, Inputs inputs, SourceFiles sources) {
    var found = new HashSet<String>();
    merging.forEach(patch -> written(patch.text()).forEach(found::add));
    var targets = merging.stream().flatMap(patch -> patch.target().stream()).toList();
    if (!targets.isEmpty()) {
      inputs.files().stream()
          .filter(file -> file.endsWith(".yaml") || file.endsWith(".yml"))
          .flatMap(file -> written(new String(sources.read(file), StandardCharsets.UTF_8)))
          .filter(kind ->
              targets.stream().anyMatch(target -> matches(target.text("kind").orElse(""), kind)))
          .forEach(found::add);
    }
    return found;
  }

  private static Stream<String> written(String text) {
    return KIND.matcher(text).results().map(found -> found.group(1));
  }

  private static boolean matches(String pattern, String text) {
    try {
      return pattern.isEmpty() || Pattern.matches(pattern, text);
    } catch (PatternSyntaxException _) {
      return true;
    }
  }
}
