package io.cooper.plugin;

import io.cooper.manifest.Manifest;
import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.CustomResources;
import io.cooper.schemas.LayeredCatalogue;
import io.cooper.schemas.ReleasesInUse;
import io.cooper.schemas.validate.ObjectValidator;
import io.cooper.schemas.validate.Outcome;
import io.cooper.schemas.validate.Violation;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Whether objects that exist are sound by the definitions of a new set.
///
/// @param judged how many objects are of kinds that the new set defines
/// @param refused those that are not sound, with all reasons
public record Fitness(int judged, List<Refused> refused) {
  /// A reason for which the new definition refuses an object.
  ///
  /// @param object of the repository
  /// @param violation what is wrong with it
  /// @param before whether the old definition refuses it for the same reason
  public record Refused(Manifest object, Violation violation, boolean before) {}

  /// Of no objects at all.
  public static final Fitness NONE = new Fitness(0, List.of());

  public Fitness {
    refused = List.copyOf(refused);
  }

  /// Judges objects by the definitions of both sets.
  public static Fitness of(Stream<Manifest> objects, Upgrade upgrade) {
    var fresh = validator(upgrade.after());
    var old = validator(upgrade.before());
    var kinds = new HashSet<String>();
    upgrade.after().objects().stream()
        .filter(CustomResources::isOne)
        .forEach(crd ->
            kinds.add(
                crd.text("spec", "group").orElse("")
                    + "/"
                    + crd.text("spec", "names", "kind").orElse("")));
    var own =
        objects.filter(object -> kinds.contains(object.group() + "/" + object.kind())).toList();
    if (own.isEmpty()) {
      return NONE;
    }
    return new Fitness(
        own.size(),
        own.stream()
            .flatMap(object -> {
              var known = new HashSet<>(violations(old, object));
              return violations(fresh, object).stream()
                  .map(violation -> new Refused(object, violation, known.contains(violation)));
            })
            .toList());
  }

  private static ObjectValidator validator(ManifestSet set) {
    return new ObjectValidator(
        LayeredCatalogue.of(
            BuiltInCatalogue.of(ReleasesInUse.NONE),
            List.of(CustomResources.of(set.objects().stream()))),
        text -> text.contains("${"));
  }

  private static List<Violation> violations(ObjectValidator validator, Manifest object) {
    return switch (validator.validate(object)) {
      case Outcome.Judged judged -> judged.violations();
      case Outcome.UnknownKind _ ->
          List.of(
              new Violation(
                  List.of("apiVersion"),
                  "%s is not served for %s".formatted(object.apiVersion(), object.kind()),
                  Optional.empty()));
      case Outcome.Unusable(var _, var reason) ->
          List.of(new Violation(List.of(), "cannot be judged: " + reason, Optional.empty()));
    };
  }
}
