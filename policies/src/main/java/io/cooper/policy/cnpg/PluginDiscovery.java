package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.graph.DependencyGraph;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Proposal;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.problem.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `cnpg/plugin-discovery`
public final class PluginDiscovery implements RepositoryPolicy {
  private static final Set<String> KNOWN =
      Set.of(
          PluginService.NAME,
          PluginService.CLIENT_SECRET,
          PluginService.SERVER_SECRET,
          PluginService.PORT,
          PluginService.SERVER_NAME);

  @Override
  public About about() {
    return new About(
        "cnpg/plugin-discovery",
        ERROR,
        "The Service of a plugin says all that the operator needs to find and to trust it.",
        """
        The operator takes a Service for a plugin if it has the *label* `cnpg.io/pluginName` and the three *annotations*
        `cnpg.io/pluginClientSecret`, `cnpg.io/pluginServerSecret` and `cnpg.io/pluginPort`. If one of the four is
        missing, misspelt, or a label where it should be an annotation, there is no event and no error: the Service is
        simply none of a plugin, and every Cluster that names the plugin stops with `unknown plugin`.

        The name has to be the one under which the plugin introduces itself, the port a number in quotes that is among
        the ports of the Service.
        """,
        "Give the Service the label and the three annotations.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream().flatMap(PluginDiscovery::check);
  }

  private static Stream<Finding> check(DependencyGraph graph) {
    var services = graph.tree().objects("", "Service").toList();
    var announced = services.stream().filter(PluginService::isAnnounced).toList();
    var installs = Installs.of(graph);
    return Stream.concat(
        announced.stream().map(PluginService::new).flatMap(service -> wrongWith(service, installs)),
        installs
            .pluginDeployments()
            .filter(plugin -> leadingTo(announced, plugin.manifest()).isEmpty())
            .flatMap(plugin ->
                unannounced(leadingTo(services, plugin.manifest()), plugin.manifest(), installs)
                    .stream()));
  }

  private static List<Manifest> leadingTo(List<Manifest> services, Manifest workload) {
    return services.stream()
        .filter(service -> new PluginService(service).leadsTo(workload))
        .toList();
  }

  /// A plugin that runs and that no Service announces.
  private static Optional<Finding> unannounced(
      List<Manifest> services, Manifest plugin, Installs installs) {
    if (!services.isEmpty()) {
      var service = services.getFirst();
      return Optional.of(
          Finding.about(
              service,
              "%s leads to the plugin but has neither the label %s nor the annotations %s"
                  .formatted(
                      service.id(),
                      PluginService.NAME,
                      PluginService.KEYS.stream().skip(1).collect(Collectors.joining(", "))),
              "metadata"));
    }
    return installs.complete()
        ? Optional.of(
            Finding.at(
                    plugin.place(),
                    "%s runs the plugin, but no Service leads to it".formatted(plugin.id()))
                .of(plugin)
                .withRemedy("Add a Service with the label and the three annotations."))
        : Optional.empty();
  }

  private static Stream<Finding> wrongWith(PluginService service, Installs installs) {
    var findings = new ArrayList<Finding>();
    for (var key : PluginService.KEYS) {
      if (service.text(key).isEmpty()) {
        findings.add(missing(service, key));
      }
    }
    service
        .text(PluginService.PORT)
        .flatMap(port -> wrongPort(service, port))
        .ifPresent(findings::add);
    service
        .text(PluginService.NAME)
        .filter(name -> !name.equals(Databases.BARMAN_PLUGIN))
        .filter(
            _ -> installs.pluginDeployments().anyMatch(each -> service.leadsTo(each.manifest())))
        .map(name -> wrongName(service, name))
        .ifPresent(findings::add);
    return findings.stream();
  }

  private static Finding missing(PluginService service, String key) {
    var manifest = service.manifest();
    var home = PluginService.homeOf(key);
    var other = home.equals("labels") ? "annotations" : "labels";
    var misplaced = manifest.text("metadata", other, key);
    if (misplaced.isPresent()) {
      return Finding.about(
              manifest,
              "%s has %s among its %s; it belongs to the %s"
                  .formatted(manifest.id(), key, other, home),
              "metadata",
              other,
              key)
          .withRemedy("Move %s to metadata.%s.".formatted(key, home))
          .withRepair(
              new Proposal(
                  "Move %s to the %s".formatted(key, home),
                  List.of(
                      new Proposal.Change(
                          manifest,
                          new YamlChange.Put(List.of("metadata", home), key, misplaced.get())),
                      new Proposal.Change(
                          manifest, new YamlChange.Remove(List.of("metadata", other, key))))));
    }
    return misspelt(manifest, key, home)
        .orElseGet(() ->
            Finding.about(
                    manifest,
                    "%s lacks the %s %s"
                        .formatted(manifest.id(), home.substring(0, home.length() - 1), key),
                    "metadata",
                    home)
                .withRemedy("Add %s to metadata.%s.".formatted(key, home))
                .byHand("the value is not known here"));
  }

  /// A key that is there in almost the right spelling.
  private static Optional<Finding> misspelt(Manifest manifest, String key, String home) {
    return Nearest.to(
            key,
            manifest.root().mapping("metadata", home).stream()
                .flatMap(Mapping::keys)
                .filter(each -> each.startsWith("cnpg.io/plugin") && !KNOWN.contains(each))
                .toList())
        .map(wrong ->
            Finding.about(
                    manifest,
                    "%s lacks the %s %s – it has %s"
                        .formatted(manifest.id(), home.substring(0, home.length() - 1), key, wrong),
                    "metadata",
                    home,
                    wrong)
                .withRemedy("Write %s.".formatted(key))
                .repairedBy(
                    "Spell the key as the operator does",
                    manifest,
                    new YamlChange.Rename(List.of("metadata", home, wrong), key)));
  }

  private static Optional<Finding> wrongPort(PluginService service, String port) {
    var manifest = service.manifest();
    var ports =
        manifest
            .root()
            .mappings("spec", "ports")
            .flatMap(each -> each.text("port").stream())
            .toList();
    boolean headless = manifest.text("spec", "clusterIP").filter("None"::equals).isPresent();
    String wrong;
    if (!port.matches("[0-9]+")) {
      wrong = "is no number";
    } else if (!headless && !ports.isEmpty() && !ports.contains(port)) {
      wrong = "is none of its ports (%s)".formatted(String.join(", ", ports));
    } else {
      return Optional.empty();
    }
    return Optional.of(
        Finding.about(
                manifest,
                "%s has %s %s, which %s".formatted(manifest.id(), PluginService.PORT, port, wrong),
                "metadata",
                "annotations",
                PluginService.PORT)
            .withRemedy("Write the number of the Service's port, in quotes."));
  }

  private static Finding wrongName(PluginService service, String name) {
    var manifest = service.manifest();
    return Finding.about(
            manifest,
            "%s announces plugin %s, but the plugin behind it calls itself %s"
                .formatted(manifest.id(), name, Databases.BARMAN_PLUGIN),
            "metadata",
            "labels",
            PluginService.NAME)
        .withRemedy("Write %s.".formatted(Databases.BARMAN_PLUGIN))
        .repairedBy(
            "Announce the plugin by its own name",
            manifest,
            new YamlChange.Replace(
                List.of("metadata", "labels", PluginService.NAME), Databases.BARMAN_PLUGIN));
  }
}
