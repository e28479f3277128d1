package io.cooper.cli;

import io.cooper.manifest.YamlFile;
import io.cooper.manifest.YamlReader;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.Catalogue;
import io.cooper.schemas.CustomResources;
import io.cooper.schemas.LayeredCatalogue;
import io.cooper.schemas.ReleasesInUse;
import io.cooper.schemas.admission.Admission;
import io.cooper.schemas.admission.Review;
import io.cooper.schemas.validate.ObjectValidator;
import io.cooper.schemas.validate.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
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
  private static final String DEFINITION = "CustomResourceDefinition";

  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description = "Files, and folders of .yaml and .yml files.")
  private List<Path> paths = new ArrayList<>();

  private final Terminal terminal;

  ValidateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /// What became of one file; sound objects are only counted.
  private record Examined(int objects, List<YamlFile.Fault> faults, List<Review> judged) {}

  @Override
  public Integer call() {
    var files = paths.stream().flatMap(ValidateCommand::files).toList();
    var validator = new ObjectValidator(catalogue(files), ValidateCommand::isVariable);
    var admission = new Admission(ValidateCommand::isVariable);
    // Each file is forgotten when it is judged, so that memory does not grow with their number.
    var examined = files.parallelStream().map(file -> examine(file, validator, admission)).toList();
    var faults = examined.stream().flatMap(each -> each.faults().stream()).toList();
    faults.forEach(
        fault -> terminal.out().printf("%s: %s%n", fault.place(), fault.problem().what()));
    var judged = examined.stream().flatMap(each -> each.judged().stream()).toList();
    judged.forEach(this::print);
    long wrong = judged.stream().filter(ValidateCommand::isWrong).count();
    var unknown = unknown(judged);
    if (!unknown.isEmpty()) {
      terminal.err().printf("cooper: not judged, of unknown kinds: %s%n", unknown);
    }
    terminal
        .out()
        .printf(
            "%d objects in %d files: %d refused, %d of unknown kinds%n",
            examined.stream().mapToInt(Examined::objects).sum(),
            files.size(),
            wrong,
            judged.stream().filter(each -> each.outcome() instanceof Outcome.UnknownKind).count());
    terminal.out().flush();
    return faults.isEmpty() ? (wrong > 0 ? 1 : 0) : Code.BAD_INPUT.exitStatus();
  }

  /// What the newest releases know, and before them the CRDs among the files.
  private static Catalogue catalogue(List<Path> files) {
    var definitions =
        files.parallelStream()
            .filter(ValidateCommand::mayDefineKinds)
            .map(ValidateCommand::read)
            .flatMap(YamlFile::manifests)
            .toList();
    return LayeredCatalogue.of(
        BuiltInCatalogue.of(ReleasesInUse.NONE), List.of(CustomResources.of(definitions.stream())));
  }

  private static boolean mayDefineKinds(Path file) {
    return new String(bytes(file), StandardCharsets.ISO_8859_1).contains(DEFINITION);
  }

  private static Examined examine(Path file, ObjectValidator validator, Admission admission) {
    var read = read(file);
    var objects = read.manifests().toList();
    return new Examined(
        objects.size(),
        read.faults(),
        objects.stream()
            .map(manifest -> Review.of(manifest, validator, admission))
            .filter(each -> !isSound(each))
            .toList());
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
