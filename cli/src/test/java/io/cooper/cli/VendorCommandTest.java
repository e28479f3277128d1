package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.net.httpserver.HttpServer;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files from the network, served by a server of this process.
@Tag("S22")
class VendorCommandTest {
  private static final String LOCK = ".cooper/remote.yaml";

  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final HttpServer server;
  private final String base;
  private final Workspace workspace;

  VendorCommandTest(@TempDir Path scratch) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    base = "http://127.0.0.1:%d".formatted(server.getAddress().getPort());
    workspace = new Workspace(scratch);
  }

  @BeforeEach
  void serve() {
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            var path = exchange.getRequestURI().getPath();
            if (path.startsWith("/moved/")) {
              exchange.getResponseHeaders().add("Location", path.substring("/moved".length()));
              exchange.sendResponseHeaders(302, -1);
              return;
            }
            var bytes = files.get(path);
            exchange.sendResponseHeaders(bytes == null ? 404 : 200, bytes == null ? -1 : 0);
            if (bytes != null) {
              exchange.getResponseBody().write(bytes);
            }
          }
        });
    server.start();
    files.put("/v1.0.0/a.yaml", bytes(configMap("a", "one")));
    files.put("/main/b.yaml", bytes(configMap("b", "two") + "---\n" + configMap("c", "three")));
    files.put("/v1.0.0/patch.yaml", bytes("- op: replace\n  path: /data/k\n  value: patched\n"));
    workspace
        .write("clusters/one/apps.yaml", kustomization())
        .write(
            "apps/kustomization.yaml",
            """
            namePrefix: x-
            resources:
              - %1$s/v1.0.0/a.yaml
              - below
            patches:
              - path: %1$s/v1.0.0/patch.yaml
                target: {kind: ConfigMap, name: a}
            """
                .formatted(base))
        .write("apps/below/kustomization.yaml", "resources:\n  - %s/main/b.yaml\n".formatted(base))
        .commit();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void what_is_vendored_is_rendered_offline_as_kustomize_renders_what_it_fetches()
      throws Exception {
    assertThat(rules())
        .containsOnly(
            "warning apps/kustomization.yaml:3",
            "warning apps/kustomization.yaml:6",
            "warning apps/below/kustomization.yaml:2");

    var run = vendor();

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out().lines().filter(line -> line.startsWith("pinned "))).hasSize(3);
    var online = kustomize();
    server.stop(0);
    assertThat(documents(render().out())).containsExactlyInAnyOrderElementsOf(documents(online));
    assertThat(rules()).containsOnly("notice apps/below/kustomization.yaml:2");
  }

  @Test
  void a_file_that_has_changed_is_told_with_both_digests_and_taken_on_request() throws IOException {
    vendor();
    var before = lock();
    files.put("/v1.0.0/a.yaml", bytes(configMap("a", "changed")));

    var refused = vendor();

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains(base + "/v1.0.0/a.yaml");
    assertThat(refused.err().split("sha256:", -1)).hasSize(3);
    assertThat(lock()).isEqualTo(before);

    var updated = vendor("--update");

    assertThat(updated.status()).isZero();
    assertThat(updated.out()).contains("updated    " + base + "/v1.0.0/a.yaml");
    assertThat(lock()).isNotEqualTo(before);
    try (var copies = Files.list(workspace.root().resolve(".cooper/remote"))) {
      assertThat(copies).hasSize(3);
    }
  }

  @Test
  void an_address_that_does_not_answer_keeps_its_copy() throws IOException {
    vendor();
    var before = lock();
    files.remove("/main/b.yaml");

    var absent = vendor("--update");
    server.stop(0);
    var dead = vendor("--update");

    assertThat(absent.status()).isEqualTo(1);
    assertThat(absent.err()).contains(base + "/main/b.yaml", "404");
    assertThat(dead.status()).isEqualTo(1);
    assertThat(dead.err()).contains("cannot be reached").doesNotContain("Exception");
    assertThat(lock()).isEqualTo(before);
    assertThat(render().out()).contains("name: x-b");
  }

  @Test
  void redirects_are_followed() {
    listing("/moved/v1.0.0/a.yaml");

    assertThat(vendor().status()).isZero();
    assertThat(render().out()).contains("name: a");
  }

  @Test
  void what_is_too_large_or_no_yaml_is_not_taken() {
    files.put("/v2.0.0/large.yaml", new byte[(16 << 20) + 1]);
    files.put("/v2.0.0/page.yaml", bytes("<html>\n\t<b>: [</html>"));
    listing("/v2.0.0/large.yaml", "/v2.0.0/page.yaml");

    var run = vendor();

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .contains("large.yaml: more than 16 MiB", "page.yaml: answered something that is no YAML");
  }

  @Test
  void a_damaged_copy_is_a_finding_and_is_fetched_again() throws IOException {
    vendor();
    var rendered = render().out();
    var copy = copyOf("name: a");
    var sound = Files.readString(copy);
    Files.writeString(copy, sound.replace("one", "two"));

    var run = Run.of("check", workspace.root().toString(), "--only", "render/*");

    assertThat(run.out().replaceAll("\\s+", " ")).contains("is damaged", "apps/kustomization.yaml");
    assertThat(vendor().out()).contains("restored   " + base + "/v1.0.0/a.yaml");
    assertThat(Files.readString(copy)).isEqualTo(sound);
    assertThat(render().out()).isEqualTo(rendered);
  }

  @Test
  void a_lock_that_cannot_be_understood_is_named_with_its_line() {
    workspace.write(LOCK, "- url: https://example.org/a.yaml\n  sha256: short\n  size: 1\n");

    var run = Run.of("check", workspace.root().toString());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(LOCK + ":1");
  }

  @Test
  void a_base_in_a_repository_is_skipped() {
    workspace.write(
        "apps/kustomization.yaml", "resources:\n  - https://example.invalid/a/b.git//c?ref=v1\n");

    var run = vendor();

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("skipped").contains("apps/kustomization.yaml:2");
  }

  private void listing(String... paths) {
    workspace.write(
        "apps/kustomization.yaml",
        "resources:\n"
            + String.join("", Stream.of(paths).map(p -> "  - " + base + p + "\n").toList()));
  }

  private Run vendor(String... more) {
    return Run.of(
        Stream.concat(Stream.of("vendor", workspace.root().toString()), Stream.of(more))
            .toArray(String[]::new));
  }

  private Run render() {
    return Run.of("render", workspace.root().toString(), "--kustomization", "flux-system/apps");
  }

  /// Severity and place of every finding about the network.
  private List<String> rules() {
    return Run.of("check", workspace.root().toString(), "--format", "json", "--only", "render/*")
        .json()
        .mappings("findings")
        .map(finding ->
            "%s %s:%s"
                .formatted(
                    finding.text("severity").orElseThrow(),
                    finding.text("file").orElseThrow(),
                    finding.text("line").orElseThrow()))
        .toList();
  }

  private String lock() throws IOException {
    return Files.readString(workspace.root().resolve(LOCK));
  }

  private Path copyOf(String text) throws IOException {
    try (var copies = Files.list(workspace.root().resolve(".cooper/remote"))) {
      for (var copy : copies.toList()) {
        if (Files.readString(copy).contains(text)) {
          return copy;
        }
      }
    }
    throw new AssertionError("no copy holds " + text);
  }

  /// The real program, which fetches from the server itself.
  private String kustomize() throws Exception {
    var kubectl = onPath("kustomize").isEmpty();
    var tool = onPath("kustomize").or(() -> onPath("kubectl"));
    assumeThat(tool).as("kustomize or kubectl on the PATH").isPresent();
    var process =
        new ProcessBuilder(
                tool.orElseThrow().toString(),
                kubectl ? "kustomize" : "build",
                workspace.root().resolve("apps").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }

  private static java.util.Optional<Path> onPath(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static List<Object> documents(String yaml) {
    return YamlReader.ofRendered().read("objects", yaml).documents().stream()
        .map(Value::plain)
        .map(Object.class::cast)
        .toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String configMap(String name, String value) {
    return """
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: %s
      namespace: db
    data:
      k: %s
    """
        .formatted(name, value);
  }

  private static String kustomization() {
    return """
    apiVersion: kustomize.toolkit.fluxcd.io/v1
    kind: Kustomization
    metadata: {name: apps, namespace: flux-system}
    spec:
      interval: 1h
      path: ./apps
      prune: true
      sourceRef: {kind: GitRepository, name: flux-system}
    """;
  }
}
