package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.YamlReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The scripts of the GitHub Action, against a server that answers as GitHub's API for comments
/// does.
@Tag("S31")
class ReviewScriptsTest {
  private static final String OURS = "<!-- cooper:check -->\n";

  /// A comment, and whether the token may change it.
  private record Comment(String body, boolean own) {}

  @TempDir private Path scratch;
  private final Map<Integer, Comment> comments = new LinkedHashMap<>();
  private final List<String> calls = new ArrayList<>();
  private boolean mayWrite = true;
  private HttpServer server;

  private record Ended(int status, String output) {}

  @BeforeEach
  void serve() throws IOException {
    for (var tool : List.of("bash", "curl", "jq")) {
      assumeTrue(isOnPath(tool), tool + " is not on the PATH");
    }
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/repos/o/r/issues", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    Optional.ofNullable(server).ifPresent(running -> running.stop(0));
  }

  @Test
  void the_first_run_adds_a_comment_and_the_next_changes_it() throws Exception {
    assertThat(comment(OURS + "first").output()).contains("added");
    assertThat(comment(OURS + "second \"quoted\" $(id) 😀\n").output()).contains("changed");

    assertThat(comments.values())
        .singleElement()
        .isEqualTo(new Comment(OURS + "second \"quoted\" $(id) 😀\n", true));
  }

  @Test
  void checks_of_another_name_have_comments_of_their_own() throws Exception {
    comment(OURS + "one");
    comment("<!-- cooper:other -->\ntwo");

    assertThat(comments).hasSize(2);
  }

  @Test
  void a_comment_is_found_behind_many_others() throws Exception {
    IntStream.range(0, 250).forEach(i -> add(new Comment("talk " + i, false)));
    comment(OURS + "one");
    IntStream.range(0, 120).forEach(i -> add(new Comment("more talk " + i, false)));

    assertThat(comment(OURS + "two").output()).contains("changed");
    assertThat(comments).hasSize(371);
  }

  @Test
  void comments_of_people_are_left_alone_even_with_our_marker() throws Exception {
    add(new Comment("> " + OURS + "a quote", false));
    add(new Comment(OURS + "not from us", false));

    comment(OURS + "one");
    comment(OURS + "two");

    assertThat(comments.values().stream().map(Comment::body))
        .containsExactly("> " + OURS + "a quote", OURS + "not from us", OURS + "two");
  }

  @Test
  void a_token_that_may_not_write_is_told_and_fails_nothing() throws Exception {
    mayWrite = false;

    var ended = comment(OURS + "one");

    assertThat(ended.status()).isZero();
    assertThat(ended.output()).contains("pull-requests: write");
    assertThat(comments).isEmpty();
  }

  @Test
  void the_token_is_sent_and_shown_nowhere() throws Exception {
    var ended = comment(OURS + "one");

    assertThat(calls).allMatch(call -> call.endsWith("Bearer s3cr3t"));
    assertThat(ended.output()).doesNotContain("s3cr3t");
  }

  @Test
  void a_file_without_a_marker_is_refused() throws Exception {
    assertThat(comment("no marker").status()).isEqualTo(2);
    assertThat(calls).isEmpty();
  }

  @Test
  void a_job_of_a_pull_request_annotates_comments_and_keeps_the_verdict() throws Exception {
    var example = new Workspace(scratch.resolve("example"));
    for (var tree : List.of("clusters", "infrastructure", "apps")) {
      example.copy(Workspace.PROJECT.resolve(tree), tree + "/");
    }
    example.commit();
    var base = example.git("rev-parse", "HEAD").strip();
    var backup = "apps/home-automation/postgresql/postgresql-backup.yaml";
    var file = example.root().resolve(backup);
    Files.writeString(file, Files.readString(file).replace("0 0 3 * * *", "0 3 * * *"));
    example.git("commit", "--quiet", "--all", "--message=wrong");
    // As actions/checkout leaves it: one commit, the base unknown.
    example.git(
        "clone",
        "--quiet",
        "--depth=1",
        "file://" + example.root(),
        scratch.resolve("job").toString());
    var out = scratch.resolve("out");
    var outputs = scratch.resolve("outputs");

    var ended =
        run(
            "github-check",
            Map.of(
                "COOPER", launcher().toString(),
                "COOPER_OUT", out.toString(),
                "COOPER_PATH", scratch.resolve("job").toString(),
                "COOPER_BASE", base,
                "GITHUB_OUTPUT", outputs.toString(),
                "GIT_CONFIG_GLOBAL", scratch.resolve("gitconfig").toString()));

    assertThat(ended.status()).as(ended.output()).isZero();
    assertThat(ended.output()).contains("::error file=" + backup);
    assertThat(Files.readString(outputs))
        .contains("status=1", "comment=" + out.resolve("comment.md"), "sarif=");
    assertThat(Files.readString(out.resolve("comment.md"))).contains("introduces 1 error");
    assertThat(Files.readString(out.resolve("upload.sarif"))).contains("schedule-five-fields");
  }

  /// Cooper as a program that the script can start, without building it.
  private Path launcher() throws IOException {
    var script = scratch.resolve("cooper");
    Files.writeString(
        script,
        "#!/bin/sh\nexec '%s/bin/java' -Xmx300m -cp '%s' io.cooper.cli.Main \"$@\"\n"
            .formatted(System.getProperty("java.home"), System.getProperty("java.class.path")));
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return script;
  }

  private Ended comment(String body) throws Exception {
    var file = scratch.resolve("comment.md");
    Files.writeString(file, body);
    return run(
        "comment",
        Map.of(
            "COOPER_API",
                "http://%s:%d/repos/o/r/issues"
                    .formatted(server.getAddress().getHostString(), server.getAddress().getPort()),
            "COOPER_PULL_REQUEST", "7",
            "COOPER_TOKEN", "s3cr3t",
            "COOPER_COMMENT", file.toString(),
            "no_proxy", "*"));
  }

  private static Ended run(String script, Map<String, String> environment) throws Exception {
    var builder =
        new ProcessBuilder(Workspace.PROJECT.resolve("ci").resolve(script).toString())
            .redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("GITHUB_"));
    builder.environment().putAll(environment);
    var process = builder.start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), output);
  }

  private synchronized void answer(HttpExchange exchange) throws IOException {
    calls.add(
        exchange.getRequestMethod() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
    var path = exchange.getRequestURI().getPath();
    var body = exchange.getRequestBody().readAllBytes();
    switch (exchange.getRequestMethod()) {
      case "GET" -> reply(exchange, 200, page(exchange.getRequestURI().getQuery()));
      case "POST" -> {
        if (mayWrite) {
          add(new Comment(bodyOf(body), true));
        }
        reply(exchange, mayWrite ? 201 : 403, "{\"message\": \"Resource not accessible\"}");
      }
      case "PATCH" -> {
        int id = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
        boolean allowed = comments.getOrDefault(id, new Comment("", false)).own();
        if (allowed) {
          comments.put(id, new Comment(bodyOf(body), true));
        }
        reply(exchange, allowed ? 200 : 403, "{}");
      }
      default -> reply(exchange, 405, "{}");
    }
  }

  private void add(Comment comment) {
    comments.put(1000 + comments.size(), comment);
  }

  private String page(String query) {
    int page = Integer.parseInt(query.replaceAll(".*&page=(\\d+).*", "$1"));
    assertThat(query).contains("per_page=100");
    return comments.entrySet().stream()
        .skip((page - 1) * 100L)
        .limit(100)
        .map(entry ->
            "{\"id\": %d, \"body\": \"%s\"}"
                .formatted(entry.getKey(), quoted(entry.getValue().body())))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static String bodyOf(byte[] json) {
    var root = (Mapping) YamlReader.ofSources().read("request", json).documents().getFirst();
    return root.text("body").orElseThrow();
  }

  private static void reply(HttpExchange exchange, int status, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static boolean isOnPath(String tool) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> new File(folder, tool).canExecute());
  }
}
