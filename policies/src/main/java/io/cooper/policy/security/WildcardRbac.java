package io.cooper.policy.security;

import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.ManifestPolicy;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `security/wildcard-rbac`
public final class WildcardRbac implements ManifestPolicy {
  private static final String RBAC = "rbac.authorization.k8s.io";

  @Override
  public About about() {
    return new About(
        "security/wildcard-rbac",
        WARNING,
        "Rights name what they are for.",
        """
        A rule with `*` for verbs, resources and API groups, or a binding to `cluster-admin`, lets whoever takes over
        one Pod read every Secret and change every object. `*` also includes what is added to the cluster later.
        A rule with `*` for verbs and resources of certain groups is a notice.

        Flux's own accounts and the roles of Kubernetes itself (`system:`) are left alone.
        """,
        "Name the verbs and resources that are needed; a Role in one namespace is often enough.");
  }

  @Override
  public Stream<Finding> check(Manifest manifest) {
    if (!manifest.group().equals(RBAC) || isSystems(manifest)) {
      return Stream.empty();
    }
    return switch (manifest.kind()) {
      case "ClusterRole", "Role" -> role(manifest);
      case "ClusterRoleBinding", "RoleBinding" -> binding(manifest);
      default -> Stream.empty();
    };
  }

  private static boolean isSystems(Manifest manifest) {
    return manifest.name().startsWith("system:")
        || manifest.mark("app.kubernetes.io/part-of").filter("flux"::equals).isPresent()
        || manifest.mark("kubernetes.io/bootstrapping").isPresent();
  }

  private static Stream<Finding> role(Manifest manifest) {
    return manifest
        .root()
        .mappings("rules")
        .filter(rule -> isAll(rule, "verbs") && isAll(rule, "resources"))
        .limit(1)
        .map(rule -> {
          boolean everything = isAll(rule, "apiGroups");
          return Finding.at(
                  manifest.placeOf(rule),
                  everything
                      ? "%s may do everything to everything%s"
                          .formatted(
                              manifest.id(),
                              manifest.kind().equals("Role") ? " of its namespace" : "")
                      : "%s may do everything to all resources of %s"
                          .formatted(manifest.id(), groups(rule)))
              .of(manifest)
              .withSeverity(everything && manifest.kind().equals("ClusterRole") ? WARNING : NOTICE);
        });
  }

  private static boolean isAll(Mapping rule, String field) {
    return rule.items(field).anyMatch(item -> item.text().filter("*"::equals).isPresent());
  }

  private static String groups(Mapping rule) {
    return rule.items("apiGroups")
        .flatMap(item -> item.text().stream())
        .map(group -> group.isEmpty() ? "the core group" : group)
        .collect(Collectors.joining(", "));
  }

  private static Stream<Finding> binding(Manifest manifest) {
    if (manifest.text("roleRef", "name").filter("cluster-admin"::equals).isEmpty()) {
      return Stream.empty();
    }
    return manifest
        .root()
        .mappings("subjects")
        .filter(subject -> subject.text("kind").filter("ServiceAccount"::equals).isPresent())
        .filter(subject -> !isFlux(subject))
        .limit(1)
        .map(subject ->
            Finding.at(
                    manifest
                        .find("roleRef", "name")
                        .map((Value value) -> manifest.placeOf(value))
                        .orElseGet(manifest::place),
                    "%s makes ServiceAccount %s/%s an administrator of %s"
                        .formatted(
                            manifest.id(),
                            subject.text("namespace").orElse(manifest.namespace()),
                            subject.text("name").orElse(""),
                            manifest.kind().equals("RoleBinding")
                                ? "namespace " + manifest.namespace()
                                : "the whole cluster"))
                .of(manifest)
                .withSeverity(manifest.kind().equals("RoleBinding") ? NOTICE : WARNING));
  }

  private static boolean isFlux(Mapping subject) {
    return subject.text("namespace").filter("flux-system"::equals).isPresent();
  }
}
