package io.cooper.backup.audit;

import io.cooper.backup.audit.Finding.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Findings as they come, of each kind the first thousand; the rest is counted.
final class Findings {
  private static final int OF_EACH_KIND = 1000;

  private final List<Finding> found = new ArrayList<>();
  private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
  private long more;

  synchronized void add(Kind kind, String where, String what) {
    if (counts.merge(kind, 1, Integer::sum) > OF_EACH_KIND) {
      more++;
    } else {
      found.add(new Finding(kind, where, what));
    }
  }

  synchronized List<Finding> all() {
    return found.stream()
        .sorted(Comparator.comparing(Finding::kind).thenComparing(Finding::where))
        .toList();
  }

  synchronized long more() {
    return more;
  }
}
