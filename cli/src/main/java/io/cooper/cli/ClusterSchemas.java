package io.cooper.cli;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What a cluster publishes of its kinds, asked through `kubectl`, which knows how to reach it.
final class ClusterSchemas {
  private static final long PATIENCE_SECONDS = 60;

  private final @Nullable String context;

  /// @param context of kubectl; null for the current one
  ClusterSchemas(@Nullable String context) {
    this.context = context;
  }

  /// One answer of the API server, or one file.
  record Document(String name, byte[] bytes) {}

  /// Every group and version that has kinds, as `/openapi/v3/…` answers it.
  List<Document> documents() {
    var list = JsonMapper.shared().readTree(raw("/openapi/v3")).path("paths");
    var documents = new ArrayList<Document>();
    for (var entry : list.properties()) {
      // api/v1, apis/apps/v1; not api, apis/apps, version, openid/v1/jwks
      if (entry.getKey().matches("api/v1|apis/[^/]+/[^/]+")) {
        var answer = raw(entry.getValue().path("serverRelativeURL").asString(""));
        if (createsSomething(answer)) {
          documents.add(new Document(entry.getKey(), answer));
        }
      }
    }
    return documents;
  }

  /// Groups such as metrics.k8s.io can only be read.
  private static boolean createsSomething(byte[] answer) {
    try {
      return JsonMapper.shared().readTree(answer).path("paths").findValue("post") != null;
    } catch (JacksonException _) {
      return true; // the import says what is wrong with it
    }
  }

  private byte[] raw(String path) {
    var command = new ArrayList<>(List.of("kubectl"));
    if (context != null) {
      command.addAll(List.of("--context", context));
    }
    command.addAll(List.of("get", "--raw", path));
    try {
      var answer = Files.createTempFile("cooper-openapi", ".json");
      var complaint = Files.createTempFile("cooper-kubectl", ".txt");
      try {
        return answer(command, answer, complaint);
      } finally {
        Files.deleteIfExists(answer);
        Files.deleteIfExists(complaint);
      }
    } catch (IOException e) {
      throw new Problem(
              Code.TOOL_MISSING,
              "kubectl",
              "cannot be started: " + e.getMessage(),
              "install kubectl, or import saved files")
          .asException();
    }
  }

  private static byte[] answer(List<String> command, Path answer, Path complaint)
      throws IOException {
    var process =
        new ProcessBuilder(command)
            .redirectOutput(answer.toFile())
            .redirectError(complaint.toFile())
            .start();
    try {
      if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0) {
        return Files.readAllBytes(answer);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
    throw new Problem(
            Code.TOOL_FAILED,
            String.join(" ", command),
            Files.readString(complaint, StandardCharsets.UTF_8)
                .strip()
                .lines()
                .findFirst()
                .orElse("gave no answer"),
            "see whether that command works by itself")
        .asException();
  }
}
