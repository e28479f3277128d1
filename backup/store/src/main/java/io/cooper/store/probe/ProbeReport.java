package io.cooper.store.probe;

import io.cooper.problem.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a probe found.
///
/// @param store its name
/// @param steps one for each layer that there is, in order; those after a failure were not tried
public record ProbeReport(String store, List<Step> steps) {
  /// One layer.
  ///
  /// @param took as long as it took; zero if it was not tried
  /// @param what was found; empty if it was not tried
  /// @param problem present if it failed
  public record Step(
      Layer layer, State state, Duration took, String what, Optional<Problem> problem) {
    static Step good(Layer layer, Duration took, String what) {
      return new Step(layer, State.GOOD, took, what, Optional.empty());
    }

    static Step failed(Layer layer, Duration took, Problem problem) {
      return new Step(layer, State.FAILED, took, problem.what(), Optional.of(problem));
    }

    static Step notTried(Layer layer) {
      return new Step(layer, State.NOT_TRIED, Duration.ZERO, "", Optional.empty());
    }
  }

  /// How a layer is.
  public enum State {
    /// It works.
    GOOD,
    /// It does not.
    FAILED,
    /// Nobody knows: an earlier one does not.
    NOT_TRIED
  }

  public ProbeReport {
    steps = List.copyOf(steps);
  }

  /// The first layer that does not work.
  public Optional<Step> firstFailure() {
    return steps.stream().filter(step -> step.state == State.FAILED).findFirst();
  }

  /// A line for each layer, and what to do about the first that fails.
  public String text() {
    var text = new StringBuilder();
    for (var step : steps) {
      text.append(
          "%-14s %-6s %7s  %s"
              .formatted(
                  name(step.layer),
                  switch (step.state) {
                    case GOOD -> "ok";
                    case FAILED -> "FAILED";
                    case NOT_TRIED -> "-";
                  },
                  step.state == State.NOT_TRIED ? "" : step.took.toMillis() + " ms",
                  step.what)
              .stripTrailing());
      text.append('\n');
      step.problem.ifPresent(
          problem -> text.append("  try: ").append(problem.remedy()).append('\n'));
    }
    return text.toString();
  }

  /// The same for programs: `{"schemaVersion":1,"store":…,"good":…,"failed":…,"steps":[…]}`;
  /// `failed` and what does not apply are absent.
  public String json() {
    var json = new Json().open('{');
    json.field("schemaVersion", 1).field("store", store).field("good", firstFailure().isEmpty());
    firstFailure().ifPresent(step -> json.field("failed", name(step.layer)));
    json.key("steps").open('[');
    for (var step : steps) {
      json.open('{').field("layer", name(step.layer)).field("state", name(step.state));
      if (step.state != State.NOT_TRIED) {
        json.field("millis", step.took.toMillis()).field("what", step.what);
      }
      step.problem.ifPresent(problem ->
          json.field("code", problem.code().name())
              .field("where", problem.where())
              .field("remedy", problem.remedy()));
      json.close('}');
    }
    return json.close(']').close('}').toString();
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
