package io.cooper.schemas.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.KindSchema;
import io.cooper.schemas.KnownReleases;
import io.cooper.schemas.Product;
import io.cooper.schemas.Release;
import io.cooper.schemas.ReleasesInUse;
import io.cooper.schemas.admission.Admission;
import io.cooper.schemas.admission.Review;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Objects with and without mistakes, judged here and by an API server, which is asked as Flux
/// applies: on the server, strictly, and here for show (`dryRun=All`).
///
/// `KUBECONFIG` names a cluster that may be spoilt: CRDs of the catalogue are put into it. kubectl
/// speaks to it.
@Tag("cluster")
@Tag("S30")
class ServerVerdictTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int OBJECTS = 16;

  /// Groups whose CRDs are put into the cluster.
  private static final List<String> CUSTOM =
      List.of(
          "postgresql.cnpg.io",
          "barmancloud.cnpg.io",
          "kustomize.toolkit.fluxcd.io",
          "helm.toolkit.fluxcd.io",
          "source.toolkit.fluxcd.io",
          "cert-manager.io",
          "monitoring.coreos.com");

  /// What the server says of the form of an object, in contrast to what its own code for a kind
  /// says of its meaning. Two faults of form are known to be missed (docs/catalogue.md): times of
  /// Events and Leases, which want microseconds, and secrets of a ServiceAccount without a name.
  private static final Pattern ABOUT_FORM =
      Pattern.compile(
          "strict decoding error|failed to create typed(?!.*omits all key fields)|unable to convert(?!.*parsing time)|cannot unmarshal|json: |quantities must match");

  private static Process proxy;
  private static URI server;
  private static BuiltInCatalogue catalogue;
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void thereIsACluster() throws IOException, InterruptedException {
    assumeTrue(System.getenv("KUBECONFIG") != null, "KUBECONFIG names no cluster");
    proxy = new ProcessBuilder("kubectl", "proxy", "--port=0").redirectErrorStream(true).start();
    var line =
        new BufferedReader(new InputStreamReader(proxy.getInputStream(), StandardCharsets.UTF_8))
            .readLine();
    server = URI.create("http://" + line.substring(line.lastIndexOf(' ') + 1).strip());
    var version = get("/version").path("gitVersion").asString();
    var release = Release.of(Product.KUBERNETES, version);
    assumeTrue(
        KnownReleases.standingFor(release).isSameMinor(release), "nothing is known of " + release);
    catalogue =
        BuiltInCatalogue.of(
            ReleasesInUse.given(
                Map.of("kubernetes", release.minor()), "the cluster", _ -> Optional.empty()));
    install();
  }

  @AfterAll
  static void stop() {
    if (proxy != null) {
      proxy.destroy();
    }
  }

  private static JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(send("GET", path, "application/json", "").body());
  }

  private static HttpResponse<String> send(String method, String path, String type, String body)
      throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(server.resolve(path))
            .header("Content-Type", type)
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static Stream<KindSchema> custom() {
    return catalogue.kinds().filter(kind -> CUSTOM.contains(group(kind.apiVersion())));
  }

  private static String group(String apiVersion) {
    return apiVersion.substring(0, Math.max(0, apiVersion.indexOf('/')));
  }

  /// Makes CRDs of what the catalogue knows, one for all versions of a kind.
  private static void install() throws IOException, InterruptedException {
    var byKind = new HashMap<String, List<KindSchema>>();
    custom()
        .forEach(kind ->
            byKind
                .computeIfAbsent(
                    group(kind.apiVersion()) + "/" + kind.kind(), _ -> new ArrayList<>())
                .add(kind));
    for (var versions : byKind.values()) {
      var crd = definition(versions);
      var name = crd.path("metadata").path("name").asString();
      var answer =
          send(
              "PATCH",
              "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"
                  + name
                  + "?fieldManager=cooper&force=true",
              "application/apply-patch+yaml",
              crd.toString());
      assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
    }
    for (var versions : byKind.values()) {
      for (var kind : versions) {
        awaitServed(kind);
      }
    }
  }

  private static void awaitServed(KindSchema kind) throws IOException, InterruptedException {
    for (int i = 0; i < 300; i++) {
      var answer =
          send("GET", "/apis/" + kind.apiVersion() + "/" + plural(kind), "application/json", "");
      if (answer.statusCode() == 200) {
        return;
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("not served: " + kind);
  }

  private static ObjectNode definition(List<KindSchema> versions) {
    var first = versions.getFirst();
    var group = group(first.apiVersion());
    var crd = JSON.createObjectNode();
    crd.put("apiVersion", "apiextensions.k8s.io/v1").put("kind", "CustomResourceDefinition");
    crd.putObject("metadata")
        .put("name", plural(first) + "." + group)
        .putObject("annotations")
        .put("api-approved.kubernetes.io", "unapproved, a test");
    var spec = crd.putObject("spec");
    spec.put("group", group).put("scope", first.namespaced() ? "Namespaced" : "Cluster");
    spec.putObject("names")
        .put("kind", first.kind())
        .put("plural", plural(first))
        .put("singular", first.kind().toLowerCase(Locale.ROOT));
    var list = spec.putArray("versions");
    for (var version : versions) {
      var schema = (ObjectNode) catalogue.schema(version.definition()).deepCopy();
      ((ObjectNode) schema.get("properties")).putObject("metadata").put("type", "object");
      schema.remove("x-kubernetes-group-version-kind");
      list.addObject()
          .put("name", version.apiVersion().substring(group.length() + 1))
          .put("served", true)
          .put("storage", version.equals(first))
          .putObject("schema")
          .set("openAPIV3Schema", schema);
    }
    return crd;
  }

  private static String plural(KindSchema kind) {
    return kind.kind().toLowerCase(Locale.ROOT) + "s";
  }

  /// One object on which the two differ.
  private record Difference(KindSchema kind, Map<String, ?> object, String here, String there) {}

  /// What came of many objects.
  private static final class Tally {
    private final List<Difference> refusedHereOnly = new ArrayList<>();
    private final List<Difference> refusedThereOnly = new ArrayList<>();
    private int accepted;
    private int refused;
  }

  @Test
  void custom_resources_are_accepted_and_refused_as_the_server_does() throws Exception {
    var tally = new Tally();
    for (var kind : custom().toList()) {
      compare(kind, "/apis/" + kind.apiVersion(), plural(kind), tally);
    }
    assertThat(tally.accepted).isGreaterThan(50);
    assertThat(tally.refused).isGreaterThan(50);
    assertThat(tally.refusedHereOnly).isEmpty();
    assertThat(tally.refusedThereOnly).isEmpty();
  }

  /// Beyond the form of an object the server knows more of its own kinds than is known here.
  @Test
  void what_the_server_accepts_of_its_own_kinds_is_not_refused_and_no_fault_of_form_is_missed()
      throws Exception {
    var tally = new Tally();
    for (var kind : catalogue.kinds().toList()) {
      if (kind.from().orElseThrow().product() == Product.KUBERNETES) {
        var root = kind.apiVersion().equals("v1") ? "/api/v1" : "/apis/" + kind.apiVersion();
        var answer = send("GET", root, "application/json", "");
        if (answer.statusCode() == 200) {
          for (var resource : JSON.readTree(answer.body()).path("resources")) {
            if (isPatched(resource, kind)) {
              compare(kind, root, resource.path("name").asString(), tally);
            }
          }
        }
      }
    }
    assertThat(tally.accepted).isGreaterThan(50);
    assertThat(tally.refused).isGreaterThan(50);
    assertThat(tally.refusedHereOnly).isEmpty();
    assertThat(
            tally.refusedThereOnly.stream().filter(each -> ABOUT_FORM.matcher(each.there()).find()))
        .isEmpty();
  }

  private static boolean isPatched(JsonNode resource, KindSchema kind) {
    return resource.path("kind").asString().equals(kind.kind())
        && !resource.path("name").asString().contains("/")
        && resource.path("verbs").valueStream().anyMatch(verb -> verb.asString().equals("patch"));
  }

  private static void compare(KindSchema kind, String root, String plural, Tally tally)
      throws IOException, InterruptedException {
    var objects = new RandomObjects(catalogue, new Random(kind.definition().hashCode()));
    var validator = new ObjectValidator(catalogue, _ -> false);
    var admission = new Admission(_ -> false);
    for (int i = 0; i < OBJECTS; i++) {
      var object = objects.sound(kind);
      if (i % 2 == 1) {
        objects.spoil(object);
      }
      if (!(object.get("metadata") instanceof Map<?, ?> metadata)
          || !"web".equals(metadata.get("name"))
          || (kind.namespaced() && !"default".equals(metadata.get("namespace")))) {
        continue; // the address of the request would not fit
      }
      var manifest = RandomObjects.manifest(object);
      var review = Review.of(manifest, validator, admission);
      assertThat(review.outcome()).as(kind.toString()).isInstanceOf(Outcome.Judged.class);
      // The webhook of CloudNativePG, which Admission follows for its Clusters, is not in the
      // cluster.
      var violations =
          review.outcome() instanceof Outcome.Judged judged && kind.kind().equals("Cluster")
              ? judged.violations().stream()
              : review.violations();
      var here = String.join("; ", violations.map(Violation::message).toList());
      var there =
          verdict(root + (kind.namespaced() ? "/namespaces/default/" : "/") + plural, object);
      if (there.isPresent()) {
        note(tally, new Difference(kind, object, here, there.get()));
      }
    }
  }

  private static void note(Tally tally, Difference each) {
    if (each.here().isEmpty() == each.there().isEmpty()) {
      tally.accepted += each.here().isEmpty() ? 1 : 0;
      tally.refused += each.here().isEmpty() ? 0 : 1;
    } else if (each.there().isEmpty()) {
      tally.refusedHereOnly.add(each);
    } else {
      tally.refusedThereOnly.add(each);
    }
  }

  /// Why the server refuses an object, empty text if it does not; nothing if it says neither.
  private static Optional<String> verdict(String collection, Map<String, @Nullable Object> object)
      throws IOException, InterruptedException {
    var answer =
        send(
            "PATCH",
            collection + "/web?dryRun=All&fieldManager=cooper&fieldValidation=Strict&force=true",
            "application/apply-patch+yaml",
            JSON.writeValueAsString(object));
    return switch (answer.statusCode()) {
      case 200, 201 -> Optional.of("");
      case 400, 422, 500 -> Optional.of(JSON.readTree(answer.body()).path("message").asString());
      default -> {
        yield Optional.empty();
      }
    };
  }
}
