package io.cooper.impact;

import io.cooper.flux.api.Kustomization;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Kustomizations that come out of a change with less than they had: fields that were dropped, or
/// that a Kustomization of another name for the same path does not have.
final class LostFields {
  /// What holds a Kustomization back, proves it healthy, or gives it its values; `flux create` and
  /// a quick rewrite leave these out.
  private static final List<String> FIELDS =
      List.of(
          "dependsOn",
          "healthChecks",
          "healthCheckExprs",
          "wait",
          "timeout",
          "retryInterval",
          "prune",
          "decryption",
          "postBuild",
          "patches",
          "components",
          "serviceAccountName",
          "targetNamespace",
          "deletionPolicy");

  private LostFields() {}

  static Stream<Effect> effects(List<ObjectChange> changes) {
    return changes.stream()
        .flatMap(change ->
            switch (change) {
              case ObjectChange.Changed changed when Kustomization.isOne(changed.after()) ->
                  lost(changed.before(), changed.after(), "loses %s");
              case ObjectChange.Added added when Kustomization.isOne(added.object()) ->
                  recreated(added, changes);
              case ObjectChange.Changed _, ObjectChange.Added _, ObjectChange.Removed _ ->
                  Stream.of();
            });
  }

  private static Stream<Effect> recreated(ObjectChange.Added added, List<ObjectChange> changes) {
    var path = new Kustomization(added.object()).path();
    return changes.stream()
        .filter(ObjectChange.Removed.class::isInstance)
        .map(ObjectChange.Removed.class::cast)
        .filter(removed -> Kustomization.isOne(removed.object()))
        .filter(removed -> new Kustomization(removed.object()).path().equals(path))
        .flatMap(removed ->
            lost(
                removed.object(),
                added.object(),
                "takes the place of %s and lacks %%s".formatted(removed.object().name())));
  }

  /// What `flux create kustomization --path --source --prune --wait --interval` cannot bring back.
  static Effect madeAnew(Kustomization flux) {
    var lost =
        lost(flux.manifest(), Manifest.asWritten(new Mapping(flux.manifest().place(), Map.of())))
            .stream()
            .filter(each -> !each.startsWith("prune:") && !each.startsWith("wait:"))
            .toList();
    return new Effect(
        Effect.Weight.NOTE,
        flux.manifest().id(),
        lost.isEmpty()
            ? "made anew with flux create --prune --wait, it lacks nothing"
            : "made anew with flux create --prune --wait, it lacks %s"
                .formatted(String.join("; ", lost)));
  }

  private static Stream<Effect> lost(Manifest before, Manifest after, String sentence) {
    var lost = lost(before, after);
    return lost.isEmpty()
        ? Stream.of()
        : Stream.of(
            new Effect(
                Effect.Weight.NOTE, after.id(), sentence.formatted(String.join("; ", lost))));
  }

  /// What one Kustomization has and the other lacks, with the values that are lost.
  static List<String> lost(Manifest before, Manifest after) {
    var lost = new ArrayList<String>();
    for (var field : FIELDS) {
      var old = before.find("spec", field);
      var fresh = after.find("spec", field);
      if (old.isPresent() && fresh.isEmpty()) {
        lost.add(described(before, field));
      } else if (field.equals("dependsOn") && old.isPresent()) {
        var kept = names(after, field);
        var gone = names(before, field).stream().filter(name -> !kept.contains(name)).toList();
        if (!gone.isEmpty()) {
          lost.add("dependsOn " + String.join(", ", gone));
        }
      }
    }
    return lost;
  }

  private static String described(Manifest before, String field) {
    return switch (field) {
      case "dependsOn" -> "dependsOn " + String.join(", ", names(before, field));
      case "healthChecks" ->
          "healthChecks of "
              + before
                  .root()
                  .mappings("spec", field)
                  .map(check -> check.text("kind").orElse("") + "/" + check.text("name").orElse(""))
                  .collect(Collectors.joining(", "));
      default ->
          before.text("spec", field).map(value -> "%s: %s".formatted(field, value)).orElse(field);
    };
  }

  private static List<String> names(Manifest flux, String field) {
    return flux.root().mappings("spec", field).map(entry -> entry.text("name").orElse("")).toList();
  }
}
