package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/// Services: their type and their ports.
final class Services implements AdmissionRule {
  private static final Set<String> TYPES =
      Set.of("ClusterIP", "NodePort", "LoadBalancer", "ExternalName");

  @Override
  public Stream<Violation> check(Subject object) {
    return object.is("", "Service")
        ? object.at("spec").stream().flatMap(Services::ofSpec)
        : Stream.empty();
  }

  private static Stream<Violation> ofSpec(Subject spec) {
    var wrong = Stream.<Violation>builder();
    spec.text("type")
        .filter(type -> !TYPES.contains(type))
        .ifPresent(_ ->
            wrong.add(
                spec.wrong(
                    " has to be ClusterIP, NodePort, LoadBalancer or ExternalName", "type")));
    var ports = spec.each("ports").toList();
    boolean external = spec.here().text("type").filter("ExternalName"::equals).isPresent();
    boolean headless = spec.here().text("clusterIP").filter("None"::equals).isPresent();
    if (ports.isEmpty() && !external && !headless && !spec.has("ports") && spec.isDecided()) {
      wrong.add(spec.wrong(" is missing, and required", "ports"));
    }
    if (external && !spec.has("externalName")) {
      wrong.add(spec.wrong(" is missing, and required for type ExternalName", "externalName"));
    }
    var names = new HashSet<String>();
    for (var port : ports) {
      if (ports.size() > 1 && !port.has("name")) {
        wrong.add(port.wrong(" is missing: a Service of several ports names each of them", "name"));
      }
      port.text("name")
          .filter(name -> !Syntax.isLabel(name))
          .ifPresent(
              _ -> wrong.add(port.wrong(" may have small letters, digits and - only", "name")));
      port.text("name")
          .filter(name -> !names.add(name))
          .ifPresent(name -> wrong.add(port.wrong(": two ports are called " + name, "name")));
      Ports.number(port, "port").ifPresent(wrong::add);
      Ports.protocol(port).ifPresent(wrong::add);
    }
    return wrong.build();
  }
}
