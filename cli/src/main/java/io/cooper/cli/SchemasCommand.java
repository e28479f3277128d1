package io.cooper.cli;

import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.CheckedRelease;
import io.cooper.schemas.ImportedSchemas;
import io.cooper.schemas.KindSchema;
import io.cooper.schemas.KnownReleases;
import io.cooper.schemas.LayeredCatalogue;
import io.cooper.schemas.ReleasesInUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `cooper schemas`
@Command(
    name = "schemas",
    description = "Shows the kinds that manifests are judged by, and brings in more.",
    mixinStandardHelpOptions = true)
final class SchemasCommand implements Callable<Integer> {
  enum Format {
    text,
    json
  }

  private final Terminal terminal;

  @Spec private @Nullable CommandSpec spec;

  SchemasCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        Optional.ofNullable(spec).orElseThrow().commandLine(),
        "a command is needed, for example: cooper schemas list");
  }

  @Command(
      name = "list",
      description = "Lists all kinds: group, versions, and the release that each comes from.",
      mixinStandardHelpOptions = true)
  int list(
      @Option(
              names = "--release",
              paramLabel = "PRODUCT=VERSION",
              split = ",",
              description = "Releases other than the newest, such as kubernetes=1.34,cnpg=1.28.")
          @Nullable Map<String, String> releases,
      @Option(
              names = "--path",
              paramLabel = "PATH",
              defaultValue = ".",
              description = "A folder of the repository whose imported schemas count.")
          Path path,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "How to list: ${COMPLETION-CANDIDATES}.")
          Format format) {
    var catalogue = catalogue(releases, path);
    var rows = rows(catalogue);
    if (format == Format.json) {
      terminal.out().println(indented(json(catalogue, rows)));
    } else {
      rows.forEach(this::print);
    }
    terminal.out().flush();
    return 0;
  }

  /// A kind in all its versions.
  private record Row(String group, String kind, List<KindSchema> versions) {
    String from() {
      return versions.getFirst().from().map(Object::toString).orElse("imported");
    }
  }

  private static List<Row> rows(LayeredCatalogue catalogue) {
    record Key(String group, String kind) {}
    return catalogue
        .kinds()
        .collect(
            Collectors.groupingBy(
                kind -> new Key(group(kind), kind.kind()), LinkedHashMap::new, Collectors.toList()))
        .entrySet()
        .stream()
        .map(entry -> new Row(entry.getKey().group(), entry.getKey().kind(), entry.getValue()))
        .toList();
  }

  private static String group(KindSchema kind) {
    int slash = kind.apiVersion().indexOf('/');
    return slash < 0 ? "" : kind.apiVersion().substring(0, slash);
  }

  private static String version(KindSchema kind) {
    return kind.apiVersion().substring(kind.apiVersion().indexOf('/') + 1);
  }

  private void print(Row row) {
    var versions =
        row.versions().stream()
            .map(kind -> version(kind) + (kind.deprecation().isPresent() ? " (deprecated)" : ""))
            .collect(Collectors.joining(", "));
    terminal
        .out()
        .printf(
            "%-36s %-36s %-28s %s%n",
            row.kind(), row.group().isEmpty() ? "-" : row.group(), versions, row.from());
  }

  private static ObjectNode json(LayeredCatalogue catalogue, List<Row> rows) {
    var document = JsonNodeFactory.instance.objectNode();
    document.put("schemaVersion", 1);
    var releases = document.putArray("releases");
    catalogue.releases().forEach(checked -> describe(releases.addObject(), checked));
    var kinds = document.putArray("kinds");
    for (var row : rows) {
      describe(kinds.addObject(), row);
    }
    return document;
  }

  private static void describe(ObjectNode object, CheckedRelease checked) {
    object.put("product", checked.release().product().key());
    object.put("release", checked.release().version().getVersion());
    var modules = object.putArray("from");
    KnownReleases.origins(checked.release()).forEach(modules::add);
  }

  private static void describe(ObjectNode object, Row row) {
    object.put("group", row.group());
    object.put("kind", row.kind());
    object.put("namespaced", row.versions().getFirst().namespaced());
    object.put("from", row.from());
    var versions = object.putArray("versions");
    for (var kind : row.versions()) {
      var version = versions.addObject();
      version.put("version", version(kind));
      kind.deprecation().ifPresent(text -> version.put("deprecation", text));
    }
  }

  @Command(
      name = "show",
      description = "Shows the fields of a kind.",
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {"0:shown", "2:there is no such kind"})
  int show(
      @Parameters(
              paramLabel = "KIND",
              description =
                  "A kind, such as Cluster, or apiVersion/Kind, such as apps/v1/Deployment.")
          String kind,
      @Option(
              names = "--release",
              paramLabel = "PRODUCT=VERSION",
              split = ",",
              description = "Releases other than the newest, such as kubernetes=1.34,cnpg=1.28.")
          @Nullable Map<String, String> releases,
      @Option(
              names = "--path",
              paramLabel = "PATH",
              defaultValue = ".",
              description = "A folder of the repository whose imported schemas count.")
          Path path,
      @Option(
              names = "--depth",
              paramLabel = "N",
              defaultValue = "4",
              description =
                  "How many levels of fields the text shows; ${DEFAULT-VALUE} if left out.")
          int depth,
      @Option(
              names = "--format",
              defaultValue = "text",
              description = "text, or json for the JSON Schema: ${COMPLETION-CANDIDATES}.")
          Format format) {
    var catalogue = catalogue(releases, path);
    var shown = new ShownSchema(catalogue, found(catalogue, kind));
    if (format == Format.json) {
      terminal.out().println(indented(shown.json()));
    } else {
      shown.lines(depth).forEach(terminal.out()::println);
    }
    terminal.out().flush();
    return 0;
  }

  @Command(
      name = "releases",
      description =
          "Shows which releases a repository runs on, where that stands, and what stands in.",
      mixinStandardHelpOptions = true)
  int releases(@Mixin RepositoryOptions repository) {
    try (var examination = Examination.of(repository, RenderOptions.Mode.LENIENT, terminal)) {
      examination.repository().catalogue().releases().forEach(this::print);
    }
    terminal.out().flush();
    return 0;
  }

  private void print(CheckedRelease checked) {
    var against = checked.release();
    terminal
        .out()
        .printf(
            "%-20s %-12s %s%n",
            against.product().key(),
            checked.asked().map(asked -> asked.release().version().getVersion()).orElse("-"),
            checked
                    .asked()
                    .map(asked ->
                        asked.source()
                            + asked.place().map(place -> " at " + place).orElse("")
                            + ", checked against ")
                    .orElse("not named, checked against the newest known: ")
                + against.version()
                + (checked.isStandIn() ? ", which stands in for it" : ""));
  }

  private static KindSchema found(LayeredCatalogue catalogue, String asked) {
    int slash = asked.lastIndexOf('/');
    var kind = asked.substring(slash + 1);
    var candidates =
        catalogue
            .kinds()
            .filter(each -> each.kind().equals(kind))
            .filter(each -> slash < 0 || each.apiVersion().equals(asked.substring(0, slash)))
            .toList();
    if (candidates.isEmpty()) {
      throw unknown(catalogue, asked, slash >= 0);
    }
    // One group's stable version says what all its versions mean; two groups mean two things.
    if (candidates.stream().map(SchemasCommand::group).distinct().count() > 1) {
      throw new Problem(
              Code.BAD_USE,
              asked,
              "several groups have that kind: %s".formatted(names(candidates)),
              "name one of them")
          .asException();
    }
    return candidates.stream()
        .filter(each -> !version(each).matches(".*(alpha|beta).*"))
        .reduce((_, last) -> last)
        .orElseGet(candidates::getLast);
  }

  private static String names(List<KindSchema> kinds) {
    return kinds.stream()
        .map(each -> each.apiVersion() + "/" + each.kind())
        .collect(Collectors.joining(", "));
  }

  private static RuntimeException unknown(
      LayeredCatalogue catalogue, String asked, boolean qualified) {
    var known =
        catalogue
            .kinds()
            .map(each -> qualified ? each.apiVersion() + "/" + each.kind() : each.kind())
            .distinct()
            .toList();
    return new Problem(
            Code.BAD_USE,
            asked,
            "there is no such kind" + Nearest.hint(asked, known),
            "see cooper schemas list; a kind of your own comes in with cooper schemas import")
        .asException();
  }

  private static LayeredCatalogue catalogue(@Nullable Map<String, String> releases, Path path) {
    var asked =
        ReleasesInUse.given(
            releases == null ? Map.of() : releases, "--release", _ -> Optional.empty());
    return LayeredCatalogue.of(
        BuiltInCatalogue.of(asked), List.of(ImportedSchemas.read(root(path))));
  }

  /// The root of the repository, or the folder itself where there is none.
  private static Path root(Path path) {
    return Stream.iterate(
            path.toAbsolutePath().normalize(), folder -> folder != null, Path::getParent)
        .filter(folder -> Files.exists(folder.resolve(".git")))
        .findFirst()
        .orElse(path);
  }

  @Command(
      name = "import",
      description = {
        "Brings kinds into the repository: from CRD files, from saved answers of an API server",
        "(kubectl get --raw /openapi/v3/apis/GROUP/VERSION), or from the cluster that kubectl speaks to."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:imported",
        "2:a file that is neither, or a schema that is none",
        "3:kubectl is missing or failed"
      })
  int bringIn(
      @Parameters(
              paramLabel = "FILE",
              arity = "0..*",
              description = "CRDs or OpenAPI v3 documents.")
          @Nullable List<Path> files,
      @Option(names = "--cluster", description = "Everything that the cluster serves.")
          boolean cluster,
      @Option(
              names = "--context",
              paramLabel = "NAME",
              description = "kubectl's context, with --cluster.")
          @Nullable String context,
      @Option(
              names = "--path",
              paramLabel = "PATH",
              defaultValue = ".",
              description = "A folder of the repository that they are imported into.")
          Path path) {
    var given = files == null ? List.<Path>of() : files;
    if (given.isEmpty() != cluster) {
      throw new Problem(
              Code.BAD_USE,
              "cooper schemas import",
              given.isEmpty() ? "nothing to import" : "files and --cluster",
              "name files, or --cluster")
          .asException();
    }
    // Everything is read before anything is written.
    var imported = new TreeMap<String, ImportedSchemas.Imported>();
    for (var source : cluster ? new ClusterSchemas(context).documents() : documents(given)) {
      ImportedSchemas.of(source.name(), source.bytes())
          .forEach(each -> imported.put(each.name(), each));
    }
    write(root(path).resolve(ImportedSchemas.FOLDER), imported);
    return 0;
  }

  private static List<ClusterSchemas.Document> documents(List<Path> files) {
    var documents = new ArrayList<ClusterSchemas.Document>();
    for (var file : files) {
      try {
        documents.add(new ClusterSchemas.Document(file.toString(), Files.readAllBytes(file)));
      } catch (IOException e) {
        throw new Problem(
                Code.BAD_USE,
                file.toString(),
                "cannot be read: " + e,
                "name a file that can be read")
            .asException();
      }
    }
    return documents;
  }

  private void write(Path folder, Map<String, ImportedSchemas.Imported> imported) {
    try {
      Files.createDirectories(folder);
      for (var each : imported.values()) {
        Files.writeString(folder.resolve(each.name()), each.text());
        terminal
            .out()
            .printf(
                "%s/%s: %s%n",
                ImportedSchemas.FOLDER, each.name(), String.join(", ", each.kinds()));
      }
      terminal.out().flush();
    } catch (IOException e) {
      throw new Problem(
              Code.BAD_USE,
              folder.toString(),
              "cannot be written: " + e,
              "name a repository that can be written with --path")
          .asException();
    }
  }

  /// All commands are made at each start, so that the mapper has to wait until it is needed.
  private static String indented(JsonNode json) {
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(json);
  }
}
