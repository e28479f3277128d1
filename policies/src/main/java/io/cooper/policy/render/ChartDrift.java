package io.cooper.policy.render;

import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.render.ChartReference;
import io.cooper.impact.FieldChange;
import io.cooper.impact.FieldDiff;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.ObjectId;
import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Templates that no longer make what the copy of the release says that they were made of.
public final class ChartDrift implements RepositoryPolicy {
  private static final int SHOWN = 10;

  /// The only rule that needs helm.
  public static final String ID = "render/chart-drift";

  @Override
  public About about() {
    return new About(
        ID,
        WARNING,
        "With its own values a chart makes what the copy of the release beside it holds.",
        """
        Whoever turns a released manifest into templates keeps the manifest itself beside them, with the
        version in its name (`plugin-barman-cloud-v0.5.0.yaml`): the next release is compared with it, and
        what is different is carried over. That works as long as the templates with the chart's own values
        make exactly the copy. An object or a field that differs is a change that somebody made by hand, or
        one that was forgotten when the copy was replaced.

        Compared are the objects of the copy and those that come from the same templates, object by object
        and field by field. The copy is taken for what it should be. Needs helm.
        """,
        "Carry the difference over into the template, or make it a value whose default is that of the copy.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.references().stream().flatMap(ChartDrift::check);
  }

  private static Stream<Finding> check(ChartReference reference) {
    var made = byId(reference.made());
    var copy = byId(reference.copy());
    var templates = new TreeSet<String>();
    made.forEach((id, object) -> {
      if (copy.containsKey(id)) {
        templates.add(object.root().place().file());
      }
    });
    // A copy of which the chart makes nothing is a copy of something else.
    if (templates.isEmpty()) {
      return Stream.empty();
    }
    var differing =
        copy.entrySet().stream()
            .flatMap(each ->
                Optional.ofNullable(made.get(each.getKey()))
                    .map(object -> differing(reference, each.getValue(), object))
                    .orElseGet(() -> Optional.of(absent(reference, each.getValue())))
                    .stream());
    var extra =
        made.entrySet().stream()
            .filter(each -> !copy.containsKey(each.getKey()))
            .map(Map.Entry::getValue)
            .filter(object -> templates.contains(object.root().place().file()))
            .map(object -> extra(reference, object));
    return Stream.concat(differing, extra);
  }

  /// Objects without regard to a namespace that only one side states: Helm adds that of the
  /// release.
  private static Map<ObjectId, Manifest> byId(List<Manifest> objects) {
    var byId = new LinkedHashMap<ObjectId, Manifest>();
    objects.forEach(object ->
        byId.putIfAbsent(new ObjectId(object.group(), object.kind(), "", object.name()), object));
    return byId;
  }

  private static Optional<Finding> differing(
      ChartReference reference, Manifest copy, Manifest made) {
    var changes =
        FieldDiff.of(copy, made).stream().filter(change -> !isOwnNamespace(change, copy)).toList();
    if (changes.isEmpty()) {
      return Optional.empty();
    }
    var shown =
        changes.stream().limit(SHOWN).map(FieldChange::toString).collect(Collectors.joining("; "));
    var rest = changes.size() - SHOWN;
    return Optional.of(
        Finding.at(
            place(made, changes.getFirst()),
            "%s of the chart %s differs from %s: %s%s"
                .formatted(
                    made.id(),
                    reference.chart(),
                    name(reference),
                    shown,
                    rest > 0 ? "; and %d more".formatted(rest) : "")));
  }

  /// A namespace that Helm gave to an object that states none.
  private static boolean isOwnNamespace(FieldChange change, Manifest copy) {
    return change.path().equals("metadata.namespace") && copy.namespace().isEmpty();
  }

  private static Place place(Manifest made, FieldChange change) {
    return made.placeAt(change.path().replaceAll("\\[[^\\]]*\\].*$", "").split("\\.", -1));
  }

  private static Finding absent(ChartReference reference, Manifest copy) {
    return Finding.at(
        copy.place(),
        "%s stands in %s, and the chart %s does not make it with its own values"
            .formatted(copy.id(), name(reference), reference.chart()));
  }

  private static Finding extra(ChartReference reference, Manifest made) {
    return Finding.at(
        made.place(),
        "the chart %s makes %s, which does not stand in %s"
            .formatted(reference.chart(), made.id(), name(reference)));
  }

  private static String name(ChartReference reference) {
    return reference.file().substring(reference.file().lastIndexOf('/') + 1);
  }
}
