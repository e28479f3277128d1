package io.cooper.policy.cnpg;

import io.cooper.manifest.Place;
import io.cooper.policy.Finding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One text that many use, such as a component of kustomize, holds a mistake once: what is found at
/// one place for several objects is one finding.
final class OneText {
  private static final int ENOUGH = 4;

  private OneText() {}

  /// The findings, those at one place together; the first one speaks, and the others are named.
  static Stream<Finding> of(Stream<Finding> findings) {
    var byPlace = new LinkedHashMap<Place, List<Finding>>();
    findings.forEach(
        finding -> byPlace.computeIfAbsent(finding.place(), _ -> new ArrayList<>()).add(finding));
    return byPlace.values().stream().map(OneText::together);
  }

  private static Finding together(List<Finding> findings) {
    var first = findings.getFirst();
    var others =
        findings.stream()
            .skip(1)
            .flatMap(finding -> finding.object().stream())
            .map(object -> object.id().toString())
            .filter(id -> !first.object().map(it -> it.id().toString()).orElse("").equals(id))
            .distinct()
            .toList();
    if (others.isEmpty()) {
      return first;
    }
    var names = others.stream().limit(ENOUGH).collect(Collectors.joining(", "));
    int more = others.size() - ENOUGH;
    return new Finding(
        first.place(),
        "%s; the same text serves %s%s"
            .formatted(first.message(), names, more > 0 ? " and %d more".formatted(more) : ""),
        first.remedy(),
        first.severity(),
        first.object(),
        first.kustomization(),
        first.repair());
  }
}
