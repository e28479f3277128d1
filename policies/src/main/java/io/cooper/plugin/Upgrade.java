package io.cooper.plugin;

import io.cooper.impact.FieldChange;
import io.cooper.impact.FieldDiff;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.ObjectId;
import io.cooper.manifest.Value;
import io.cooper.schemas.CustomResources;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What changes when one set of manifests takes the place of another.
///
/// @param before the old set
/// @param after the new set
/// @param differences by kind, as a reader asks for them: rights, workloads, definitions, the rest
public record Upgrade(ManifestSet before, ManifestSet after, List<Difference> differences) {
  private static final String SIDECAR = "SIDECAR_IMAGE";

  /// What kustomize's generators put behind a name.
  private static final String HASH = "-[2456789bcdfghkmt]{10}$";

  private static final Comparator<Difference> ORDER =
      Comparator.comparingInt((Difference each) -> rank(object(each)))
          .thenComparing(each -> each.id().kind())
          .thenComparing(Difference::id);

  public Upgrade {
    differences = List.copyOf(differences);
  }

  /// Compares two sets. Objects are matched by kind, namespace and name, and what is then left by
  /// content and likeness of names.
  public static Upgrade between(ManifestSet before, ManifestSet after) {
    var old = byId(before);
    var fresh = byId(after);
    var differences = new ArrayList<Difference>();
    var gone = new ArrayList<Manifest>();
    old.forEach((id, then) -> {
      var now = Optional.ofNullable(fresh.remove(id));
      if (now.isEmpty()) {
        gone.add(then);
      } else {
        var parts = parts(then, now.get());
        if (!parts.isEmpty()) {
          differences.add(new Difference.Changed(then, now.get(), parts));
        }
      }
    });
    for (var then : gone) {
      var now = fresh.values().stream().filter(each -> isSuccessor(then, each)).findFirst();
      now.ifPresent(each -> fresh.remove(each.id()));
      differences.add(
          now.<Difference>map(each -> new Difference.Renamed(then, each, parts(then, each)))
              .orElseGet(() -> new Difference.Removed(then)));
    }
    fresh.values().forEach(now -> differences.add(new Difference.Added(now)));
    differences.sort(ORDER);
    return new Upgrade(before, after, differences);
  }

  private static Map<ObjectId, Manifest> byId(ManifestSet set) {
    var objects = new LinkedHashMap<ObjectId, Manifest>();
    set.objects().forEach(object -> objects.put(object.id(), object));
    return objects;
  }

  private static boolean isSuccessor(Manifest then, Manifest now) {
    return then.is(now.group(), now.kind())
        && then.namespace().equals(now.namespace())
        && (isLike(then.name(), now.name()) || (Rights.areIn(then) && sameRights(then, now)));
  }

  /// The same name, but for what kustomize puts before and behind it.
  private static boolean isLike(String one, String other) {
    var plain = one.replaceFirst(HASH, "");
    var otherPlain = other.replaceFirst(HASH, "");
    return plain.equals(otherPlain)
        || plain.endsWith("-" + otherPlain)
        || otherPlain.endsWith("-" + plain);
  }

  /// Two roles that allow nothing are alike without being the same.
  private static boolean sameRights(Manifest then, Manifest now) {
    return then.root().items("rules").findAny().isPresent() && Rights.compare(then, now).isEmpty();
  }

  private static List<Part> parts(Manifest before, Manifest after) {
    boolean renamed = !before.name().equals(after.name());
    var fields =
        FieldDiff.of(before, after).stream()
            .filter(field -> !field.path().equals("metadata.name"))
            .toList();
    if (CustomResources.isOne(after)) {
      return joined(
          DefinitionDiff.compare(before, after),
          fields.stream().filter(field -> field.isWithin("metadata")).toList(),
          false);
    }
    if (Rights.areIn(after)) {
      var rights = Rights.compare(before, after);
      return joined(
          rights.isEmpty() ? List.of() : List.of(new Part("rights", rights)),
          fields.stream().filter(field -> !field.isWithin("rules")).toList(),
          renamed);
    }
    if (after.find("spec", "template", "spec", "containers").isPresent()) {
      return WorkloadParts.of(fields);
    }
    return joined(
        sidecar(before, after),
        fields.stream()
            .filter(field -> !field.path().matches("(data|stringData)\\." + SIDECAR))
            .toList(),
        renamed);
  }

  /// Parts of their own, then what is left.
  private static List<Part> joined(List<Part> parts, List<FieldChange> rest, boolean renamed) {
    return rest.isEmpty()
        ? parts
        : Stream.concat(
                parts.stream(),
                Stream.of(
                    new Part(
                        "fields", rest.stream().map(field -> change(field, renamed)).toList())))
            .toList();
  }

  private static Part.Change change(FieldChange field, boolean renamed) {
    return field.isWithin("roleRef") && !renamed
        ? new Part.Change(
            field, Optional.of("a binding cannot change its role: it is deleted and made anew"))
        : Part.Change.of(field);
  }

  /// The one value of the plugin's Secret that is no secret: the image that is put into the Pods of
  /// databases.
  private static List<Part> sidecar(Manifest before, Manifest after) {
    var old = sidecar(before);
    var fresh = sidecar(after);
    return old.equals(fresh)
        ? List.of()
        : List.of(
            new Part(
                "sidecar image", List.of(Part.Change.of(new FieldChange(SIDECAR, old, fresh)))));
  }

  private static Optional<String> sidecar(Manifest object) {
    if (!object.is("", "Secret") && !object.is("", "ConfigMap")) {
      return Optional.empty();
    }
    var data = object.find("data", SIDECAR).flatMap(Value::text);
    return object
        .text("stringData", SIDECAR)
        .or(() -> object.kind().equals("Secret") ? data.flatMap(Upgrade::decoded) : data)
        .map(String::strip);
  }

  private static Optional<String> decoded(String text) {
    try {
      return Optional.of(new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Manifest object(Difference difference) {
    return switch (difference) {
      case Difference.Added(var object) -> object;
      case Difference.Removed(var object) -> object;
      case Difference.Renamed(var _, var after, var _) -> after;
      case Difference.Changed(var _, var after, var _) -> after;
    };
  }

  private static int rank(Manifest object) {
    if (Rights.areIn(object) || Rights.isBinding(object)) {
      return 0;
    }
    if (object.find("spec", "template", "spec", "containers").isPresent()) {
      return 1;
    }
    return CustomResources.isOne(object) ? 2 : 3;
  }

  /// How many changes may break what worked.
  public long breaking() {
    return differences.stream()
            .flatMap(each -> each.parts().stream())
            .flatMap(part -> part.changes().stream())
            .filter(change -> change.breaking().isPresent())
            .count()
        + removedDefinitions().count();
  }

  private Stream<Manifest> removedDefinitions() {
    return differences.stream()
        .flatMap(each ->
            each instanceof Difference.Removed(var object) ? Stream.of(object) : Stream.empty())
        .filter(CustomResources::isOne);
  }

  /// Objects of the old set that are left behind where nobody prunes. A definition is not among
  /// them: all objects of its kind would go with it.
  public List<Manifest> leftovers() {
    return differences.stream()
        .flatMap(each ->
            switch (each) {
              case Difference.Removed(var object) -> Stream.of(object);
              case Difference.Renamed(var before, var _, var _) -> Stream.of(before);
              case Difference.Added _, Difference.Changed _ -> Stream.<Manifest>empty();
            })
        .filter(object -> !CustomResources.isOne(object))
        .toList();
  }

  /// How to delete a leftover by hand.
  public static String deletion(Manifest leftover) {
    var kind = leftover.kind().toLowerCase(Locale.ROOT);
    return "kubectl delete %s %s%s"
        .formatted(
            leftover.group().endsWith(".k8s.io") || !leftover.group().contains(".")
                ? kind
                : kind + "." + leftover.group(),
            leftover.name(),
            leftover.namespace().isEmpty() ? "" : " -n " + leftover.namespace());
  }
}
