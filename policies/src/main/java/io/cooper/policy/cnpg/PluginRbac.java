package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.graph.DependencyGraph;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.cnpg.Installs.Install;
import io.cooper.schemas.Product;
import io.cooper.schemas.ReleasesInUse.InUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `cnpg/plugin-rbac`
public final class PluginRbac implements RepositoryPolicy {
  private static final String RBAC = "rbac.authorization.k8s.io";

  /// A right, and the release of the plugin that was the first to need it.
  private record Right(String group, String resource, List<String> verbs, String since) {
    @Override
    public String toString() {
      return group.isEmpty() ? resource : resource + "." + group;
    }
  }

  /// facts/cnpg-i.md 2.3: the plugin's own ClusterRole. It makes Roles for Clusters, and nobody may
  /// grant what he does not hold.
  private static final List<Right> NEEDED =
      List.of(
          right("", "secrets", "create delete get list watch"),
          right(Databases.STORE_GROUP, "objectstores", "get list watch"),
          right(Databases.STORE_GROUP, "objectstores/status", "get patch update"),
          right(Databases.CNPG, "backups", "get list watch"),
          new Right(Databases.CNPG, "clusters/finalizers", List.of("update"), "0.6.0"),
          right(RBAC, "roles", "create get list patch update watch"),
          right(RBAC, "rolebindings", "create get list patch update watch"));

  private static final Right LEASES = right("coordination.k8s.io", "leases", "create get update");

  private static Right right(String group, String resource, String verbs) {
    return new Right(group, resource, List.of(verbs.split(" ")), "0.1.0");
  }

  @Override
  public About about() {
    return new About(
        "cnpg/plugin-rbac",
        ERROR,
        "The plugin, and the Pods of databases, hold the rights that backups need.",
        """
        The plugin runs under a ServiceAccount whose ClusterRole lets it read stores, Secrets and Backups, and make a Role
        and a RoleBinding for each Cluster. A missing verb shows late: the reconciliation of every Cluster that uses the
        plugin stops with `forbidden`, or the sidecar may not read the Secret of its store. Roles that were copied from an
        older release are the usual cause: 0.6 needs `update` on `clusters/finalizers`.

        The RoleBinding that the plugin makes for a Cluster names the ServiceAccount of the Cluster's own name. With
        `spec.serviceAccountName` the Pods run under another one and may read neither store nor Secret: nothing is
        archived (plugin-barman-cloud#869). A RoleBinding of one's own to the Role `<cluster>-barman-cloud` helps.
        """,
        "Add the missing verbs to the plugin's ClusterRole.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var plugin = repository.releases().of(Product.BARMAN_PLUGIN);
    return repository.graphs().stream()
        .flatMap(graph ->
            Stream.concat(
                Installs.of(graph)
                    .pluginDeployments()
                    .flatMap(install -> plugin(graph, install, plugin)),
                instances(graph)));
  }

  private static Stream<Finding> plugin(
      DependencyGraph graph, Install install, Optional<InUse> release) {
    var objects = graph.tree().objects(RBAC).toList();
    var account =
        install.manifest().text("spec", "template", "spec", "serviceAccountName").orElse("default");
    var everywhere = roles(objects, "ClusterRoleBinding", account, install.namespace());
    if (everywhere.isEmpty()) {
      return Stream.empty();
    }
    var here = new ArrayList<>(everywhere);
    here.addAll(roles(objects, "RoleBinding", account, install.namespace()));
    var missing =
        new ArrayList<>(
            NEEDED.stream()
                .filter(right ->
                    release
                        .map(InUse::release)
                        .filter(it -> !it.isAtLeast(right.since()))
                        .isEmpty())
                .flatMap(right -> lacking(right, everywhere).stream())
                .toList());
    if (isElected(install)) {
      lacking(LEASES, here).ifPresent(missing::add);
    }
    return missing.isEmpty()
        ? Stream.empty()
        : Stream.of(
            Finding.about(
                    everywhere.getFirst(),
                    "%s lets the plugin not %s"
                        .formatted(
                            everywhere.stream()
                                .map(role -> role.id().toString())
                                .collect(Collectors.joining(" and ")),
                            String.join("; ", missing)),
                    "rules")
                .withRemedy("Add: %s.".formatted(String.join("; ", missing))));
  }

  private static boolean isElected(Install install) {
    return install
        .container()
        .map(container ->
            container
                .items("args")
                .flatMap(argument -> argument.text().stream())
                .anyMatch(argument ->
                    argument.equals("--leader-elect") || argument.equals("--leader-elect=true")))
        .orElse(false);
  }

  /// The rendered roles that bindings of a kind give to an account. One role that is not rendered
  /// may hold anything, so then there is none to judge.
  private static List<Manifest> roles(
      List<Manifest> objects, String binding, String account, String namespace) {
    var roles = new ArrayList<Manifest>();
    for (var each : objects) {
      if (each.kind().equals(binding) && names(each, account, namespace)) {
        var role =
            objects.stream()
                .filter(object ->
                    object.kind().equals(each.text("roleRef", "kind").orElse(""))
                        && object.name().equals(each.text("roleRef", "name").orElse("")))
                .filter(object ->
                    object.kind().equals("ClusterRole")
                        || object.namespace().equals(each.namespace()))
                .findFirst();
        if (role.isEmpty() || role.get().find("aggregationRule").isPresent()) {
          return List.of();
        }
        roles.add(role.get());
      }
    }
    return roles;
  }

  private static boolean names(Manifest binding, String account, String namespace) {
    return binding
        .root()
        .mappings("subjects")
        .anyMatch(subject ->
            subject.text("kind").filter("ServiceAccount"::equals).isPresent()
                && subject.text("name").filter(account::equals).isPresent()
                && subject.text("namespace").orElse(binding.namespace()).equals(namespace));
  }

  /// `update objectstores/status.barmancloud.cnpg.io`, if no rule gives it.
  private static Optional<String> lacking(Right right, List<Manifest> roles) {
    var rules = roles.stream().flatMap(role -> role.root().mappings("rules")).toList();
    var verbs =
        right.verbs().stream()
            .filter(verb -> rules.stream().noneMatch(rule -> gives(rule, right, verb)))
            .toList();
    return verbs.isEmpty()
        ? Optional.empty()
        : Optional.of("%s %s".formatted(String.join(", ", verbs), right));
  }

  private static boolean gives(Mapping rule, Right right, String verb) {
    return rule.items("resourceNames").findAny().isEmpty()
        && holds(rule, "apiGroups", right.group())
        && (holds(rule, "resources", right.resource())
            || (right.resource().contains("/")
                && holds(
                    rule,
                    "resources",
                    "*" + right.resource().substring(right.resource().indexOf('/')))))
        && holds(rule, "verbs", verb);
  }

  private static boolean holds(Mapping rule, String list, String wanted) {
    return rule.items(list)
        .map(Value::text)
        .flatMap(Optional::stream)
        .anyMatch(each -> each.equals("*") || each.equals(wanted));
  }

  /// Clusters whose Pods run under an account that the plugin's RoleBinding does not name.
  private static Stream<Finding> instances(DependencyGraph graph) {
    var bindings = graph.tree().objects(RBAC, "RoleBinding").toList();
    return graph
        .tree()
        .objects(Databases.CNPG, "Cluster")
        .filter(cluster ->
            Databases.pluginsOf(cluster).anyMatch(each -> each.enabled() && each.isBarman()))
        .flatMap(cluster ->
            cluster
                .text("spec", "serviceAccountName")
                .filter(account -> !account.isEmpty() && !account.equals(cluster.name()))
                .filter(account ->
                    bindings.stream()
                        .noneMatch(binding ->
                            binding.namespace().equals(cluster.namespace())
                                && names(binding, account, cluster.namespace())))
                .map(account ->
                    Finding.about(
                            cluster,
                            "Pods of Cluster %s run as ServiceAccount %s, which the plugin's RoleBinding does not name"
                                .formatted(cluster.name(), account),
                            "spec",
                            "serviceAccountName")
                        .withSeverity(WARNING)
                        .withRemedy(
                            "Add a RoleBinding of Role %s-barman-cloud to ServiceAccount %s, or leave the name out."
                                .formatted(cluster.name(), account)))
                .stream());
  }
}
