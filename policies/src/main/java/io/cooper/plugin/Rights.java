package io.cooper.plugin;

import io.cooper.impact.FieldChange;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What two states of a Role or ClusterRole allow. Rules are taken apart into what they allow, so
/// that rules which are only grouped in another way are no change.
final class Rights {
  private static final String RBAC = "rbac.authorization.k8s.io";

  private Rights() {}

  static boolean areIn(Manifest object) {
    return object.is(RBAC, "Role") || object.is(RBAC, "ClusterRole");
  }

  static boolean isBinding(Manifest object) {
    return object.is(RBAC, "RoleBinding") || object.is(RBAC, "ClusterRoleBinding");
  }

  static List<Part.Change> compare(Manifest before, Manifest after) {
    var old = of(before);
    var fresh = of(after);
    var subjects = new TreeSet<>(old.keySet());
    subjects.addAll(fresh.keySet());
    var changes = new ArrayList<Part.Change>();
    for (var subject : subjects) {
      var then = verbs(old, subject);
      var now = verbs(fresh, subject);
      if (!then.equals(now)) {
        changes.add(Part.Change.of(new FieldChange(subject, then, now)));
      }
    }
    return changes;
  }

  private static Optional<String> verbs(Map<String, Set<String>> rights, String subject) {
    return Optional.ofNullable(rights.get(subject)).map(verbs -> String.join(", ", verbs));
  }

  /// Verbs by what they are allowed on: `roles.rbac.authorization.k8s.io`, `secrets named a, b`,
  /// `/metrics`.
  private static Map<String, Set<String>> of(Manifest role) {
    var rights = new LinkedHashMap<String, Set<String>>();
    role.root()
        .mappings("rules")
        .forEach(rule ->
            subjects(rule)
                .forEach(subject ->
                    rights
                        .computeIfAbsent(subject, _ -> new TreeSet<>())
                        .addAll(texts(rule, "verbs"))));
    return rights;
  }

  private static List<String> subjects(Mapping rule) {
    var names = texts(rule, "resourceNames");
    var only =
        names.isEmpty()
            ? ""
            : names.stream().sorted().collect(Collectors.joining(", ", " named ", ""));
    var subjects = new ArrayList<>(texts(rule, "nonResourceURLs"));
    for (var group : texts(rule, "apiGroups")) {
      for (var resource : texts(rule, "resources")) {
        subjects.add((group.isEmpty() ? resource : resource + "." + group) + only);
      }
    }
    return subjects;
  }

  private static List<String> texts(Mapping rule, String list) {
    return rule.items(list).map(Value::text).flatMap(Optional::stream).toList();
  }
}
