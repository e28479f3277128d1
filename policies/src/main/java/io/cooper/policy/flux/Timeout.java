package io.cooper.policy.flux;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Node;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Judges how long Flux may wait.
public final class Timeout implements RepositoryPolicy {
  /// What `about()` recommends.
  private static final String USUAL = "10m";

  private static final Pattern DAYS = Pattern.compile("(\\d{1,4})d");

  /// Below this Flux waits all the same (kustomize-controller, `GetTimeout`).
  private static final Duration FLOOR = Duration.ofSeconds(30);

  /// More Kustomizations than this doing the same is a habit, and one finding.
  private static final int HABIT = 3;

  private final Duration patience;

  /// With the patience of 15 minutes.
  public Timeout() {
    this(Duration.ofMinutes(15));
  }

  /// @param patience how long a Kustomization may wait for health without having said so
  public Timeout(Duration patience) {
    this.patience = patience;
  }

  @Override
  public About about() {
    return new About(
        "flux/timeout",
        WARNING,
        "A Kustomization that checks health says for how long, and no longer than its interval.",
        """
        While Flux waits for health it does not look at new commits of that Kustomization, and one
        of its few workers is busy. Without a `timeout` it waits for the interval less 30 seconds:
        a broken rollout with an interval of an hour blocks its own repair for an hour. Durations
        are numbers with ms, s, m or h; the API refuses anything else, days included. A timeout
        below 30 seconds counts as 30.
        """,
        "Set `spec.timeout` to the time that a rollout needs, such as 10m, and `retryInterval` to"
            + " the pause after a failure, such as 2m.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream()
        .flatMap(graph ->
            Stream.of(
                    graph.nodes().stream().flatMap(Timeout::check),
                    tooLong(graph),
                    absent(graph),
                    graph
                        .tree()
                        .objects()
                        .filter(object ->
                            HelmRelease.isOne(object)
                                || object.group().equals("source.toolkit.fluxcd.io"))
                        .flatMap(Timeout::unreadable))
                .flatMap(it -> it));
  }

  /// One finding for each, or one for all where leaving it out is the repository's habit.
  private Stream<Finding> absent(DependencyGraph graph) {
    var patient = graph.nodes().stream().filter(node -> wait(node).isPresent()).toList();
    if (patient.size() <= HABIT) {
      return patient.stream()
          .map(node ->
              Finding.about(
                      node.kustomization().manifest(),
                      "%s checks health without a timeout, so a failed rollout blocks it for %s"
                          .formatted(node, wait(node).map(Durations::write).orElse("")),
                      "spec")
                  .in(node.id())
                  .repairedBy(
                      "Wait for %s at most".formatted(USUAL),
                      node.kustomization().manifest(),
                      new YamlChange.Put(List.of("spec"), "timeout", USUAL)));
    }
    var longest = patient.stream().flatMap(node -> wait(node).stream()).max(Duration::compareTo);
    var first = patient.getFirst();
    return Stream.of(
        Finding.about(
                first.kustomization().manifest(),
                "%s check health without a timeout, so a failed rollout blocks them for up to %s"
                    .formatted(Words.list(patient), longest.map(Durations::write).orElse("")),
                "spec")
            .in(first.id())
            .withRemedy(
                "set `spec.timeout` in each, or for all of them by a patch in the Kustomization"
                    + " that renders them")
            .byHand("one patch for all of them is better than many edits"));
  }

  /// How long a Kustomization without a timeout waits, if that is longer than the patience.
  private Optional<Duration> wait(Node node) {
    var manifest = node.kustomization().manifest();
    return node.gate().looks() && manifest.find("spec", "timeout").isEmpty()
        ? duration(manifest, "interval")
            .map(it -> it.minus(FLOOR))
            .filter(it -> it.compareTo(patience) > 0)
        : Optional.empty();
  }

  private static Stream<Finding> check(Node node) {
    var manifest = node.kustomization().manifest();
    var unreadable = unreadable(manifest).toList();
    if (!unreadable.isEmpty()) {
      return unreadable.stream().map(it -> it.in(node.id()));
    }
    var timeout = duration(manifest, "timeout");
    if (timeout.isEmpty()) {
      return Stream.empty();
    }
    if (timeout.get().compareTo(FLOOR) < 0) {
      return Stream.of(
          Finding.about(
                  manifest,
                  "%s has a timeout of %s, which counts as 30s"
                      .formatted(node, text(manifest, "timeout")),
                  "spec",
                  "timeout")
              .in(node.id())
              .withSeverity(NOTICE)
              .withRemedy("write 30s, or the time that a rollout needs")
              .repairedBy(
                  "Write what it counts as",
                  manifest,
                  new YamlChange.Replace(List.of("spec", "timeout"), "30s")));
    }
    return Stream.empty();
  }

  /// One finding for each, or one for all where it is the repository's habit.
  private static Stream<Finding> tooLong(DependencyGraph graph) {
    var nodes = graph.nodes().stream().filter(Timeout::isTooLong).toList();
    if (nodes.size() > HABIT) {
      var first = nodes.getFirst();
      return Stream.of(
          tooLong(
              first,
              "%d Kustomizations have a timeout longer than their interval, such as %s for %s: %s"
                  .formatted(
                      nodes.size(),
                      text(first.kustomization().manifest(), "timeout"),
                      text(first.kustomization().manifest(), "interval"),
                      Words.list(nodes))));
    }
    return nodes.stream()
        .map(node ->
            tooLong(
                node,
                "%s has a timeout of %s, longer than its interval of %s"
                    .formatted(
                        node,
                        text(node.kustomization().manifest(), "timeout"),
                        text(node.kustomization().manifest(), "interval"))));
  }

  private static Finding tooLong(Node node, String message) {
    return Finding.about(node.kustomization().manifest(), message, "spec", "timeout")
        .in(node.id())
        .withRemedy(
            "wait for less than the interval, or lengthen the interval: new commits do not"
                + " wait for it")
        .byHand("whether the timeout or the interval is wrong depends on the rollout");
  }

  private static boolean isTooLong(Node node) {
    var manifest = node.kustomization().manifest();
    var interval = duration(manifest, "interval");
    return node.gate().looks()
        && unreadable(manifest).findAny().isEmpty()
        && duration(manifest, "timeout")
            .filter(it -> it.compareTo(FLOOR) >= 0)
            .filter(it -> interval.filter(other -> it.compareTo(other) > 0).isPresent())
            .isPresent();
  }

  private static Stream<Finding> unreadable(Manifest object) {
    return Stream.of("interval", "retryInterval", "timeout")
        .filter(field ->
            object.text("spec", field).filter(it -> Durations.read(it).isEmpty()).isPresent())
        .map(field ->
            inHours(
                object,
                field,
                Finding.about(
                        object,
                        "%s %s has `%s: %s`, which is no duration; the API refuses the object"
                            .formatted(object.kind(), object.name(), field, text(object, field)),
                        "spec",
                        field)
                    .withSeverity(ERROR)
                    .withRemedy("write it with h, m or s, such as 24h or 90s")));
  }

  /// A number of days has one meaning only.
  private static Finding inHours(Manifest object, String field, Finding finding) {
    var days = DAYS.matcher(text(object, field));
    return days.matches()
        ? finding.repairedBy(
            "Write days as hours",
            object,
            new YamlChange.Replace(
                List.of("spec", field), 24 * Integer.parseInt(days.group(1)) + "h"))
        : finding.byHand("what was meant is not clear");
  }

  private static Optional<Duration> duration(Manifest object, String field) {
    return object.text("spec", field).flatMap(Durations::read);
  }

  private static String text(Manifest object, String field) {
    return object.text("spec", field).orElse("");
  }
}
