package io.cooper.schemas.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.Error;
import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.KindSchema;
import io.cooper.schemas.Product;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Objects with and without mistakes, judged here and by kubeconform, which gets the same schemas,
/// closed for `-strict`.
///
/// The two differ by intent: what only Cooper refuses are keywords that kubeconform does not know
/// or that its schemas do not hold ([#OURS]); what only kubeconform refuses are nulls, which an API
/// server drops, so objects with nulls are not compared.
@Tag("interop")
@Tag("S30")
class KubeconformTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int OBJECTS = 8;

  /// Formats of Go and of Kubernetes (`quantity`, `int32` as bounds, `byte` that may not be empty),
  /// lists that are sets or maps.
  private static final Set<String> OURS =
      Set.of("format", "minimum", "maximum", "minLength", UniqueItems.NAME);

  private static final BuiltInCatalogue CATALOGUE = BuiltInCatalogue.newest();

  @TempDir private Path folder;

  private static Optional<Path> kubeconform() {
    var interop = System.getProperty("cooper.interop", System.getenv("COOPER_INTEROP"));
    var path =
        Stream.concat(
            Stream.ofNullable(interop).map(Path::of).map(each -> each.resolve("bin")),
            Stream.of(System.getenv("PATH").split(File.pathSeparator)).map(Path::of));
    return path.map(each -> each.resolve("kubeconform")).filter(Files::isExecutable).findFirst();
  }

  /// An object, and what was said of it here.
  private record Judged(Map<String, @Nullable Object> object, List<Error> errors) {}

  @Test
  void verdicts_differ_from_those_of_kubeconform_only_by_intent() throws Exception {
    var kubeconform = kubeconform();
    assumeTrue(kubeconform.isPresent(), "kubeconform is not installed: scripts/interop-setup");
    var validator = new ObjectValidator(CATALOGUE, _ -> false);
    var judged = new HashMap<String, Judged>();
    for (var kind : CATALOGUE.kinds().toList()) {
      write(kind);
      var objects = new RandomObjects(CATALOGUE, new Random(kind.definition().hashCode()));
      for (int i = 0; i < OBJECTS; i++) {
        var object = objects.sound(kind);
        if (i % 2 == 1) {
          objects.spoil(object);
        }
        if (!hasNull(object)) {
          var name = "%d.json".formatted(judged.size());
          Files.writeString(
              Files.createDirectories(folder.resolve("objects")).resolve(name),
              JSON.writeValueAsString(object));
          judged.put(name, new Judged(object, validator.errors(RandomObjects.manifest(object))));
        }
      }
    }
    var theirs = verdicts(kubeconform.get());
    assertThat(theirs).hasSameSizeAs(judged);

    int accepted = 0;
    int refused = 0;
    var different = new ArrayList<String>();
    for (var entry : judged.entrySet()) {
      var ours = entry.getValue().errors();
      var said = theirs.getOrDefault(entry.getKey(), "");
      if (ours.isEmpty() == said.isEmpty()) {
        accepted += ours.isEmpty() ? 1 : 0;
        refused += ours.isEmpty() ? 0 : 1;
      } else if (ours.isEmpty() || !isByIntent(ours)) {
        different.add(
            "%s\n  here: %s\n  kubeconform: %s".formatted(entry.getValue().object(), ours, said));
      }
    }
    assertThat(accepted).isGreaterThan(500);
    assertThat(refused).isGreaterThan(300);
    assertThat(different).isEmpty();
  }

  private static boolean isByIntent(List<Error> errors) {
    return errors.stream().allMatch(error -> OURS.contains(error.getKeyword()));
  }

  private static boolean hasNull(@Nullable Object value) {
    return switch (value) {
      case null -> true;
      case Map<?, ?> map -> map.values().stream().anyMatch(KubeconformTest::hasNull);
      case List<?> list -> list.stream().anyMatch(KubeconformTest::hasNull);
      default -> false;
    };
  }

  /// What kubeconform says of each file; empty text if it is content.
  private Map<String, String> verdicts(Path kubeconform) throws IOException, InterruptedException {
    var answer = folder.resolve("answer.json");
    new ProcessBuilder(
            kubeconform.toString(),
            "-strict",
            "-n",
            "2",
            "-output",
            "json",
            "-verbose",
            "-schema-location",
            folder + "/schemas/{{.ResourceKind}}{{.KindSuffix}}.json",
            folder.resolve("objects").toString())
        .redirectOutput(answer.toFile())
        .redirectErrorStream(true)
        .start()
        .waitFor();
    var said = new HashMap<String, String>();
    for (var each : JSON.readTree(answer.toFile()).path("resources")) {
      var name = Path.of(each.path("filename").asString()).getFileName().toString();
      var status = each.path("status").asString();
      assertThat(status).as(each.toString()).isNotEqualTo("statusSkipped");
      said.put(
          name, status.equals("statusValid") ? "" : status + " " + each.path("msg").asString());
    }
    return said;
  }

  private void write(KindSchema kind) throws IOException {
    boolean custom = kind.from().orElseThrow().product() != Product.KUBERNETES;
    var definitions = JSON.createObjectNode();
    var schema =
        (ObjectNode)
            closed(CATALOGUE.schema(kind.definition()), kind.definition(), definitions, custom);
    schema.set("definitions", definitions);
    var properties = (ObjectNode) schema.get("properties");
    properties.putObject("status");
    if (schema.get("required") instanceof ArrayNode required) {
      required.removeIf(name -> name.stringValue("").equals("status"));
    }
    var slash = kind.apiVersion().indexOf('/');
    var suffix =
        slash < 0
            ? "-" + kind.apiVersion()
            : "-"
                + kind.apiVersion().replaceFirst("[./].*", "")
                + "-"
                + kind.apiVersion().substring(slash + 1);
    Files.writeString(
        Files.createDirectories(folder.resolve("schemas"))
            .resolve(kind.kind().toLowerCase(Locale.ROOT) + suffix + ".json"),
        schema.toString());
  }

  /// OpenAPI as JSON Schema that refuses unknown fields; on its own, without looking at how
  /// [StrictSchema] does it.
  private static JsonNode closed(
      JsonNode schema, URI base, ObjectNode definitions, boolean custom) {
    var made = JSON.createObjectNode();
    schema.forEachEntry((key, value) -> {
      switch (key) {
        case "properties" -> {
          var properties = made.putObject(key);
          value.forEachEntry(
              (name, each) -> properties.set(name, closed(each, base, definitions, custom)));
        }
        case "allOf", "anyOf", "oneOf" ->
            value.forEach(
                each -> made.withArrayProperty(key).add(closed(each, base, definitions, custom)));
        case "items", "not" -> made.set(key, closed(value, base, definitions, custom));
        case "additionalProperties" ->
            made.set(key, value.isObject() ? closed(value, base, definitions, custom) : value);
        case "$ref" ->
            made.put(key, "#/definitions/" + referred(value.asString(), base, definitions, custom));
        case "default", "format", "exclusiveMinimum", "exclusiveMaximum" -> {}
        case "required" -> {
          for (var name : value) {
            var property = schema.path("properties").path(name.asString());
            if (!custom
                || !(property.has("default") || property.path("nullable").asBoolean(false))) {
              made.withArrayProperty(key).add(name);
            }
          }
        }
        default -> {
          if (!key.startsWith("x-")) {
            made.set(key, value);
          }
        }
      }
    });
    if (schema.path("x-kubernetes-int-or-string").asBoolean(false)
        || schema.path("format").asString("").equals("int-or-string")) {
      made.remove(List.of("anyOf", "oneOf"));
      made.putArray("type").add("integer").add("string");
    }
    if (made.path("type").asString("").equals("object")
        && (made.has("properties") || custom)
        && !made.has("additionalProperties")
        && !schema.path("x-kubernetes-preserve-unknown-fields").asBoolean(false)) {
      made.put("additionalProperties", false);
    }
    if (schema.path("nullable").asBoolean(false) && made.path("type").isString()) {
      var type = made.get("type");
      made.putArray("type").add(type).add("null");
      made.remove("nullable");
    }
    return made;
  }

  private static String referred(String name, URI base, ObjectNode definitions, boolean custom) {
    var address = base.resolve(name);
    var key = address.getPath().replace('/', '_');
    if (!definitions.has(key)) {
      definitions.putObject(key);
      definitions.set(key, closed(CATALOGUE.schema(address), address, definitions, custom));
    }
    return key;
  }
}
