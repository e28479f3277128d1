package io.cooper.policy.report;

import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Accepted;
import io.cooper.policy.Edit;
import io.cooper.policy.Finding;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/// A report for code scanners: SARIF 2.1.0.
///
/// All rules that there are stand in it, with their pages. Accepted findings are results with a
/// `suppressions`; where a change is judged, each result has a `baselineState`, and what the change
/// repaired is `absent` (SARIF 2.1.0, 3.27.24). Who uploads to a service that knows neither takes
/// those results out before.
public final class SarifReport implements Report {
  private static final String SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
  private static final String BASE = "SRCROOT";

  private final List<About> rules;
  private final Path root;
  private final Function<String, Optional<String>> textOf;

  /// @param rules all that there are
  /// @param root of the repository
  /// @param textOf the text of a file of the repository, if it can be read
  public SarifReport(
      Collection<About> rules, Path root, Function<String, Optional<String>> textOf) {
    this.rules = List.copyOf(rules);
    this.root = root;
    this.textOf = textOf;
  }

  @Override
  public void print(CheckReport report, PrintWriter out) {
    JsonText.print(
        out,
        json -> {
          json.writeStartObject();
          json.writeStringProperty("$schema", SCHEMA);
          json.writeStringProperty("version", "2.1.0");
          JsonText.objects(json, "runs", List.of(report), _ -> new Run(report, json).write());
          json.writeEndObject();
        });
  }

  private enum State {
    NEW,
    UNCHANGED,
    ABSENT
  }

  /// The writing of one run.
  private final class Run {
    private final CheckReport report;
    private final JsonGenerator json;
    private final SequencedMap<About, Integer> indexes = new LinkedHashMap<>();

    Run(CheckReport report, JsonGenerator json) {
      this.report = report;
      this.json = json;
      Stream.concat(rules.stream(), all().map(Verdict::about))
          .forEach(about -> indexes.putIfAbsent(about, indexes.size()));
    }

    private Stream<Verdict> all() {
      return Stream.of(
              report.verdicts().stream(),
              report.accepted().stream().map(Accepted::verdict),
              report.comparison().stream().flatMap(comparison -> comparison.repaired().stream()))
          .flatMap(each -> each);
    }

    void write() {
      JsonText.object(json, "tool", () -> JsonText.object(json, "driver", this::driver));
      JsonText.object(json, "automationDetails", () -> json.writeStringProperty("id", "cooper/"));
      json.writeStringProperty("columnKind", "unicodeCodePoints");
      JsonText.object(
          json,
          "originalUriBaseIds",
          () ->
              JsonText.object(
                  json,
                  BASE,
                  () ->
                      json.writeStringProperty(
                          "uri", root.toUri().toString().replaceFirst("/*$", "/"))));
      JsonText.objects(
          json,
          "invocations",
          List.of(report),
          _ -> json.writeBooleanProperty("executionSuccessful", true));
      JsonText.object(
          json,
          "properties",
          () -> {
            json.writeStringProperty("revision", report.revision());
            report
                .comparison()
                .ifPresent(comparison -> json.writeStringProperty("base", comparison.base()));
          });
      json.writeArrayPropertyStart("results");
      results();
      json.writeEndArray();
    }

    private void driver() {
      json.writeStringProperty("name", "Cooper");
      json.writeStringProperty("version", report.version());
      JsonText.objects(json, "rules", indexes.keySet(), this::rule);
    }

    private void rule(About about) {
      json.writeStringProperty("id", about.id());
      text("shortDescription", about.demand());
      text("fullDescription", about.reason().strip());
      about.page().ifPresent(page -> json.writeStringProperty("helpUri", page.toASCIIString()));
      JsonText.object(
          json,
          "help",
          () -> {
            json.writeStringProperty(
                "text", "%s%n%n%s".formatted(about.reason().strip(), about.remedy()));
            json.writeStringProperty(
                "markdown",
                "%s%n%n**What to do:** %s".formatted(about.reason().strip(), about.remedy()));
          });
      JsonText.object(
          json,
          "defaultConfiguration",
          () -> json.writeStringProperty("level", level(about.severity())));
      JsonText.object(
          json,
          "properties",
          () -> {
            json.writeArrayPropertyStart("tags");
            Stream.of(about.family(), about.cause()).distinct().forEach(json::writeString);
            json.writeEndArray();
          });
    }

    private void results() {
      Fingerprint.of(report.verdicts())
          .forEach((verdict, print) -> result(verdict, print, state(verdict), Optional.empty()));
      var accepted =
          report.accepted().stream()
              .collect(Collectors.toMap(Accepted::verdict, each -> each, (first, _) -> first));
      Fingerprint.of(report.accepted().stream().map(Accepted::verdict).toList())
          .forEach((verdict, print) ->
              result(verdict, print, Optional.empty(), Optional.ofNullable(accepted.get(verdict))));
      Fingerprint.of(report.comparison().map(Comparison::repaired).orElse(List.of()))
          .forEach((verdict, print) ->
              result(verdict, print, Optional.of(State.ABSENT), Optional.empty()));
    }

    private Optional<State> state(Verdict verdict) {
      return report
          .comparison()
          .map(_ -> report.isIntroduced(verdict) ? State.NEW : State.UNCHANGED);
    }

    private void result(
        Verdict verdict, Fingerprint print, Optional<State> state, Optional<Accepted> accepted) {
      var finding = verdict.finding();
      json.writeStartObject();
      json.writeStringProperty("ruleId", verdict.about().id());
      json.writeNumberProperty("ruleIndex", indexes.getOrDefault(verdict.about(), -1));
      json.writeStringProperty("level", level(verdict.severity()));
      text("message", "%s. To do: %s".formatted(plain(finding.message()), plain(verdict.remedy())));
      JsonText.objects(json, "locations", List.of(finding), this::location);
      JsonText.object(
          json,
          "partialFingerprints",
          () -> {
            json.writeStringProperty("cooper/v1", print.value());
            // The only one that GitHub's code scanning looks at.
            json.writeStringProperty("primaryLocationLineHash", print.value());
          });
      state.ifPresent(known ->
          json.writeStringProperty("baselineState", known.name().toLowerCase(Locale.ROOT)));
      accepted.ifPresent(this::suppression);
      if (state.filter(State.ABSENT::equals).isEmpty()) {
        fix(finding);
      }
      JsonText.object(
          json,
          "properties",
          () -> {
            json.writeStringProperty("cause", verdict.about().cause());
            finding
                .kustomization()
                .ifPresent(id -> json.writeStringProperty("kustomization", id.toString()));
          });
      json.writeEndObject();
    }

    private void location(Finding finding) {
      JsonText.object(json, "physicalLocation", () -> physical(finding.place()));
      finding
          .object()
          .ifPresent(subject ->
              JsonText.objects(
                  json,
                  "logicalLocations",
                  List.of(subject),
                  object -> {
                    json.writeStringProperty("name", object.id().name());
                    json.writeStringProperty("fullyQualifiedName", object.id().toString());
                    json.writeStringProperty("kind", "object");
                  }));
    }

    private void physical(Place place) {
      file(place.file());
      JsonText.object(
          json,
          "region",
          () -> {
            json.writeNumberProperty("startLine", place.line());
            json.writeNumberProperty("startColumn", place.column());
          });
    }

    private void file(String path) {
      JsonText.object(
          json,
          "artifactLocation",
          () -> {
            json.writeStringProperty("uri", Links.encoded(path));
            json.writeStringProperty("uriBaseId", BASE);
          });
    }

    private void suppression(Accepted accepted) {
      JsonText.objects(
          json,
          "suppressions",
          List.of(accepted),
          each -> {
            json.writeStringProperty("kind", each.inSource() ? "inSource" : "external");
            if (!each.reason().isBlank()) {
              json.writeStringProperty("justification", each.reason());
            }
            JsonText.object(
                json,
                "location",
                () -> JsonText.object(json, "physicalLocation", () -> physical(each.at())));
          });
    }

    private void fix(Finding finding) {
      finding
          .fix()
          .flatMap(fix ->
              changes(fix.edits())
                  .map(changes ->
                      (Runnable)
                          () -> {
                            text("description", fix.summary());
                            JsonText.objects(json, "artifactChanges", changes, this::change);
                          }))
          .ifPresent(write -> JsonText.objects(json, "fixes", List.of(write), Runnable::run));
    }

    private void change(Change change) {
      file(change.file());
      JsonText.objects(
          json,
          "replacements",
          change.replacements(),
          replacement -> {
            JsonText.object(
                json,
                "deletedRegion",
                () -> {
                  json.writeNumberProperty("startLine", replacement.edit().line());
                  json.writeNumberProperty("startColumn", replacement.from());
                  json.writeNumberProperty("endColumn", replacement.to());
                });
            JsonText.object(
                json,
                "insertedContent",
                () -> json.writeStringProperty("text", replacement.edit().after()));
          });
    }

    private void text(String name, String text) {
      JsonText.object(json, name, () -> json.writeStringProperty("text", text));
    }
  }

  private record Replacement(Edit edit, int from, int to) {}

  private record Change(String file, List<Replacement> replacements) {}

  /// The edits of a repair with their columns; empty if one of them does not match the file.
  private Optional<List<Change>> changes(List<Edit> edits) {
    var changes = new LinkedHashMap<String, List<Replacement>>();
    for (var edit : edits) {
      var line =
          textOf
              .apply(edit.file())
              .flatMap(text -> text.lines().skip(edit.line() - 1L).findFirst());
      int at = line.map(text -> text.indexOf(edit.before())).orElse(-1);
      if (line.isEmpty() || at < 0) {
        return Optional.empty();
      }
      int from = line.get().codePointCount(0, at) + 1;
      int length = edit.before().codePointCount(0, edit.before().length());
      changes
          .computeIfAbsent(edit.file(), _ -> new ArrayList<>())
          .add(new Replacement(edit, from, from + length));
    }
    return Optional.of(
        changes.entrySet().stream()
            .map(entry -> new Change(entry.getKey(), entry.getValue()))
            .toList());
  }

  private static String level(Severity severity) {
    return switch (severity) {
      case ERROR -> "error";
      case WARNING -> "warning";
      case NOTICE -> "note";
    };
  }

  /// `[text](target)` would be a link (SARIF 2.1.0, 3.11.6).
  private static String plain(String text) {
    return text.contains("](") ? text.replace("[", "\\[").replace("]", "\\]") : text;
  }
}
