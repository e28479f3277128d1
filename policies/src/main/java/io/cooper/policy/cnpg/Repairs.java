package io.cooper.policy.cnpg;

import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Place;
import io.cooper.policy.Edit;
import io.cooper.policy.Finding;
import io.cooper.policy.Fix;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Repairs that put one word in place of another. They look at the line first: where the word is
/// not where it is thought to be, because a patch or a variable brought it, there is no repair.
///
/// @param artifact the files that a person edits
record Repairs(Artifact artifact) {
  /// The finding, with a repair if the word stands at its place.
  Finding replacing(Finding finding, String summary, String word, String other) {
    return edit(finding.place(), word, other)
        .map(edit -> finding.withFix(new Fix(summary, List.of(edit))))
        .orElse(finding);
  }

  /// The finding about a value, with a repair of its key if that stands in the value's line.
  Finding replacingKey(Finding finding, String summary, String key, String other) {
    return line(finding.place())
        .map(line -> line.indexOf(key))
        .filter(index -> index >= 0)
        .flatMap(index ->
            edit(new Place(finding.place().file(), finding.place().line(), index + 1), key, other))
        .map(edit -> finding.withFix(new Fix(summary, List.of(edit))))
        .orElse(finding);
  }

  /// The edit of a word, quoted or not, that begins at a place; with as much of the line before it
  /// as makes it the only one.
  Optional<Edit> edit(Place place, String word, String other) {
    return word.isEmpty()
        ? Optional.empty()
        : line(place).flatMap(line -> inLine(line, place, word, other));
  }

  private Optional<String> line(Place place) {
    return artifact.contains(place.file())
        ? new String(artifact.read(place.file()), StandardCharsets.UTF_8)
            .lines()
            .skip(place.line() - 1L)
            .findFirst()
        : Optional.empty();
  }

  private static Optional<Edit> inLine(String line, Place place, String word, String other) {
    if (line.codePointCount(0, line.length()) < place.column()) {
      return Optional.empty();
    }
    int column = line.offsetByCodePoints(0, place.column() - 1);
    int quote = "\"'".indexOf(line.charAt(column)) >= 0 ? 1 : 0;
    int start = column + quote;
    if (!line.startsWith(word, start)) {
      return Optional.empty();
    }
    int from = start;
    while (from > 0 && isAmbiguous(line, line.substring(from, start + word.length()))) {
      from--;
    }
    var before = line.substring(from, start + word.length());
    return isAmbiguous(line, before)
        ? Optional.empty()
        : Optional.of(
            new Edit(place.file(), place.line(), before, line.substring(from, start) + other));
  }

  private static boolean isAmbiguous(String line, String part) {
    return line.indexOf(part) != line.lastIndexOf(part);
  }
}
