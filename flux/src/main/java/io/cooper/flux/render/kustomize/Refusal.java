package io.cooper.flux.render.kustomize;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.manifest.Place;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Turns what kustomize says about a build into a problem at a file and line.
final class Refusal {
  private static final int SHOWN = 600;
  private static final Pattern LINE = Pattern.compile("\\bline (\\d+)");
  private static final Pattern PATCH_ID =
      Pattern.compile("no resource matches strategic merge patch \"([^\"]+)\"");
  private static final Pattern REGISTERED =
      Pattern.compile(
          "already registered id: ([^\\s']+)|may not add resource with an already registered id: ([^\\s']+)");

  /// How kubectl wraps an error for its log.
  private static final Pattern KUBECTL =
      Pattern.compile("(?s)^E\\d{4} .*?err=(?:\"(.*)\"|<\\s(.*)\\s>)\\s*$");

  private static final Pattern NOISE =
      Pattern.compile(
          "accumulating resources: accumulation err='|accumulation err='|accumulating resources from '[^']*': |read [^' ]*: is a directory': |recursed accumulation of path '[^']*': ");

  private final SourceFiles sources;
  private final RootFile root;
  private final Inputs inputs;
  private final Kustomization flux;

  Refusal(SourceFiles sources, RootFile root, Inputs inputs, Kustomization flux) {
    this.sources = sources;
    this.root = root;
    this.inputs = inputs;
    this.flux = flux;
  }

  List<RenderProblem> problems(String raw) {
    var messages = unwrapped(raw);
    var unreadable = unreadableFiles(messages);
    if (!unreadable.isEmpty()) {
      return unreadable;
    }
    var error =
        messages
            .lines()
            .filter(line -> !line.startsWith("# Warning"))
            .reduce((a, b) -> a + " " + b)
            .orElse("no message")
            .replaceFirst("^Error: ", "")
            .strip();
    var place = patch(error).or(() -> twice(error)).or(() -> named(error)).orElseGet(this::start);
    return List.of(
        new RenderProblem(
            Kind.BUILD,
            place,
            "kustomize refuses the build: " + brief(error),
            remedy(error),
            Optional.of(place.file())));
  }

  /// Whether kustomize looked for the object of a patch and did not find it.
  static boolean isAboutAPatchWithoutObject(String messages) {
    return messages.contains("no matches for Id") || messages.contains("no resource matches");
  }

  private static String unwrapped(String raw) {
    var logged = KUBECTL.matcher(raw);
    if (!logged.matches()) {
      return raw;
    }
    return logged.group(1) == null
        ? logged.group(2)
        : logged.group(1).replace("\\\"", "\"").replace("\\n", "\n");
  }

  /// The reader finds the same fault in a file and knows its line and column.
  private List<RenderProblem> unreadableFiles(String messages) {
    var found = new ArrayList<RenderProblem>();
    for (var file : inputs.files()) {
      var name = file.substring(file.lastIndexOf('/') + 1);
      boolean yaml = file.endsWith(".yaml") || file.endsWith(".yml");
      if (yaml && messages.contains(name)) {
        for (var fault : sources.manifests(file).faults()) {
          found.add(
              new RenderProblem(
                  Kind.BUILD,
                  fault.place(),
                  fault.problem().what(),
                  fault.problem().remedy(),
                  Optional.of(file)));
        }
      }
    }
    return found;
  }

  private static String brief(String error) {
    var plain = NOISE.matcher(error).replaceAll("").replaceAll("\\s+", " ");
    return plain.length() <= SHOWN ? plain : plain.substring(0, SHOWN) + " …";
  }

  private static String remedy(String error) {
    if (isAboutAPatchWithoutObject(error)) {
      return "correct the name and kind in the patch, or remove the patch";
    }
    if (error.contains("already registered id")) {
      return "keep one of the two, or give them different names or namespaces";
    }
    if (error.contains("unknown field")) {
      return "correct the name of the field, or remove it";
    }
    return "correct it; `kustomize build` of the folder shows the same";
  }

  /// A patch is named by its path, its text, or the object it is for.
  private Optional<Place> patch(String error) {
    for (var patch : inputs.patches()) {
      var path = patch.path();
      if (path.isPresent()
          && ((error.contains("[path: \"") && error.contains(name(path.get())))
              || error.contains(path.get()))) {
        return Optional.of(Place.startOf(path.get()));
      }
      var first = patch.text().strip().lines().findFirst().orElse("");
      if (path.isEmpty()
          && error.contains("[patch: ")
          && !first.isEmpty()
          && error.contains(first)) {
        return Optional.of(patch.place());
      }
    }
    var id = PATCH_ID.matcher(error);
    return id.find()
        ? inputs.patches().stream()
            .filter(patch -> isFor(patch, id.group(1)))
            .map(this::placeOf)
            .findFirst()
        : Optional.empty();
  }

  /// kustomize writes an id as `Kind.version.group/name.namespace`.
  private static boolean isFor(Inputs.Patch patch, String id) {
    return YamlReader.ofSources().read("patch", patch.text()).documents().stream()
        .anyMatch(document -> {
          var kind = document.find("kind").flatMap(Value::text).orElse("");
          var name = document.find("metadata", "name").flatMap(Value::text).orElse("");
          return id.startsWith(kind + ".") && id.contains("/" + name + ".");
        });
  }

  private Place placeOf(Inputs.Patch patch) {
    return patch.path().map(Place::startOf).orElse(patch.place());
  }

  /// The second of two objects with one id.
  private Optional<Place> twice(String error) {
    var id = REGISTERED.matcher(error);
    if (!id.find()) {
      return Optional.empty();
    }
    var text = Optional.ofNullable(id.group(1)).orElse(String.valueOf(id.group(2)));
    return inputs.files().stream()
        .filter(file -> file.endsWith(".yaml") || file.endsWith(".yml"))
        .flatMap(file -> sources.manifests(file).manifests())
        .filter(object ->
            text.startsWith(object.kind() + ".") && text.contains("/" + object.name() + "."))
        .map(io.cooper.manifest.Manifest::place)
        .reduce((_, last) -> last);
  }

  /// The last of the files that the message names, by path or else by name.
  private Optional<Place> named(String error) {
    return inputs.files().stream()
        .filter(file -> error.contains(file) || error.contains(name(file)))
        .max(
            Comparator.comparing((String file) -> error.contains(file))
                .thenComparingInt(
                    file -> Math.max(error.lastIndexOf(file), error.lastIndexOf(name(file)))))
        .map(file -> {
          var line = LINE.matcher(error);
          return new Place(file, line.find() ? Integer.parseInt(line.group(1)) : 1, 1);
        });
  }

  private static String name(String file) {
    return file.substring(file.lastIndexOf('/') + 1);
  }

  private Place start() {
    return root.generated() ? flux.manifest().placeAt("spec", "path") : Place.startOf(root.file());
  }
}
