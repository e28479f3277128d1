package io.cooper.schemas;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Place;
import io.cooper.manifest.YamlReader;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Schemas that were brought into a repository, from CRD files or from a cluster: one JSON file for
/// each CRD or each group and version of a cluster, made to be read and reviewed.
///
///     { "source": "…", "kubernetes": "1.34.1",
///       "kinds": [ {"apiVersion": "", "kind": "", "namespaced": true, "definition": ""} ],
///       "definitions": { "name": {…} } }
public final class ImportedSchemas {
  /// Where they lie in a repository.
  public static final String FOLDER = ".cooper/schemas";

  private ImportedSchemas() {}

  private static JsonMapper readable() {
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .build();
  }

  /// A file to be written.
  ///
  /// @param name without folder
  /// @param kinds that it defines, as `apiVersion kind`
  /// @param text JSON
  public record Imported(String name, List<String> kinds, String text) {}

  /// Reads what lies in a repository. A file that cannot be used is told by
  /// [Definitions#unusable()]; the others count.
  ///
  /// @param root of the repository
  public static Definitions read(Path root) {
    var definitions = new Definitions.Builder();
    try {
      for (var file : files(root)) {
        read(definitions, FOLDER + "/" + file.getFileName(), file);
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    return definitions.build();
  }

  /// All that lies in a repository, as it stands: to see whether it changed.
  ///
  /// @param root of the repository
  public static String text(Path root) {
    var text = new StringBuilder();
    try {
      for (var file : files(root)) {
        text.append(file.getFileName()).append('\n');
        text.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    return text.toString();
  }

  private static List<Path> files(Path root) throws IOException {
    var folder = root.resolve(FOLDER);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.filter(ImportedSchemas::isJson).sorted().toList();
    }
  }

  private static ProblemException unreadable(IOException e) {
    return new Problem(Code.BAD_INPUT, FOLDER, "cannot be read: " + e, "check its permissions")
        .asException();
  }

  private static boolean isJson(Path file) {
    return file.toString().endsWith(".json");
  }

  private static void read(Definitions.Builder definitions, String name, Path file)
      throws IOException {
    try {
      read(definitions, name, JsonMapper.shared().readTree(Files.readAllBytes(file)));
    } catch (JacksonException | IllegalArgumentException e) {
      definitions.unusable(
          Place.startOf(name),
          "%s holds no imported schemas: %s".formatted(name, firstLine(e)),
          "import it again with `cooper schemas import`, or remove it");
    }
  }

  private static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private static void read(Definitions.Builder definitions, String name, JsonNode document) {
    var schemas = document.get("definitions");
    var kinds = document.get("kinds");
    if (schemas == null || kinds == null || !schemas.isObject() || !kinds.isArray()) {
      throw new IllegalArgumentException("kinds or definitions are not there");
    }
    var origin = "imported-" + name.substring(FOLDER.length() + 1, name.length() - 5);
    for (var kind : kinds) {
      definitions.kind(kind(document, origin, kind));
    }
    for (var entry : schemas.properties()) {
      definitions.schema(address(origin, entry.getKey()), entry::getValue);
    }
  }

  private static KindSchema kind(JsonNode document, String origin, JsonNode kind) {
    var apiVersion = kind.path("apiVersion").asString("");
    var version = document.path("kubernetes").asString("");
    return new KindSchema(
        apiVersion,
        kind.path("kind").asString(""),
        kind.path("namespaced").asBoolean(true),
        version.isEmpty() || !Groups.mayServe(Product.KUBERNETES, groupOf(apiVersion))
            ? Optional.empty()
            : Optional.of(Release.of(Product.KUBERNETES, version)),
        address(origin, kind.path("definition").asString("")),
        Optional.of(kind.path("deprecation").asString("")).filter(text -> !text.isEmpty()));
  }

  private static URI address(String origin, String definition) {
    return LayeredCatalogue.address(origin, definition);
  }

  private static String groupOf(String apiVersion) {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  /// What a file brings: CRDs as YAML or JSON, or one answer of `/openapi/v3/…`.
  ///
  /// @param file name, for messages and as the source
  /// @throws io.cooper.problem.ProblemException if it is neither, or a schema in it is none
  public static List<Imported> of(String file, byte[] bytes) {
    var document = json(bytes);
    if (document.isPresent() && document.get().has("openapi")) {
      return ofOpenApi(file, document.get());
    }
    document.ifPresent(known -> refuseOtherOpenApi(file, known));
    var yaml = YamlReader.ofSources().read(file, bytes);
    if (!yaml.faults().isEmpty()) {
      throw yaml.faults().getFirst().problem().asException();
    }
    var crds = yaml.manifests().filter(CustomResources::isOne).toList();
    if (crds.isEmpty()) {
      throw wrong(
          file,
          "holds neither a CustomResourceDefinition nor what an API server publishes under /openapi/v3",
          "name a file with CRDs, or one made by: kubectl get --raw /openapi/v3/apis/GROUP/VERSION");
    }
    return crds.stream().map(crd -> ofCrd(file, crd)).toList();
  }

  private static Optional<JsonNode> json(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.UTF_8);
    if (!text.stripLeading().startsWith("{")) {
      return Optional.empty();
    }
    try {
      return Optional.of(JsonMapper.shared().readTree(text));
    } catch (JacksonException _) {
      return Optional.empty(); // flow YAML, or broken: the YAML reader names the place
    }
  }

  private static void refuseOtherOpenApi(String file, JsonNode document) {
    if (document.has("swagger")) {
      throw wrong(
          file,
          "is OpenAPI v2, which lacks defaults, rules and nullable fields",
          "take version 3: kubectl get --raw /openapi/v3/apis/GROUP/VERSION");
    }
    if (document.path("paths").findValue("serverRelativeURL") != null) {
      throw wrong(
          file,
          "is only the list of what the API server publishes",
          "take one of its entries: kubectl get --raw /openapi/v3/apis/GROUP/VERSION; or run cooper schemas import --cluster");
    }
  }

  private static RuntimeException wrong(String where, String what, String remedy) {
    return new Problem(Code.BAD_INPUT, where, what, remedy).asException();
  }

  private static Imported ofCrd(String file, Manifest crd) {
    var definitions = CustomResources.of(Stream.of(crd));
    if (!definitions.unusable().isEmpty()) {
      var first = definitions.unusable().getFirst();
      throw wrong(first.place().toString(), first.what(), first.remedy());
    }
    var kinds = definitions.kinds().toList();
    if (kinds.isEmpty()) {
      throw wrong(
          crd.place().toString(),
          "CustomResourceDefinition %s serves no version".formatted(crd.name()),
          "name a CRD of apiextensions.k8s.io/v1 with a served version");
    }
    var schemas = new LinkedHashMap<String, JsonNode>();
    for (var kind : kinds) {
      var schema = definitions.schema(kind.definition()).orElseThrow();
      BareSchema.fault(schema)
          .ifPresent(fault -> {
            throw wrong(
                crd.place().toString(),
                "the schema of %s %s is none: %s".formatted(kind.apiVersion(), kind.kind(), fault),
                "correct the CRD");
          });
      schemas.put(nameOf(kind), schema);
    }
    return imported(
        "%s_%s".formatted(crd.text("spec", "group").orElse(""), kinds.getFirst().kind()),
        file,
        "",
        kinds,
        schemas);
  }

  private static String nameOf(KindSchema kind) {
    var path = kind.definition().getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static List<Imported> ofOpenApi(String file, JsonNode document) {
    var schemas = new LinkedHashMap<String, JsonNode>();
    for (var entry : document.path("components").path("schemas").properties()) {
      BareSchema.fault(entry.getValue())
          .ifPresent(fault -> {
            throw wrong(
                file,
                "definition %s is no schema: %s".formatted(entry.getKey(), fault),
                "take it from the API server again");
          });
      schemas.put(entry.getKey(), entry.getValue());
    }
    var version = document.path("info").path("version").asString("");
    var kinds = OpenApiKinds.of(document);
    if (kinds.isEmpty()) {
      throw wrong(
          file,
          "names no kind that can be created",
          "take a group and version: kubectl get --raw /openapi/v3/apis/GROUP/VERSION");
    }
    return List.of(
        imported(
            kinds.getFirst().apiVersion().replace('/', '_'),
            file,
            version.startsWith("v") ? version.substring(1) : version,
            kinds,
            schemas));
  }

  private static Imported imported(
      String name,
      String source,
      String kubernetes,
      List<KindSchema> kinds,
      Map<String, JsonNode> schemas) {
    var document = JsonNodeFactory.instance.objectNode();
    document.put("source", source);
    if (!kubernetes.isEmpty()) {
      document.put("kubernetes", kubernetes);
    }
    var list = document.putArray("kinds");
    var names = new ArrayList<String>();
    for (var kind : kinds) {
      names.add(kind.apiVersion() + " " + kind.kind());
      describe(list.addObject(), kind);
    }
    var definitions = document.putObject("definitions");
    schemas.forEach((key, schema) -> definitions.set(key, BareSchema.of(schema)));
    return new Imported(
        name + ".json", names, readable().writeValueAsString(document) + System.lineSeparator());
  }

  private static void describe(ObjectNode row, KindSchema kind) {
    row.put("apiVersion", kind.apiVersion());
    row.put("kind", kind.kind());
    row.put("namespaced", kind.namespaced());
    row.put("definition", nameOf(kind));
    kind.deprecation().ifPresent(text -> row.put("deprecation", text));
  }
}
