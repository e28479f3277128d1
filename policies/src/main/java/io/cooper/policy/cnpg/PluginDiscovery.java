package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.graph.DependencyGraph;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
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
    return repository.graphs().stream()
        .flatMap(graph -> check(graph, new Repairs(repository.artifact())));
  }

  private static Stream<Finding> check(DependencyGraph graph, Repairs repairs) {
    var services = graph.tree().objects().filter(object -> object.is("", "Service")).toList();
    var announced = services.stream().filter(PluginService::isAnnounced).toList();
    var installs = Installs.of(graph);
    return Stream.concat(
        announced.stream()
            .map(PluginService::new)
            .flatMap(service -> wrongWith(service, installs, repairs)),
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

  private static Stream<Finding> wrongWith(
      PluginService service, Installs installs, Repairs repairs) {
    var findings = new ArrayList<Finding>();
    for (var key : PluginService.KEYS) {
      if (service.text(key).isEmpty()) {
        findings.add(missing(service, key, repairs));
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
        .map(name -> wrongName(service, name, repairs))
        .ifPresent(findings::add);
    return findings.stream();
  }

  private static Finding missing(PluginService service, String key, Repairs repairs) {
    var manifest = service.manifest();
    var home = PluginService.homeOf(key);
    var other = home.equals("labels") ? "annotations" : "labels";
    if (manifest.text("metadata", other, key).isPresent()) {
      return Finding.about(
              manifest,
              "%s has %s among its %s; it belongs to the %s"
                  .formatted(manifest.id(), key, other, home),
              "metadata",
              other,
              key)
          .withRemedy("Move %s to metadata.%s.".formatted(key, home));
    }
    var misspelt =
        Nearest.to(
            key,
            Stream.of(home, other)
                .flatMap(where -> manifest.root().mapping("metadata", where).stream())
                .flatMap(Mapping::keys)
                .filter(each -> each.startsWith("cnpg.io/plugin") && !KNOWN.contains(each))
                .toList());
    var finding =
        Finding.about(
                manifest,
                "%s lacks the %s %s%s"
                    .formatted(
                        manifest.id(),
                        home.substring(0, home.length() - 1),
                        key,
                        misspelt.map(" – it has %s"::formatted).orElse("")),
                "metadata",
                home)
            .withRemedy("Add %s to metadata.%s.".formatted(key, home));
    return misspelt
        .filter(each -> manifest.text("metadata", home, each).isPresent())
        .map(each -> spelt(finding, manifest, home, each, key, repairs))
        .orElse(finding);
  }

  /// Placed on the misspelt key, where there is one.
  private static Finding spelt(
      Finding finding,
      Manifest manifest,
      String home,
      String wrong,
      String right,
      Repairs repairs) {
    var key =
        Finding.at(
                manifest
                    .root()
                    .mapping("metadata", home)
                    .flatMap(each -> each.placeOfKey(wrong))
                    .map(_ -> manifest.placeAt("metadata", home, wrong))
                    .orElse(finding.place()),
                finding.message())
            .of(manifest)
            .withRemedy("Write %s.".formatted(right));
    return repairs.replacingKey(key, "Spell the key as the operator does", wrong, right);
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

  private static Finding wrongName(PluginService service, String name, Repairs repairs) {
    var manifest = service.manifest();
    var finding =
        Finding.about(
            manifest,
            "%s announces plugin %s, but the plugin behind it calls itself %s"
                .formatted(manifest.id(), name, Databases.BARMAN_PLUGIN),
            "metadata",
            "labels",
            PluginService.NAME);
    return repairs.replacing(
        finding.withRemedy("Write %s.".formatted(Databases.BARMAN_PLUGIN)),
        "Announce the plugin by its own name",
        name,
        Databases.BARMAN_PLUGIN);
  }
}
