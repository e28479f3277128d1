package io.cooper.backup.audit;

import io.cooper.backup.audit.Finding.Kind;
import io.cooper.backup.format.WalName.Segment;
import io.cooper.backup.map.WalMap;
import io.cooper.backup.map.Way;
import java.util.Map;
import java.util.TreeMap;

/// Segments that are not there and that a recovery needs, timeline by timeline, each once, however
/// many ways lead over it.
final class Holes {
  private final WalMap map;

  /// For each timeline the last segment of each hole by its first.
  private final Map<Integer, TreeMap<Long, Long>> holes = new TreeMap<>(Integer::compareUnsigned);

  Holes(WalMap map) {
    this.map = map;
  }

  /// What is missing on a way before more of it.
  void addBetween(Way way, long from) {
    var missing = map.firstMissing(way, from).number(map.size());
    for (var next = map.firstThere(way, missing);
        next.isPresent();
        next = map.firstThere(way, missing)) {
      var there = next.get().number(map.size());
      add(way, missing, there - 1);
      missing = map.firstMissing(way, there).number(map.size());
    }
  }

  /// What is missing on a way up to a segment, also if nothing follows.
  void addUpTo(Way way, long from, long last) {
    for (var missing = map.firstMissing(way, from).number(map.size()); missing <= last; ) {
      var there =
          map.firstThere(way, missing).map(next -> next.number(map.size())).orElse(last + 1);
      add(way, missing, Math.min(there - 1, last));
      missing = map.firstMissing(way, there).number(map.size());
    }
  }

  private void add(Way way, long first, long last) {
    for (var leg : way.legs()) {
      var from = Math.max(first, leg.from());
      var to = Math.min(last, leg.to() - 1);
      if (from <= to) {
        merge(holes.computeIfAbsent(leg.timeline(), _ -> new TreeMap<>()), from, to);
      }
    }
  }

  private static void merge(TreeMap<Long, Long> known, long first, long last) {
    var from = first;
    var to = last;
    for (var near = known.floorEntry(to + 1);
        near != null && near.getValue() >= from - 1;
        near = known.floorEntry(to + 1)) {
      from = Math.min(from, near.getKey());
      to = Math.max(to, near.getValue());
      known.remove(near.getKey());
    }
    known.put(from, to);
  }

  /// Tells them.
  void tell(Findings findings) {
    holes.forEach(
        (timeline, known) -> known.forEach((first, last) -> tell(timeline, first, last, findings)));
  }

  private void tell(int timeline, long first, long last, Findings findings) {
    var begin = Segment.numbered(timeline, first, map.size());
    var end = Segment.numbered(timeline, last, map.size());
    findings.add(
        Kind.MISSING,
        first == last ? begin.text() : "%s to %s".formatted(begin, end),
        "%d %s not there: no recovery gets over %s"
            .formatted(
                last - first + 1,
                first == last ? "segment is" : "segments are",
                begin.begin(map.size())));
  }
}
