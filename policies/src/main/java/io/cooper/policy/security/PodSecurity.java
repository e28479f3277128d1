package io.cooper.policy.security;

import io.cooper.manifest.Mapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The Pod Security Standards of Kubernetes, as its admission plugin enforces them for Linux.
///
/// Where a Pod has user namespaces (`hostUsers: false`), what they make harmless is not judged,
/// because clusters differ in whether they allow it.
final class PodSecurity {
  /// How much a Pod may do.
  enum Level {
    BASELINE,
    RESTRICTED
  }

  /// One field that a level forbids.
  ///
  /// @param path of the field, or of what it should be in
  /// @param what for a list in a sentence: the field as documentation writes it, and its value
  record Violation(List<String> path, String what) {
    Violation {
      path = List.copyOf(path);
    }
  }

  private static final Set<String> BASELINE_CAPABILITIES =
      Set.of(
          "AUDIT_WRITE",
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "KILL",
          "MKNOD",
          "NET_BIND_SERVICE",
          "SETFCAP",
          "SETGID",
          "SETPCAP",
          "SETUID",
          "SYS_CHROOT");

  private static final Set<String> SELINUX_TYPES =
      Set.of("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t");

  private static final Set<String> SYSCTLS =
      Set.of(
          "kernel.shm_rmid_forced",
          "net.ipv4.ip_local_port_range",
          "net.ipv4.ip_unprivileged_port_start",
          "net.ipv4.tcp_syncookies",
          "net.ipv4.ping_group_range",
          "net.ipv4.ip_local_reserved_ports",
          "net.ipv4.tcp_keepalive_time",
          "net.ipv4.tcp_fin_timeout",
          "net.ipv4.tcp_keepalive_intvl",
          "net.ipv4.tcp_keepalive_probes",
          "net.ipv4.tcp_rmem",
          "net.ipv4.tcp_wmem");

  private static final Set<String> RESTRICTED_VOLUMES =
      Set.of(
          "configMap",
          "csi",
          "downwardAPI",
          "emptyDir",
          "ephemeral",
          "persistentVolumeClaim",
          "projected",
          "secret",
          "image");

  private final PodSpec pod;
  private final List<Violation> found = new ArrayList<>();

  private PodSecurity(PodSpec pod) {
    this.pod = pod;
  }

  /// Everything in a Pod that a level forbids, in the order of the standards.
  static List<Violation> violations(PodSpec pod, Level level) {
    var judge = new PodSecurity(pod);
    judge.baseline();
    if (level == Level.RESTRICTED) {
      judge.restricted();
    }
    return List.copyOf(judge.found);
  }

  private void baseline() {
    forbidTrue(pod.path(), pod.values(), "", "hostNetwork");
    forbidTrue(pod.path(), pod.values(), "", "hostPID");
    forbidTrue(pod.path(), pod.values(), "", "hostIPC");
    hostPaths();
    sysctls();
    securityContexts();
    pod.containers().forEach(this::baseline);
  }

  private void baseline(PodSpec.Container container) {
    var context = container.values().mapping("securityContext");
    var path = below(container.path(), "securityContext");
    context.ifPresent(
        values -> forbidTrue(path, values, "container " + container.name() + " ", "privileged"));
    context
        .flatMap(values -> values.text("procMount"))
        .filter(mount -> !mount.equals("Default") && !hasUserNamespace())
        .ifPresent(mount -> add(below(path, "procMount"), container, "procMount: " + mount));
    added(container)
        .filter(capability -> !BASELINE_CAPABILITIES.contains(capability))
        .forEach(capability ->
            add(below(path, "capabilities", "add"), container, "capabilities.add: " + capability));
    container
        .values()
        .mappings("ports")
        .filter(port -> port.text("hostPort").filter(number -> !number.equals("0")).isPresent())
        .forEach(port ->
            add(
                below(container.path(), "ports"),
                container,
                "hostPort: " + port.text("hostPort").orElse("")));
  }

  private void hostPaths() {
    var volumes = pod.values().mappings("volumes").toList();
    for (int i = 0; i < volumes.size(); i++) {
      if (volumes.get(i).get("hostPath").isPresent()) {
        found.add(
            new Violation(
                pod.below("volumes", Integer.toString(i), "hostPath"),
                "volume %s is a hostPath".formatted(volumes.get(i).text("name").orElse(""))));
      }
    }
  }

  private void sysctls() {
    pod.values()
        .mappings("securityContext", "sysctls")
        .flatMap(sysctl -> sysctl.text("name").stream())
        .filter(name -> !SYSCTLS.contains(name))
        .forEach(name ->
            found.add(new Violation(pod.below("securityContext", "sysctls"), "sysctl " + name)));
  }

  private record Context(List<String> path, Mapping values, String owner) {}

  /// That of the Pod and those of the containers.
  private Stream<Context> contexts() {
    return Stream.concat(
        pod
            .values()
            .mapping("securityContext")
            .map(values -> new Context(pod.below("securityContext"), values, ""))
            .stream(),
        pod.containers()
            .flatMap(container ->
                container
                    .values()
                    .mapping("securityContext")
                    .map(values ->
                        new Context(
                            below(container.path(), "securityContext"),
                            values,
                            "container " + container.name() + " "))
                    .stream()));
  }

  private void securityContexts() {
    contexts()
        .forEach(context -> {
          typeOf(context, "seccompProfile")
              .filter("Unconfined"::equals)
              .ifPresent(type -> add(context, "seccompProfile.type: " + type, "seccompProfile"));
          typeOf(context, "appArmorProfile")
              .filter("Unconfined"::equals)
              .ifPresent(type -> add(context, "appArmorProfile.type: " + type, "appArmorProfile"));
          typeOf(context, "seLinuxOptions")
              .filter(type -> !SELINUX_TYPES.contains(type))
              .ifPresent(type -> add(context, "seLinuxOptions.type: " + type, "seLinuxOptions"));
          for (var field : List.of("user", "role")) {
            context
                .values()
                .text("seLinuxOptions", field)
                .filter(value -> !value.isEmpty())
                .ifPresent(value ->
                    add(
                        context,
                        "seLinuxOptions.%s: %s".formatted(field, value),
                        "seLinuxOptions"));
          }
          context
              .values()
              .flag("windowsOptions", "hostProcess")
              .filter(host -> host)
              .ifPresent(_ -> add(context, "windowsOptions.hostProcess: true", "windowsOptions"));
        });
  }

  private static Optional<String> typeOf(Context context, String field) {
    return context.values().text(field, "type");
  }

  private void restricted() {
    if (pod.values().text("os", "name").filter("windows"::equals).isEmpty()) {
      pod.containers()
          .filter(container -> !isFlag(container, "allowPrivilegeEscalation", false))
          .forEach(container ->
              add(
                  below(container.path(), "securityContext", "allowPrivilegeEscalation"),
                  container,
                  "allowPrivilegeEscalation is not false"));
      capabilities();
      seccomp();
    }
    volumes();
    if (!hasUserNamespace()) {
      users();
    }
  }

  private void volumes() {
    var volumes = pod.values().mappings("volumes").toList();
    for (int i = 0; i < volumes.size(); i++) {
      var volume = volumes.get(i);
      volume
          .keys()
          .filter(key ->
              !key.equals("name") && !key.equals("hostPath") && !RESTRICTED_VOLUMES.contains(key))
          .forEach(key ->
              found.add(
                  new Violation(
                      pod.below("volumes"),
                      "volume %s is of type %s".formatted(volume.text("name").orElse(""), key))));
    }
  }

  private void users() {
    var pods = pod.values().flag("securityContext", "runAsNonRoot");
    pod.containers()
        .filter(container ->
            !container
                .values()
                .flag("securityContext", "runAsNonRoot")
                .or(() -> pods)
                .orElse(false))
        .forEach(container ->
            add(
                below(container.path(), "securityContext", "runAsNonRoot"),
                container,
                "runAsNonRoot is not true"));
    contexts()
        .filter(context -> context.values().text("runAsUser").filter("0"::equals).isPresent())
        .forEach(context -> add(context, "runAsUser: 0", "runAsUser"));
  }

  private void capabilities() {
    pod.containers()
        .forEach(container -> {
          var path = below(container.path(), "securityContext", "capabilities");
          boolean all =
              container
                  .values()
                  .items("securityContext", "capabilities", "drop")
                  .anyMatch(item -> item.text().filter("ALL"::equals).isPresent());
          if (!all) {
            add(path, container, "capabilities.drop lacks ALL");
          }
          added(container)
              .filter(capability ->
                  BASELINE_CAPABILITIES.contains(capability)
                      && !capability.equals("NET_BIND_SERVICE"))
              .forEach(capability ->
                  add(below(path, "add"), container, "capabilities.add: " + capability));
        });
  }

  private void seccomp() {
    var pods = pod.values().text("securityContext", "seccompProfile", "type");
    pod.containers()
        .filter(container ->
            container
                .values()
                .text("securityContext", "seccompProfile", "type")
                .or(() -> pods)
                .isEmpty())
        .forEach(container ->
            add(
                below(container.path(), "securityContext", "seccompProfile"),
                container,
                "seccompProfile is not set"));
  }

  private static Stream<String> added(PodSpec.Container container) {
    return container
        .values()
        .items("securityContext", "capabilities", "add")
        .flatMap(item -> item.text().stream());
  }

  private boolean hasUserNamespace() {
    return pod.values().flag("hostUsers").filter(host -> !host).isPresent();
  }

  private static boolean isFlag(PodSpec.Container container, String field, boolean wanted) {
    return container
        .values()
        .flag("securityContext", field)
        .filter(value -> value == wanted)
        .isPresent();
  }

  private void forbidTrue(List<String> path, Mapping values, String owner, String field) {
    values
        .flag(field)
        .filter(value -> value)
        .ifPresent(_ -> found.add(new Violation(below(path, field), owner + field + ": true")));
  }

  private void add(List<String> path, PodSpec.Container container, String what) {
    found.add(new Violation(path, "container %s %s".formatted(container.name(), what)));
  }

  private void add(Context context, String what, String field) {
    found.add(new Violation(below(context.path(), field), context.owner() + what));
  }

  private static List<String> below(List<String> path, String... steps) {
    return Stream.concat(path.stream(), Stream.of(steps)).toList();
  }

  /// Containers whose file system can be written; no standard asks for more.
  static List<Violation> writableRoots(PodSpec pod) {
    return pod.containers()
        .filter(container -> !isFlag(container, "readOnlyRootFilesystem", true))
        .map(container ->
            new Violation(
                below(container.path(), "securityContext", "readOnlyRootFilesystem"),
                "container %s readOnlyRootFilesystem is not true".formatted(container.name())))
        .toList();
  }
}
