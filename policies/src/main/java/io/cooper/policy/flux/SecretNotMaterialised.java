package io.cooper.policy.flux;

import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.graph.DependencyGraph;
import io.cooper.flux.graph.Gate;
import io.cooper.flux.graph.Node;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.ObjectId;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Finds databases and backup stores that may start before an ExternalSecret has become the Secret
/// they need.
public final class SecretNotMaterialised implements RepositoryPolicy {
  private static final String EXTERNAL_SECRETS = "external-secrets.io";

  /// What a reference to a Secret consists of.
  private static final Set<String> REFERENCE = Set.of("name", "key", "optional");

  @Override
  public About about() {
    return new About(
        "flux/secret-not-materialised",
        WARNING,
        "What needs a Secret waits until its ExternalSecret has made it.",
        """
        An ExternalSecret is applied in an instant; the Secret it stands for exists when the operator has fetched it,
        and not at all when the store cannot be reached or an entry is misspelt. A Kustomization that checks no health
        of it is Ready all the same. The database that depends on it then starts without its password, or archives
        nothing because its ObjectStore has no keys, and both look like a fault of the database.

        kstatus calls an ExternalSecret with `Ready=False` in progress, so `wait: true` and a health check of it both
        hold until the Secret is there; so does a health check of the Secret itself.

        A notice where the database does not wait for the ExternalSecret's Kustomization at all.
        """,
        "Set `wait: true` on the Kustomization with the ExternalSecret, or name the ExternalSecret in its `healthChecks`.");
  }

  /// An ExternalSecret and who makes it.
  private record Source(Node node, Manifest external, String secret) {
    boolean makes(Manifest consumer) {
      return external.namespace().equals(consumer.namespace())
          && refersTo(consumer.root().mapping("spec"), secret);
    }
  }

  /// An object that needs the Secret.
  private record User(Node node, Manifest object) {}

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream().flatMap(SecretNotMaterialised::check);
  }

  private static Stream<Finding> check(DependencyGraph graph) {
    var consumers =
        graph.nodes().stream()
            .flatMap(node ->
                node.rendered().objects().stream()
                    .filter(SecretNotMaterialised::isConsumer)
                    .map(object -> new User(node, object)))
            .toList();
    return graph.nodes().stream()
        .flatMap(SecretNotMaterialised::sources)
        .flatMap(source -> judge(source, consumers, graph));
  }

  private static boolean isConsumer(Manifest object) {
    return object.is("postgresql.cnpg.io", "Cluster")
        || object.is("barmancloud.cnpg.io", "ObjectStore");
  }

  private static Stream<Source> sources(Node node) {
    return node.rendered().objects().stream()
        .filter(object -> object.is(EXTERNAL_SECRETS, "ExternalSecret"))
        .filter(object ->
            object
                .text("spec", "target", "creationPolicy")
                .filter(policy -> policy.equals("None") || policy.equals("Merge"))
                .isEmpty())
        .map(object ->
            new Source(node, object, object.text("spec", "target", "name").orElse(object.name())));
  }

  private static Stream<Finding> judge(Source source, List<User> consumers, DependencyGraph graph) {
    var users = consumers.stream().filter(user -> source.makes(user.object())).toList();
    if (users.isEmpty()) {
      return Stream.empty();
    }
    var early =
        isGated(source) || isReported(source.node(), graph)
            ? List.<User>of()
            : waiting(source, users, graph);
    var found = early.isEmpty() ? Stream.<Finding>empty() : Stream.of(ungated(source, early));
    return Stream.concat(
        found,
        users.stream()
            .filter(user -> isUnordered(source, user, graph))
            .map(user -> unordered(source, user)));
  }

  /// Whether the Kustomization waits for the Secret or its ExternalSecret.
  private static boolean isGated(Source source) {
    return source.node().gate() == Gate.WAIT
        || source.node().kustomization().healthChecks().stream()
            .filter(check -> check.id().namespace().equals(source.external().namespace()))
            .anyMatch(check ->
                (check.kind().equals("ExternalSecret")
                        && ObjectId.groupOf(check.apiVersion()).equals(EXTERNAL_SECRETS)
                        && check.id().name().equals(source.external().name()))
                    || (check.kind().equals("Secret")
                        && check.apiVersion().equals("v1")
                        && check.id().name().equals(source.secret())));
  }

  /// A Kustomization that gates nothing at all is found by the rules about that.
  private static boolean isReported(Node node, DependencyGraph graph) {
    return (!node.gate().looks() && DependencyUnhealthy.idle(node, graph).isPresent())
        || (node.gate() == Gate.INERT && HealthCheckMissing.neverRun(node, graph).isPresent());
  }

  /// The users that wait for the Kustomization, and those in it on which others wait.
  private static List<User> waiting(Source source, List<User> users, DependencyGraph graph) {
    var id = source.node().id();
    return users.stream()
        .filter(user ->
            user.node().id().equals(id)
                ? !graph.dependents(id).isEmpty()
                : graph.isReadyBefore(id, user.node().id()) && !hasItsOwnJudgement(source, user))
        .toList();
  }

  private static boolean hasItsOwnJudgement(Source source, User user) {
    return user.node().kustomization().dependsOn().stream()
        .anyMatch(entry -> entry.id().equals(source.node().id()) && entry.readyExpr().isPresent());
  }

  private static Finding ungated(Source source, List<User> early) {
    var node = source.node();
    return Finding.about(
            node.kustomization().manifest(),
            "%s is Ready as soon as %s is applied, and %s need%s the Secret %s that it makes"
                .formatted(
                    node,
                    source.external().id(),
                    Words.list(early.stream().map(User::object)),
                    early.size() == 1 ? "s" : "",
                    source.secret()),
            Objects.gateOf(node))
        .in(node.id());
  }

  private static boolean isUnordered(Source source, User user, DependencyGraph graph) {
    var from = source.node().id();
    var to = user.node().id();
    return !from.equals(to)
        && !graph.isReadyBefore(from, to)
        && !graph.isAncestor(from, to)
        && !graph.isAncestor(to, from);
  }

  private static Finding unordered(Source source, User user) {
    var node = user.node();
    return Finding.about(
            node.kustomization().manifest(),
            "%s needs the Secret %s, and %s does not wait for %s, whose %s makes it"
                .formatted(
                    user.object().id(),
                    source.secret(),
                    node,
                    Words.name(source.node().id(), node.id()),
                    source.external().id()),
            "spec",
            "dependsOn")
        .in(node.id())
        .withSeverity(NOTICE)
        .withRemedy(
            "Add %s to dependsOn, and have it wait for the ExternalSecret."
                .formatted(source.node().id().name()));
  }

  /// Whether something below refers to a Secret of this name: `{name: …, key: …}`, or a field such
  /// as `serverTLSSecret`.
  private static boolean refersTo(Optional<Mapping> spec, String secret) {
    return spec.filter(values -> refersTo("", values, secret)).isPresent();
  }

  private static boolean refersTo(String key, Value value, String secret) {
    return switch (value) {
      case Mapping mapping ->
          (mapping.text("name").filter(secret::equals).isPresent()
                  && mapping.keys().allMatch(REFERENCE::contains)
                  && !key.equals("cluster"))
              || mapping.entries().anyMatch(entry -> refersTo(entry.name(), entry.value(), secret));
      case Sequence sequence ->
          sequence.items().stream().anyMatch(item -> refersTo(key, item, secret));
      case Scalar scalar ->
          key.endsWith("Secret") && scalar.text().filter(secret::equals).isPresent();
    };
  }
}
