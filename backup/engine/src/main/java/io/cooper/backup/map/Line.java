package io.cooper.backup.map;

import io.cooper.backup.format.TimelineHistory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/// What an archive has of one timeline.
public final class Line {
  private final int timeline;
  private final List<Run> runs = new ArrayList<>();
  private final NavigableSet<Long> partials = new TreeSet<>();
  private Optional<TimelineHistory> history = Optional.empty();

  Line(int timeline) {
    this.timeline = timeline;
  }

  /// Its number, unsigned.
  public int timeline() {
    return timeline;
  }

  /// Its whole segments, in order; between two runs some are missing.
  public List<Run> runs() {
    return Collections.unmodifiableList(runs);
  }

  /// The segments of which there is a partial copy.
  public NavigableSet<Long> partials() {
    return Collections.unmodifiableNavigableSet(partials);
  }

  /// Where it comes from; empty for the first one, and where the archive does not say.
  public Optional<TimelineHistory> history() {
    return history;
  }

  void add(long number, java.time.Instant stored, long bytes) {
    if (runs.isEmpty() || runs.getLast().end() < number) {
      runs.add(new Run(number));
    }
    // One that is there already lies there in another compression as well.
    if (runs.getLast().end() == number) {
      runs.getLast().add(stored, bytes);
    }
  }

  void addPartial(long number) {
    partials.add(number);
  }

  void setHistory(TimelineHistory known) {
    history = Optional.of(known);
  }

  /// The same without some segments.
  Line without(NavigableSet<Long> numbers) {
    var line = new Line(timeline);
    line.partials.addAll(partials);
    line.history = history;
    for (var run : runs) {
      var from = run.first();
      for (var number : numbers.subSet(run.first(), run.end())) {
        if (number > from) {
          line.runs.add(run.part(from, number));
        }
        from = number + 1;
      }
      if (from < run.end()) {
        line.runs.add(run.part(from, run.end()));
      }
    }
    return line;
  }

  /// The run that a segment is in.
  public Optional<Run> runOf(long number) {
    var low = 0;
    var high = runs.size() - 1;
    while (low <= high) {
      var middle = (low + high) >>> 1;
      var run = runs.get(middle);
      if (number < run.first()) {
        high = middle - 1;
      } else if (number >= run.end()) {
        low = middle + 1;
      } else {
        return Optional.of(run);
      }
    }
    return Optional.empty();
  }

  /// The first segment from a given one on that is not there.
  public long firstMissing(long from) {
    return runOf(from).map(Run::end).orElse(from);
  }

  /// The first segment from a given one on that is there.
  public Optional<Long> firstThere(long from) {
    return runs.stream()
        .filter(run -> run.end() > from)
        .map(run -> Math.max(from, run.first()))
        .findFirst();
  }
}
