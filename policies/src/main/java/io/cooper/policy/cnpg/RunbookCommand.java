package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.cnpg.Runbook.Command;
import io.cooper.policy.cnpg.Runbook.Named;
import io.cooper.policy.cnpg.Runbook.Typed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `cnpg/runbook-command`
public final class RunbookCommand implements RepositoryPolicy {
  private static final int LARGEST = 1 << 20;
  private static final Pattern KEY =
      Pattern.compile("--env[= ]?\\S*(SECRET|PASSWORD|TOKEN|ACCESS_KEY)\\S*=");
  private static final Set<String> CHANGES = Set.of("patch", "edit", "scale", "set");

  @Override
  public About about() {
    return new About(
        "cnpg/runbook-command",
        NOTICE,
        "Commands in the repository's own runbooks work, and do what the runbook says.",
        """
        A runbook is read when something is broken, by somebody who types what it says. Looked at are shell blocks of
        Markdown files, and only what the repository itself proves wrong:

        - `kubectl rollout restart deployment <cluster>`: a CloudNativePG Cluster has no Deployment; `kubectl cnpg restart`.
        - `kubectl patch` or `edit` of an object that Flux applies: it is undone at the next reconciliation.
        - `kubectl delete namespace` of the operator's namespace: takes the operator and its webhooks along, and with them
          every write to a Cluster (a warning).
        - `kubectl run --env=…SECRET…=`: the key is then in the Pod's spec, for everybody who may list Pods (a warning).
        - `flux describe`, which does not exist; `get deployment | grep image` without `-o`, which prints no image; a grep
          for `Duration` in a Backup, which has `startedAt` and `stoppedAt`; conditions of an ObjectStore, which
          has none; the label `app.kubernetes.io/name=barman-cloud`, which no Pod of the plugin carries; a client-side dry
          run as validation; the plugin's manifest from its source tree; a dump to `/tmp` in a Pod whose root is read-only.
        - `kubectl … -o yaml > pre-migration-backup.yaml` where an ignore rule hides the name.
        """,
        "Write the command that works; make changes as commits.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var pages = pages(repository);
    if (pages.isEmpty()) {
      return Stream.empty();
    }
    var world = World.of(repository);
    return pages.stream().flatMap(page -> page(read(repository, page), world, repository));
  }

  /// Who suspends Flux first may change what it applies.
  private static Stream<Finding> page(List<Typed> typed, World world, Repository repository) {
    boolean suspends =
        typed.stream()
            .flatMap(each -> each.commands().stream())
            .anyMatch(command -> command.starts("flux", "suspend"));
    return typed.stream().flatMap(each -> advice(each, world, repository, suspends).stream());
  }

  private static List<String> pages(Repository repository) {
    return repository.source().tracked().stream()
        .filter(path -> path.toLowerCase(Locale.ROOT).endsWith(".md"))
        .toList();
  }

  private static List<Typed> read(Repository repository, String page) {
    return repository
        .source()
        .read(page)
        .filter(content -> content.length <= LARGEST)
        .map(content -> Runbook.in(page, new String(content, StandardCharsets.UTF_8)))
        .orElse(List.of());
  }

  /// What the repository applies, as far as commands may speak of it.
  private record World(
      List<Manifest> objects, Set<String> clusters, Set<String> operatorNamespaces) {
    static World of(Repository repository) {
      var objects = repository.trees().stream().flatMap(tree -> tree.objects()).toList();
      return new World(
          objects,
          objects.stream()
              .filter(object -> object.is(Databases.CNPG, "Cluster"))
              .map(Manifest::name)
              .collect(Collectors.toSet()),
          Installs.in(repository)
              .flatMap(installs -> installs.operatorNamespaces().stream())
              .collect(Collectors.toSet()));
    }

    /// The object that somebody means with a kind and a name.
    Optional<Manifest> find(Named named) {
      return objects.stream()
          .filter(object ->
              object.name().equals(named.name())
                  && named.isKind(object.kind(), shortNames(object.kind())))
          .findFirst();
    }

    private static String[] shortNames(String kind) {
      return switch (kind) {
        case "Deployment" -> new String[] {"deploy"};
        case "ConfigMap" -> new String[] {"cm"};
        case "Service" -> new String[] {"svc"};
        case "Kustomization" -> new String[] {"ks"};
        case "HelmRelease" -> new String[] {"hr"};
        default -> new String[0];
      };
    }

    boolean labels(String key, String value) {
      return objects.stream()
          .anyMatch(object ->
              object
                  .text("spec", "template", "metadata", "labels", key)
                  .filter(value::equals)
                  .isPresent());
    }
  }

  /// The first thing that is wrong with what is typed.
  private static Optional<Finding> advice(
      Typed typed, World world, Repository repository, boolean suspends) {
    var commands = typed.commands();
    return commands.stream()
        .flatMap(command ->
            Stream.of(
                    flux(typed, command),
                    restart(typed, command, world),
                    deletion(typed, command, world),
                    suspends ? Optional.<Finding>empty() : change(typed, command, world),
                    selector(typed, command, world),
                    key(typed, command),
                    dryRun(typed, command),
                    dump(typed, command),
                    method(typed, command, world))
                .flatMap(Optional::stream))
        .findFirst()
        .or(() -> filtered(typed, commands))
        .or(() -> manifest(typed))
        .or(() -> saved(typed, commands, repository));
  }

  private static Finding found(Typed typed, String message, String remedy) {
    return Finding.at(typed.place(), message).withRemedy(remedy);
  }

  private static Optional<Finding> when(boolean wrong, Typed typed, String message, String remedy) {
    return wrong ? Optional.of(found(typed, message, remedy)) : Optional.empty();
  }

  private static Optional<Finding> flux(Typed typed, Command command) {
    return when(
        command.starts("flux", "describe"),
        typed,
        "flux has no command describe",
        "Use flux get kustomizations, flux events --for Kustomization/NAME, or kubectl describe.");
  }

  private static Optional<Finding> restart(Typed typed, Command command, World world) {
    return command.starts("kubectl", "rollout", "restart")
        ? command
            .named(3)
            .filter(named -> named.isKind("Deployment", "deploy"))
            .filter(named -> world.clusters().contains(named.name()))
            .filter(named -> world.find(named).isEmpty())
            .map(named ->
                found(
                    typed,
                    "There is no Deployment %s: that is a Cluster, whose Pods the operator makes itself"
                        .formatted(named.name()),
                    "Use kubectl cnpg restart %s.".formatted(named.name())))
        : Optional.empty();
  }

  private static Optional<Finding> deletion(Typed typed, Command command, World world) {
    return command.starts("kubectl", "delete")
        ? command
            .named(2)
            .filter(named -> named.isKind("Namespace", "ns"))
            .filter(named -> world.operatorNamespaces().contains(named.name()))
            .map(named ->
                found(
                        typed,
                        "Deleting namespace %s deletes the operator and its webhooks with the plugin"
                            .formatted(named.name()),
                        "Delete the objects of the plugin alone: suspend and delete its Kustomization.")
                    .withSeverity(WARNING))
        : Optional.empty();
  }

  private static Optional<Finding> change(Typed typed, Command command, World world) {
    boolean changes =
        command.words().size() > 2
            && command.words().getFirst().equals("kubectl")
            && CHANGES.contains(command.words().get(1));
    return changes
        ? command
            .named(2)
            .flatMap(world::find)
            .filter(object -> !isRequest(typed))
            .filter(object ->
                !command.words().get(1).equals("scale")
                    || object.find("spec", "replicas").isPresent())
            .map(object ->
                found(
                    typed,
                    "Flux applies %s (%s): what this changes is undone at the next reconciliation"
                        .formatted(object.id(), object.place().file()),
                    "Change the file and commit; keep the command for emergencies, with the"
                        + " Kustomization suspended."))
        : Optional.empty();
  }

  /// Requests for a reconciliation, a reload or a restart are annotations that Git does not hold,
  /// and suspending is what comes before a change.
  private static boolean isRequest(Typed typed) {
    return Stream.of("annotations", "reconcile.fluxcd.io/", "suspend", "finalizers")
        .anyMatch(typed.text()::contains);
  }

  private static Optional<Finding> selector(Typed typed, Command command, World world) {
    var label = "app.kubernetes.io/name=barman-cloud";
    boolean selects =
        command.starts("kubectl")
            && command.words().stream()
                .anyMatch(word -> word.equals(label) || word.endsWith("=" + label));
    return when(
        selects && !world.labels("app.kubernetes.io/name", "barman-cloud"),
        typed,
        "No Pod carries the label %s".formatted(label),
        "Use -l app=barman-cloud for the plugin's manifest, or app.kubernetes.io/name=plugin-barman-cloud"
            + " for its chart. Backups are logged by the sidecar: kubectl logs POD -c plugin-barman-cloud.");
  }

  private static Optional<Finding> key(Typed typed, Command command) {
    return command.starts("kubectl", "run") && KEY.matcher(typed.text()).find()
        ? Optional.of(
            found(
                    typed,
                    "The Pod's spec will hold the key, for everybody who may read Pods",
                    "Let the Pod take it from the Secret: env with valueFrom.secretKeyRef in --overrides.")
                .withSeverity(WARNING))
        : Optional.empty();
  }

  private static Optional<Finding> dryRun(Typed typed, Command command) {
    return when(
        command.starts("kubectl") && command.has("--dry-run=client") && command.has("apply"),
        typed,
        "A dry run of the client knows no fields of custom kinds and checks no rule of theirs",
        "Use cooper check, or --dry-run=server where there is a cluster.");
  }

  private static Optional<Finding> dump(Typed typed, Command command) {
    return when(
        command.starts("kubectl", "exec")
            && command.words().stream().anyMatch(word -> word.contains("pg_basebackup"))
            && typed.text().contains("/tmp"),
        typed,
        "A Pod of the operator's has a read-only root: /tmp cannot take a base backup",
        "Stream it out of the Pod: pg_basebackup -Ft -X fetch -D - in kubectl exec, into a file outside.");
  }

  private static Optional<Finding> method(Typed typed, Command command, World world) {
    boolean builtIn =
        command.starts("kubectl", "cnpg", "backup")
            && command.words().stream()
                .noneMatch(word -> word.contains("plugin") || word.contains("volumeSnapshot"));
    return builtIn
        ? command.operands(3).stream()
            .findFirst()
            .flatMap(name -> byPlugin(world, name))
            .map(cluster ->
                found(
                    typed,
                    "Cluster %s backs up through a plugin, and the command asks for the built-in method"
                        .formatted(cluster.name()),
                    "Add --method=plugin --plugin-name=%s.".formatted(Databases.BARMAN_PLUGIN)))
        : Optional.empty();
  }

  private static Optional<Manifest> byPlugin(World world, String name) {
    return world.objects().stream()
        .filter(object -> object.is(Databases.CNPG, "Cluster") && object.name().equals(name))
        .filter(cluster -> cluster.find("spec", "backup", "barmanObjectStore").isEmpty())
        .filter(cluster -> Databases.pluginsOf(cluster).anyMatch(Databases.Plugin::archivesWal))
        .findFirst();
  }

  /// What a pipe looks for in an output that does not have it.
  private static Optional<Finding> filtered(Typed typed, List<Command> commands) {
    for (int i = 0; i + 1 < commands.size(); i++) {
      var source = commands.get(i);
      var grep = commands.get(i + 1);
      if (!source.starts("kubectl") || !grep.starts("grep")) {
        continue;
      }
      var pattern = String.join(" ", grep.operands(1)).toLowerCase(Locale.ROOT);
      var kind = source.operands(2).stream().findFirst().orElse("").toLowerCase(Locale.ROOT);
      if (kind.startsWith("backup") && pattern.contains("duration")) {
        return Optional.of(
            found(
                typed,
                "A Backup has no field Duration",
                "Look at status.startedAt and status.stoppedAt."));
      }
      if (kind.startsWith("deploy")
          && source.has("get")
          && pattern.contains("image")
          && !source.hasAny("-o", "--output")
          && source.words().stream().noneMatch(word -> word.matches("(-o|--output=).*"))) {
        return Optional.of(
            found(
                typed,
                "The list of Deployments has no column for images, so that grep finds nothing",
                "Use -o jsonpath='{.spec.template.spec.containers[*].image}'."));
      }
      if (kind.startsWith("objectstore")
          && (pattern.contains("ready")
              || pattern.contains("condition")
              || pattern.contains("connect"))) {
        return Optional.of(storeStatus(typed));
      }
    }
    boolean conditions =
        commands.stream()
            .anyMatch(command ->
                command.starts("kubectl")
                    && command.words().stream().anyMatch(word -> word.startsWith("objectstore"))
                    && typed.text().contains("status.conditions"));
    return conditions ? Optional.of(storeStatus(typed)) : Optional.empty();
  }

  private static Finding storeStatus(Typed typed) {
    return found(
        typed,
        "An ObjectStore has no conditions and no state of a connection, only recovery windows",
        "Look at the Cluster's conditions ContinuousArchiving and LastBackupSucceeded.");
  }

  private static Optional<Finding> manifest(Typed typed) {
    return when(
        PluginTestingImage.isInTree(typed.text()),
        typed,
        "The manifest in the plugin's source tree names the testing image",
        "Use https://github.com/cloudnative-pg/plugin-barman-cloud/releases/download/VERSION/manifest.yaml.");
  }

  /// A copy of a live object under a name that an ignore rule hides.
  private static Optional<Finding> saved(
      Typed typed, List<Command> commands, Repository repository) {
    boolean saves =
        commands.stream()
            .anyMatch(command ->
                command.starts("kubectl", "get")
                    && (command.has("yaml")
                        || command.has("-oyaml")
                        || command.has("--output=yaml")));
    return saves
        ? typed
            .output()
            .filter(file -> file.endsWith(".yaml") || file.endsWith(".yml"))
            .filter(file -> !file.startsWith("/"))
            .flatMap(file ->
                repository
                    .source()
                    .gitIgnore()
                    .hiding(file, false)
                    .map(rule ->
                        found(
                            typed,
                            "What is saved as %s is hidden from Git by %s".formatted(file, rule),
                            "Choose another name, and remove the fields that the server wrote.")))
        : Optional.empty();
  }
}
