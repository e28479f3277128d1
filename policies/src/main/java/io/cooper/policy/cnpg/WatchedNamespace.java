package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.cnpg.Installs.Install;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// `cnpg/watched-namespace`
public final class WatchedNamespace implements RepositoryPolicy {
  private static final String VARIABLE = "WATCH_NAMESPACE";

  @Override
  public About about() {
    return new About(
        "cnpg/watched-namespace",
        ERROR,
        "Clusters live in namespaces that the operator watches.",
        """
        Where the operator is installed and what it watches are two things. By default it watches every namespace. With
        `WATCH_NAMESPACE` in its environment or in its ConfigMap (`cnpg-controller-manager-config`), or with
        `config.clusterWide: false` in the values of its chart, it watches the named namespaces, or its own, alone.

        A Cluster elsewhere is accepted by the API server and then ignored: it has no status, no Pods and no event. Flux
        waits for it until the timeout, or calls it healthy where it does not look.
        """,
        "Add the namespace to what the operator watches, or move the Cluster.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return OneText.of(repository.graphs().stream().flatMap(WatchedNamespace::check));
  }

  /// What one operator watches, and where that is said.
  private record Watch(Set<String> namespaces, String where) {}

  private static Stream<Finding> check(DependencyGraph graph) {
    var installs = Installs.of(graph);
    var tree = graph.tree();
    var watches = installs.operators().stream().map(each -> watch(each, tree)).toList();
    if (watches.isEmpty() || !installs.complete() || watches.stream().anyMatch(Optional::isEmpty)) {
      return Stream.empty();
    }
    var watched = new TreeSet<String>();
    watches.forEach(watch -> watch.ifPresent(each -> watched.addAll(each.namespaces())));
    var where = watches.getFirst().map(Watch::where).orElse("");
    return tree.objects(Databases.CNPG, "Cluster")
        .filter(object -> !object.namespace().isEmpty())
        .filter(object -> !watched.contains(object.namespace()))
        .map(object ->
            Finding.about(
                object,
                "%s lies outside of what the operator watches: %s (%s)"
                    .formatted(object.id(), String.join(", ", watched), where),
                "metadata",
                "namespace"));
  }

  /// Empty if it watches everything, or if nobody here can know.
  private static Optional<Watch> watch(Install operator, RenderedTree tree) {
    return operator.release().isPresent()
        ? ofRelease(operator, operator.release().get())
        : ofDeployment(operator, tree);
  }

  private static Optional<Watch> ofRelease(Install operator, HelmRelease release) {
    if (operator.hasOtherValues()) {
      return Optional.empty();
    }
    var where = "values of HelmRelease " + release.id();
    var configured = release.value("config.data." + VARIABLE).flatMap(Value::text);
    var added =
        release
            .manifest()
            .root()
            .mappings("spec", "values", "additionalEnv")
            .filter(env -> env.text("name").filter(VARIABLE::equals).isPresent())
            .flatMap(env -> env.text("value").stream())
            .findFirst();
    boolean own =
        release
            .value("config.clusterWide")
            .map(Value::plain)
            .filter(Boolean.FALSE::equals)
            .isPresent();
    return configured
        .or(() -> added)
        .flatMap(WatchedNamespace::list)
        .or(() -> own ? Optional.of(Set.of(operator.namespace())) : Optional.empty())
        .map(namespaces -> new Watch(namespaces, where));
  }

  /// The ConfigMap wins over the environment, and the Secret over the ConfigMap, which is not
  /// looked into where it is encrypted.
  private static Optional<Watch> ofDeployment(Install operator, RenderedTree tree) {
    var container = operator.container().orElseThrow();
    var files =
        container
            .items("args")
            .flatMap(value -> value.text().stream())
            .flatMap(argument -> configuration(argument, operator.namespace(), tree).stream())
            .toList();
    for (var file : files.reversed()) {
      var text = file.text("stringData", VARIABLE).or(() -> file.text("data", VARIABLE));
      if (text.isPresent()) {
        return file.kind().equals("Secret")
            ? Optional.empty()
            : text.flatMap(WatchedNamespace::list)
                .map(namespaces -> new Watch(namespaces, file.id().toString()));
      }
    }
    return environment(container, operator)
        .map(namespaces -> new Watch(namespaces, operator.manifest().id().toString()));
  }

  private static Optional<Manifest> configuration(
      String argument, String namespace, RenderedTree tree) {
    var kind =
        argument.startsWith("--config-map-name=")
            ? "ConfigMap"
            : argument.startsWith("--secret-name=") ? "Secret" : "";
    var name = argument.substring(argument.indexOf('=') + 1);
    return tree.objects("", kind)
        .filter(object -> object.namespace().equals(namespace) && object.name().equals(name))
        .findFirst();
  }

  private static Optional<Set<String>> environment(Mapping container, Install operator) {
    return container
        .mappings("env")
        .filter(env -> env.text("name").filter(VARIABLE::equals).isPresent())
        .findFirst()
        .flatMap(env ->
            env.text("valueFrom", "fieldRef", "fieldPath")
                    .filter("metadata.namespace"::equals)
                    .isPresent()
                ? Optional.of(Set.of(operator.namespace()))
                : env.text("value").flatMap(WatchedNamespace::list));
  }

  /// The namespaces of a list with commas; empty for none, which means all.
  private static Optional<Set<String>> list(String text) {
    var names = new HashSet<String>();
    Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(it -> !it.isEmpty())
        .forEach(names::add);
    return names.isEmpty() ? Optional.empty() : Optional.of(names);
  }
}
