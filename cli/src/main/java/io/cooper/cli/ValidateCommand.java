package io.cooper.cli;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.YamlFile;
import io.cooper.manifest.YamlReader;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.Catalogue;
import io.cooper.schemas.CheckedRelease;
import io.cooper.schemas.CustomResources;
import io.cooper.schemas.Definitions;
import io.cooper.schemas.LayeredCatalogue;
import io.cooper.schemas.ReleasesInUse.InUse;
import io.cooper.schemas.admission.Admission;
import io.cooper.schemas.admission.Review;
import io.cooper.schemas.validate.ObjectValidator;
import io.cooper.schemas.validate.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `cooper validate`
@Command(
    name = "validate",
    description = {
      "Judges manifests as they stand in files by the schemas of their kinds.",
      "Nothing is rendered, and Flux is not needed; cooper check does that."
    },
    mixinStandardHelpOptions = true,
    footer = {"", "  cooper validate apps/web/deployment.yaml", "  cooper validate rendered/"},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:every object of a known kind is sound",
      "1:some are not",
      "2:wrong use, or a file that cannot be read"
    })
final class ValidateCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description =
          "Files, and folders of .yaml and .yml files. CRDs among them define kinds, and are judged, too.")
  private List<Path> paths = new ArrayList<>();

  @Mixin private ClusterVersions versions = new ClusterVersions();

  private final Terminal terminal;

  ValidateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// What became of one file; sound objects are only counted.
  ///
  /// @param kinds of its objects: apiVersion, space, kind
  /// @param definitions the CRDs among them
  private record Examined(
      Path file,
      int objects,
      List<YamlFile.Fault> faults,
      List<Review> judged,
      Set<String> kinds,
      List<Manifest> definitions) {
    boolean concerns(Definitions definitions) {
      return kinds.stream()
          .map(kind -> kind.split(" ", 2))
          .anyMatch(kind -> definitions.speaksOf(kind[0], kind[1]));
    }
  }

  @Override
  public Integer call() {
    var files = paths.stream().flatMap(ValidateCommand::files).toList();
    var releases = BuiltInCatalogue.of(versions.given());
    warnOfStandIns(releases);
    // Each file is forgotten when it is judged, so that memory does not grow with their number.
    var examined = examined(files, new Judge(releases));
    var definitions =
        CustomResources.of(examined.stream().flatMap(each -> each.definitions().stream()));
    if (!definitions.isEmpty()) {
      examined = again(examined, definitions, releases);
    }
    return report(examined, definitions.unusable());
  }

  private void warnOfStandIns(BuiltInCatalogue releases) {
    releases
        .releases()
        .filter(CheckedRelease::isStandIn)
        .forEach(checked ->
            terminal
                .err()
                .printf(
                    "cooper: nothing is known of %s, so %s stands in for it%n",
                    checked.asked().map(InUse::release).orElseThrow(), checked.release()));
  }

  /// By what objects are judged. Safe for use by several threads.
  private record Judge(ObjectValidator validator, Admission admission) {
    Judge(Catalogue catalogue) {
      this(
          new ObjectValidator(catalogue, ValidateCommand::isVariable),
          new Admission(ValidateCommand::isVariable));
    }
  }

  private static List<Examined> examined(List<Path> files, Judge judge) {
    return files.parallelStream().map(file -> examine(file, judge)).toList();
  }

  /// Only a file with objects of a kind that a CRD speaks of is read a second time.
  private static List<Examined> again(
      List<Examined> examined, Definitions definitions, BuiltInCatalogue releases) {
    var judge = new Judge(LayeredCatalogue.of(releases, List.of(definitions)));
    return examined.parallelStream()
        .map(each -> each.concerns(definitions) ? examine(each.file(), judge) : each)
        .toList();
  }

  private static Examined examine(Path file, Judge judge) {
    var read = read(file);
    int objects = 0;
    var judged = new ArrayList<Review>();
    var kinds = new HashSet<String>();
    var definitions = new ArrayList<Manifest>();
    for (var manifest : read.manifests().toList()) {
      objects++;
      kinds.add(manifest.apiVersion() + " " + manifest.kind());
      if (CustomResources.isOne(manifest)) {
        definitions.add(manifest);
      }
      var review = Review.of(manifest, judge.validator(), judge.admission());
      if (!isSound(review)) {
        judged.add(review);
      }
    }
    return new Examined(file, objects, read.faults(), judged, kinds, definitions);
  }

  private int report(List<Examined> examined, List<Definitions.Unusable> unusable) {
    var faults = examined.stream().flatMap(each -> each.faults().stream()).toList();
    faults.forEach(
        fault -> terminal.out().printf("%s: %s%n", fault.place(), fault.problem().what()));
    unusable.forEach(each ->
        terminal.out().printf("%s: %s; try: %s%n", each.place(), each.what(), each.remedy()));
    var judged = examined.stream().flatMap(each -> each.judged().stream()).toList();
    judged.forEach(this::print);
    long wrong = judged.stream().filter(ValidateCommand::isWrong).count();
    var unknown = unknown(judged);
    if (!unknown.isEmpty()) {
      terminal.err().printf("cooper: not judged, of unknown kinds: %s%n", unknown);
    }
    // Without a format: numbers in one make the JVM read its locales.
    terminal
        .out()
        .println(
            examined.stream().mapToInt(Examined::objects).sum()
                + " objects in "
                + examined.size()
                + " files: "
                + wrong
                + " refused, "
                + judged.stream()
                    .filter(each -> each.outcome() instanceof Outcome.UnknownKind)
                    .count()
                + " of unknown kinds");
    terminal.out().flush();
    return faults.isEmpty()
        ? (wrong > 0 || !unusable.isEmpty() ? 1 : 0)
        : Code.BAD_INPUT.exitStatus();
  }

  /// Flux fills them in later.
  private static boolean isVariable(String text) {
    return text.contains("${");
  }

  private static boolean isSound(Review each) {
    return each.outcome() instanceof Outcome.Judged judged
        && judged.violations().isEmpty()
        && judged.unjudged().isEmpty()
        && each.refused().isEmpty();
  }

  private static boolean isWrong(Review each) {
    return each.violations().findAny().isPresent();
  }

  private void print(Review each) {
    each.violations()
        .forEach(violation ->
            terminal
                .out()
                .printf(
                    "%s: %s: %s%s%n",
                    each.manifest().placeAt(violation.path().toArray(String[]::new)),
                    each.manifest(),
                    violation.message(),
                    violation.remedy().map("; try: "::concat).orElse("")));
    switch (each.outcome()) {
      case Outcome.Unusable(var schema, var reason) ->
          terminal
              .err()
              .printf(
                  "cooper: %s %s cannot be judged, its schema is of no use: %s%n",
                  schema.apiVersion(), schema.kind(), reason);
      case Outcome.Judged(var schema, var _, var unjudged) ->
          unjudged.forEach(reason ->
              terminal
                  .err()
                  .printf(
                      "cooper: a condition of %s %s was not judged: %s%n",
                      schema.apiVersion(), schema.kind(), reason));
      case Outcome.UnknownKind _ -> {
        // They are named together.
      }
    }
  }

  private static String unknown(List<Review> judged) {
    return judged.stream()
        .filter(each -> each.outcome() instanceof Outcome.UnknownKind)
        .map(each -> each.manifest().apiVersion() + " " + each.manifest().kind())
        .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .map(kind -> "%s (%d)".formatted(kind.getKey(), kind.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static Stream<Path> files(Path path) {
    if (!Files.exists(path)) {
      throw new Problem(
              Code.BAD_USE, path.toString(), "there is no such file or folder", "name one that is")
          .asException();
    }
    if (!Files.isDirectory(path)) {
      return Stream.of(path);
    }
    try (var below = Files.walk(path)) {
      return below
          .filter(ValidateCommand::isYaml)
          .filter(Files::isRegularFile)
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static boolean isYaml(Path file) {
    var name = file.toString();
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }

  private static YamlFile read(Path file) {
    return YamlReader.ofRendered().read(file.toString(), bytes(file));
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static RuntimeException unreadable(Path path, IOException e) {
    return new Problem(
            Code.BAD_USE, path.toString(), "cannot be read: " + e, "name what can be read")
        .asException();
  }
}
