package io.cooper.flux.render.kustomize;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Turns what kustomize says about a build into a problem at a file and line.
final class Refusal {
  private static final int SHOWN = 600;

  /// The folder whose kustomization file the words behind it are about.
  private static final Pattern FOLDER = Pattern.compile("path '([^']*)'");

  /// A file that a kustomization lists.
  private static final Pattern LISTED =
      Pattern.compile("(?:accumulating|merging) resources from '([^']*)'");

  private static final Pattern LINE = Pattern.compile("\\bline (\\d+)");
  private static final Pattern YAML =
      Pattern.compile("MalformedYAMLError|yaml: |mapping key|json: cannot unmarshal|invalid JSON");

  /// How kubectl wraps an error for its log.
  private static final Pattern KUBECTL =
      Pattern.compile("(?s)^E\\d{4} .*?err=(?:\"(.*)\"|<\\s(.*)\\s>)\\s*$");

  /// How kustomize says on whose behalf it complains, and what it tried beside.
  private static final Pattern NOISE =
      Pattern.compile(
          "accumulating resources: |accumulating components: |accumulation err='"
              + "|(?:accumulating|merging) resources from '[^']*': |read \\S+: is a directory': "
              + "|couldn't make target for path '[^']*': |recursed accumulation of path '[^']*': "
              + "|': must build at directory: '[^']*': file is not directory| &\\{0x[0-9a-f]+ <nil>\\}");

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
    return List.of(
        Complaint.in(error).map(found -> told(found, error)).orElseGet(() -> raw(error)));
  }

  /// A complaint we know, in our words.
  private RenderProblem told(Complaint.Found found, String error) {
    var place =
        switch (found.where()) {
          case PATCH -> patch(found.subject(), error).orElseGet(() -> key("patches", error));
          case SECOND -> twice(found.subject()).orElseGet(() -> Place.startOf(file(error)));
          case LISTED -> listed(error).orElseGet(() -> Place.startOf(file(error)));
          case KEY -> key(found.subject(), error);
        };
    return problem(place, found.message(), found.remedy());
  }

  /// A complaint we do not know.
  private RenderProblem raw(String error) {
    var place = patch("", error).or(() -> named(error)).orElseGet(() -> Place.startOf(file(error)));
    return problem(
        place,
        "kustomize refuses the build: " + brief(error),
        "correct it; `kustomize build` of the folder shows the same");
  }

  private static RenderProblem problem(Place place, String message, String remedy) {
    return new RenderProblem(Kind.BUILD, place, message, remedy, Optional.of(place.file()));
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

  /// The reader finds the same fault in a file and knows its line and column. kustomize does not
  /// always name the file.
  private List<RenderProblem> unreadableFiles(String messages) {
    var named =
        inputs.files().stream()
            .filter(file -> messages.contains(name(file)))
            .flatMap(this::faults)
            .toList();
    return named.isEmpty() && YAML.matcher(messages).find()
        ? inputs.files().stream().flatMap(this::faults).toList()
        : named;
  }

  private Stream<RenderProblem> faults(String file) {
    return file.endsWith(".yaml") || file.endsWith(".yml")
        ? sources.manifests(file).faults().stream().map(Bounds::problem)
        : Stream.empty();
  }

  private static String brief(String error) {
    var plain = NOISE.matcher(error).replaceAll("").replaceAll("\\s+", " ");
    return plain.length() <= SHOWN ? plain : plain.substring(0, SHOWN) + " …";
  }

  /// A patch is named by the object it is for, its path, its text, or a piece of it.
  ///
  /// @param subject an id as kustomize writes it, or a piece of the patch; empty if none is known
  private Optional<Place> patch(String subject, String error) {
    var wanted = inputs.patches().stream().filter(patch -> isFor(patch, subject)).map(this::nameIn);
    var named =
        inputs.patches().stream()
            .filter(patch -> isNamed(patch, error))
            .map(patch -> patch.path().map(Place::startOf).orElse(patch.place()));
    var holding =
        inputs.patches().stream()
            .filter(patch -> !subject.isEmpty() && patch.text().contains(subject))
            .map(patch -> lineIn(patch, subject));
    return Stream.of(wanted, named, holding).flatMap(found -> found).findFirst();
  }

  private static boolean isNamed(Inputs.Patch patch, String error) {
    if (patch.path().isPresent()) {
      var path = patch.path().get();
      return (error.contains("[path: \"") && error.contains(name(path))) || error.contains(path);
    }
    var first = patch.text().strip().lines().findFirst().orElse("");
    return error.contains("[patch: ") && !first.isEmpty() && error.contains(first);
  }

  private static Place lineIn(Inputs.Patch patch, String text) {
    if (patch.path().isEmpty()) {
      return patch.place();
    }
    var before = patch.text().substring(0, patch.text().indexOf(text));
    return new Place(
        patch.path().get(), 1 + (int) before.chars().filter(c -> c == '\n').count(), 1);
  }

  /// kustomize writes an id as `Kind.version.group/name.namespace`.
  private static boolean isFor(Inputs.Patch patch, String id) {
    return YamlReader.ofSources().read("patch", patch.text()).documents().stream()
        .anyMatch(document -> {
          var kind = document.find("kind").flatMap(Value::text).orElse("");
          var name = document.find("metadata", "name").flatMap(Value::text).orElse("");
          return !name.isEmpty() && id.startsWith(kind + ".") && id.contains("/" + name + ".");
        });
  }

  /// Where the patch says what it is for.
  private Place nameIn(Inputs.Patch patch) {
    return patch
        .path()
        .flatMap(file ->
            sources.manifests(file).documents().stream()
                .flatMap(document -> document.find("metadata", "name").stream())
                .map(Value::place)
                .findFirst()
                .or(() -> Optional.of(Place.startOf(file))))
        .orElse(patch.place());
  }

  /// The second of two objects with one id.
  private Optional<Place> twice(String id) {
    return inputs.files().stream()
        .filter(file -> file.endsWith(".yaml") || file.endsWith(".yml"))
        .flatMap(file -> sources.manifests(file).manifests())
        .filter(
            object -> id.startsWith(object.kind() + ".") && id.contains("/" + object.name() + "."))
        .map(Manifest::place)
        .reduce((_, last) -> last);
  }

  /// The document that is no object, in the file that was being read.
  private Optional<Place> listed(String error) {
    return last(LISTED, error)
        .flatMap(entry -> Paths.join(folder(error), entry))
        .filter(inputs.files()::contains)
        .map(file ->
            sources.manifests(file).documents().stream()
                .filter(document -> !isObject(document))
                .map(Value::place)
                .findFirst()
                .orElse(Place.startOf(file)));
  }

  private static boolean isObject(Value document) {
    return Manifest.looksLikeOne(document)
        && document
            .find("metadata", "name")
            .flatMap(Value::text)
            .filter(n -> !n.isEmpty())
            .isPresent();
  }

  /// A key of the kustomization file in question, wherever it stands in it.
  private Place key(String name, String error) {
    var file = file(error);
    return sources.contains(file)
        ? sources.kustomization(file).documents().stream()
            .flatMap(document -> key(name, document).stream())
            .findFirst()
            .orElse(Place.startOf(file))
        : start();
  }

  private static Optional<Place> key(String name, Value value) {
    return switch (value) {
      case Scalar _ -> Optional.empty();
      case Sequence list ->
          list.items().stream().flatMap(item -> key(name, item).stream()).findFirst();
      case Mapping mapping ->
          mapping
              .entries()
              .filter(entry -> name.equals(entry.key().source()))
              .map(entry -> entry.key().place())
              .findFirst()
              .or(() ->
                  mapping
                      .entries()
                      .flatMap(entry -> key(name, entry.value()).stream())
                      .findFirst());
    };
  }

  /// The kustomization file in question.
  private String file(String error) {
    var folder = last(FOLDER, error).filter(path -> !path.equals(root.folder()));
    return folder.flatMap(sources::kustomizationFile).orElseGet(() -> start().file());
  }

  private String folder(String error) {
    return last(FOLDER, error).filter(sources.artifact()::isFolder).orElse(root.folder());
  }

  private static Optional<String> last(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(found -> found.group(1)).reduce((_, last) -> last);
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
