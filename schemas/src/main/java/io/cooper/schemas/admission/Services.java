package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/// Services: their type and their ports.
final class Services implements AdmissionRule {
  private static final Set<String> TYPES =
      Set.of("ClusterIP", "NodePort", "LoadBalancer", "ExternalName");

  @Override
  public void check(Subject object, Consumer<Violation> refused) {
    if (object.is("", "Service")) {
      object.at("spec").ifPresent(spec -> ofSpec(spec, refused));
    }
  }

  private static void ofSpec(Subject spec, Consumer<Violation> refused) {
    spec.text("type")
        .filter(type -> !TYPES.contains(type))
        .ifPresent(_ ->
            refused.accept(
                spec.wrong(
                    " has to be ClusterIP, NodePort, LoadBalancer or ExternalName", "type")));
    var ports = spec.list("ports");
    boolean external = spec.here().text("type").filter("ExternalName"::equals).isPresent();
    boolean headless = spec.here().text("clusterIP").filter("None"::equals).isPresent();
    if (ports.isEmpty() && !external && !headless && !spec.has("ports") && spec.isDecided()) {
      refused.accept(spec.wrong(" is missing, and required", "ports"));
    }
    if (external && !spec.has("externalName")) {
      refused.accept(spec.wrong(" is missing, and required for type ExternalName", "externalName"));
    }
    var names = new HashSet<String>();
    for (var port : ports) {
      if (ports.size() > 1 && !port.has("name")) {
        refused.accept(
            port.wrong(" is missing: a Service of several ports names each of them", "name"));
      }
      port.text("name")
          .filter(name -> !Syntax.isLabel(name))
          .ifPresent(_ ->
              refused.accept(port.wrong(" may have small letters, digits and - only", "name")));
      port.text("name")
          .filter(name -> !names.add(name))
          .ifPresent(name -> refused.accept(port.wrong(": two ports are called " + name, "name")));
      Ports.number(port, "port").ifPresent(refused);
      Ports.protocol(port).ifPresent(refused);
    }
  }
}
