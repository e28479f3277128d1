package io.cooper.backup.map;

import io.cooper.backup.format.SegmentSize;
import io.cooper.backup.format.TimelineHistory;
import java.util.ArrayList;
import java.util.List;

/// The way of a recovery to the end of a timeline: the timeline that PostgreSQL takes each segment
/// from. Where timelines part inside of a segment, that is the younger one, whose copy begins with
/// the WAL of the older one.
///
/// PostgreSQL, `access/transam/xlogrecovery.c`, `XLogFileReadAnyTLI`.
///
/// @param timeline where it leads to
/// @param legs from the oldest timeline to this one
public record Way(int timeline, List<Leg> legs) {
  /// A part of a way.
  ///
  /// @param timeline that segments are taken from
  /// @param from the first of them
  /// @param to the one after the last
  public record Leg(int timeline, long from, long to) {}

  public Way {
    legs = List.copyOf(legs);
  }

  /// The way along a timeline that has no parent, or none that is known.
  public static Way alone(int timeline) {
    return new Way(timeline, List.of(new Leg(timeline, 0, Long.MAX_VALUE)));
  }

  /// The way that a history tells.
  public static Way along(TimelineHistory history, SegmentSize size) {
    var legs = new ArrayList<Leg>();
    var from = 0L;
    for (var branch : history.branches()) {
      var to = Math.max(from, size.numberOf(branch.at()));
      if (to > from) {
        legs.add(new Leg(branch.parent(), from, to));
      }
      from = to;
    }
    legs.add(new Leg(history.timeline(), from, Long.MAX_VALUE));
    return new Way(history.timeline(), legs);
  }

  /// The part that a segment is on.
  public Leg legAt(long number) {
    return legs.stream()
        .filter(leg -> number >= leg.from() && number < leg.to())
        .findFirst()
        .orElseGet(legs::getLast);
  }
}
