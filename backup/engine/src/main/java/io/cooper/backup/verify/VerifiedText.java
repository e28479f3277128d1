package io.cooper.backup.verify;

import io.cooper.problem.Problem;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Results of verifications as people and programs read them.
public final class VerifiedText {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final int SCHEMA_VERSION = 1;

  private VerifiedText() {}

  /// One line that says it all, and below it one error after another.
  public static String text(Verified verified) {
    var out = new StringBuilder();
    out.append(
        "%s %s: %d archives (%s), %d files, %d bytes, %s, %d segments of WAL, %.1f s%n"
            .formatted(
                verified.id(),
                verified.isSound() ? "is sound" : "IS DAMAGED",
                verified.archives(),
                verified.compared()
                    ? "checksums compared"
                    : "their writer left no checksums to compare",
                verified.files(),
                verified.bytes(),
                verified
                    .pagesSkipped()
                    .map(why -> "no pages checked, for " + why)
                    .orElseGet(() -> "%d pages checked".formatted(verified.pages())),
                verified.segments(),
                verified.took().toMillis() / 1000.0));
    verified.problems().forEach(problem -> out.append(problem).append('\n'));
    return out.toString().replace(System.lineSeparator(), "\n");
  }

  /// One result for programs; this is what is kept beside the archive.
  public static String json(String server, Verified verified) {
    var root = JSON.createObjectNode();
    root.put("schemaVersion", SCHEMA_VERSION).put("server", server);
    fill(root.putObject("verification"), verified);
    return JSON.writeValueAsString(root) + "\n";
  }

  /// Several results for programs.
  public static String json(String server, List<Verified> all) {
    var root = JSON.createObjectNode();
    root.put("schemaVersion", SCHEMA_VERSION).put("server", server);
    root.put("sound", all.stream().allMatch(Verified::isSound));
    var array = root.putArray("verifications");
    all.forEach(verified -> fill(array.addObject(), verified));
    return JSON.writeValueAsString(root) + "\n";
  }

  private static void fill(ObjectNode node, Verified verified) {
    node.put("backup", verified.id().text());
    verified.name().ifPresent(name -> node.put("name", name));
    node.put("sound", verified.isSound());
    node.put("time", time(verified.begun())).put("durationMillis", verified.took().toMillis());
    node.put("archives", verified.archives()).put("storedBytes", verified.stored());
    node.put("checksumsCompared", verified.compared());
    node.put("files", verified.files()).put("bytes", verified.bytes());
    node.put("pages", verified.pages());
    verified.pagesSkipped().ifPresent(why -> node.put("pagesSkipped", why));
    node.put("segments", verified.segments()).put("walBytes", verified.walBytes());
    fill(node.putArray("problems"), verified.problems());
  }

  /// Errors for programs: the fields of each as strings.
  public static void fill(ArrayNode array, List<Problem> problems) {
    problems.forEach(problem ->
        array
            .addObject()
            .put("code", problem.code().name())
            .put("where", problem.where())
            .put("what", problem.what())
            .put("remedy", problem.remedy()));
  }

  private static String time(Instant at) {
    return DateTimeFormatter.ISO_INSTANT.format(at.truncatedTo(ChronoUnit.MILLIS));
  }
}
