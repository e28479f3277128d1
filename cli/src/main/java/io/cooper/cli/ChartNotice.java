package io.cooper.cli;

import io.cooper.flux.render.RenderedRelease;
import io.cooper.flux.render.RenderedRelease.State;
import io.cooper.flux.render.RenderedTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// One line about the charts that nobody looked into, and why.
///
/// @param trees that were judged
record ChartNotice(List<RenderedTree> trees) {
  private static final int NAMED = 3;

  /// The line; empty if everything that is installed was looked into.
  Optional<String> text() {
    var releases = trees.stream().flatMap(tree -> tree.releases().stream()).toList();
    var reasons = new ArrayList<String>();
    for (var state : State.values()) {
      var these = releases.stream().filter(each -> each.state() == state).toList();
      if (!state.isJudged() && !these.isEmpty()) {
        reasons.add(reason(state, these));
      }
    }
    long open = releases.stream().filter(each -> !each.state().isJudged()).count();
    return reasons.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "cooper: charts not judged (%d of %d): %s"
                .formatted(open, releases.size(), String.join("; ", reasons)));
  }

  private static String reason(State state, List<RenderedRelease> releases) {
    var charts = names(releases.stream().map(RenderedRelease::chart).distinct().toList());
    var names = names(releases.stream().map(each -> each.id().toString()).distinct().toList());
    return switch (state) {
      case NO_HELM -> "no helm on the PATH for %s".formatted(charts);
      case REMOTE -> "not in the repository: %s".formatted(charts);
      case UNKNOWN_VALUES -> "values that only the cluster has: %s".formatted(names);
      case ELSEWHERE -> "installed into another cluster: %s".formatted(names);
      case RENDERED, FAILED -> throw new IllegalStateException(state + " is judged");
    };
  }

  private static String names(List<String> names) {
    var shown = names.stream().limit(NAMED).collect(Collectors.joining(", "));
    return names.size() > NAMED ? "%s and %d more".formatted(shown, names.size() - NAMED) : shown;
  }
}
