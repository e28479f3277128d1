package io.cooper.policy.schema;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.render.substitute.Placeholder;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.schemas.KindSchema;
import io.cooper.schemas.admission.Admission;
import io.cooper.schemas.admission.Review;
import io.cooper.schemas.validate.FieldPath;
import io.cooper.schemas.validate.ObjectValidator;
import io.cooper.schemas.validate.Outcome;
import io.cooper.schemas.validate.Violation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// Finds objects that the API server would refuse.
public final class Invalid implements RepositoryPolicy {
  /// What a rule of its own says already, and says better: kind, then the field that is missing.
  private static final Set<String> TOLD_ELSEWHERE =
      Set.of(
          "Kustomization spec.interval",
          "Kustomization spec.prune",
          "Kustomization spec.sourceRef",
          "Backup spec.cluster",
          "Backup spec.cluster.name",
          "ScheduledBackup spec.cluster",
          "ScheduledBackup spec.cluster.name");

  private static final Set<String> FLUX_OPERATOR =
      Set.of("FluxInstance", "FluxReport", "ResourceSet", "ResourceSetInputProvider");

  @Override
  public About about() {
    return new About(
        "schema/invalid",
        ERROR,
        "Every object is one that the API server accepts.",
        """
        Each rendered object is judged by the schema of its kind, as strictly as an API server that
        refuses unknown fields; then by the conditions in CEL that the schema holds, and by what the
        API server and CloudNativePG's webhook refuse beyond it. Flux dry-runs all objects of a
        Kustomization before it writes one, so that a single object that is refused keeps the whole
        Kustomization from being applied.

        The schemas are those of the releases in use, the newest where nothing says which; CRDs in
        the repository come first. What SOPS has encrypted, and values that only the cluster has, are
        not judged.
        """,
        "Correct the field; `kubectl explain` describes it.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var validator = new ObjectValidator(repository.catalogue(), Placeholder::isIn);
    var admission = new Admission(Placeholder::isIn);
    var rule = about().id();
    var rendered =
        repository.trees().stream()
            .flatMap(tree -> tree.kustomizations().stream())
            .parallel()
            .flatMap(each ->
                repository
                    .look(rule, each, () -> unsound(each.objects().stream(), validator, admission))
                    .stream());
    var charts =
        unsound(repository.trees().stream().flatMap(RenderedTree::charts), validator, admission);
    var judged = Stream.concat(rendered, charts.stream()).toList();
    return Stream.of(violations(judged), unusable(judged), unjudged(judged))
        .flatMap(Function.identity());
  }

  private static List<Review> unsound(
      Stream<Manifest> objects, ObjectValidator validator, Admission admission) {
    return objects
        .map(manifest -> Review.of(manifest, validator, admission))
        .filter(each -> !isSound(each))
        .toList();
  }

  private static boolean isSound(Review each) {
    return each.refused().isEmpty()
        && switch (each.outcome()) {
          case Outcome.Judged judged ->
              judged.violations().isEmpty() && judged.unjudged().isEmpty();
          case Outcome.UnknownKind _ -> true;
          case Outcome.Unusable _ -> false;
        };
  }

  private record At(Place place, Violation violation) {}

  /// One finding for each mistake, however many objects are made from the same lines.
  private static Stream<Finding> violations(List<Review> judged) {
    var same = new LinkedHashMap<At, List<Manifest>>();
    for (var each : judged) {
      violations(each)
          .forEach(violation -> {
            var place = each.manifest().placeAt(violation.path().toArray(String[]::new));
            same.computeIfAbsent(new At(place, violation), _ -> new ArrayList<>())
                .add(each.manifest());
          });
    }
    return same.entrySet().stream()
        .map(entry -> finding(entry.getKey().violation(), entry.getValue()));
  }

  private static Stream<Violation> violations(Review each) {
    return each.violations()
        .filter(violation -> !isToldElsewhere(each.manifest(), violation))
        .filter(violation -> !isOfFluxOperator(each.manifest(), violation));
  }

  /// The Flux operator adds its kinds to those that an Alert may name, by a patch of the CRD.
  private static boolean isOfFluxOperator(Manifest manifest, Violation violation) {
    return manifest.group().equals("notification.toolkit.fluxcd.io")
        && manifest
            .text(violation.path().toArray(String[]::new))
            .filter(FLUX_OPERATOR::contains)
            .isPresent();
  }

  private static boolean isToldElsewhere(Manifest manifest, Violation violation) {
    return manifest.find(violation.path().toArray(String[]::new)).isEmpty()
        && TOLD_ELSEWHERE.contains(manifest.kind() + " " + FieldPath.of(violation.path()));
  }

  private static Finding finding(Violation violation, List<Manifest> objects) {
    var first = objects.getFirst();
    var subject =
        objects.size() == 1
            ? first.toString()
            : "%s and %d more made from it".formatted(first, objects.size() - 1);
    var finding =
        Finding.about(
            first,
            "%s: %s".formatted(subject, violation.message()),
            violation.path().toArray(String[]::new));
    return violation.remedy().map(finding::withRemedy).orElse(finding);
  }

  /// One finding for each schema that is none.
  private static Stream<Finding> unusable(List<Review> judged) {
    var first = new LinkedHashMap<KindSchema, Finding>();
    for (var each : judged) {
      if (each.outcome() instanceof Outcome.Unusable(var schema, var reason)) {
        first.putIfAbsent(
            schema,
            Finding.about(
                    each.manifest(),
                    "%s %s cannot be judged, its schema is of no use: %s"
                        .formatted(schema.apiVersion(), schema.kind(), reason))
                .withSeverity(WARNING)
                .withRemedy("correct the schema of the CRD"));
      }
    }
    return first.values().stream();
  }

  /// One notice for each condition that could not be asked.
  private static Stream<Finding> unjudged(List<Review> judged) {
    Map<String, Finding> first = new LinkedHashMap<>();
    for (var each : judged) {
      if (each.outcome() instanceof Outcome.Judged(var schema, var _, var reasons)) {
        for (var reason : reasons) {
          first.putIfAbsent(
              schema.definition() + reason,
              Finding.about(
                      each.manifest(),
                      "a condition of %s %s was not judged: %s"
                          .formatted(schema.apiVersion(), schema.kind(), reason))
                  .withSeverity(NOTICE)
                  .withRemedy("correct it, if it is yours; the API server judges it"));
        }
      }
    }
    return first.values().stream();
  }
}
