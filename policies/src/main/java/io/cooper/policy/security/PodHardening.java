package io.cooper.policy.security;

import static io.cooper.policy.Severity.NOTICE;

import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.ManifestPolicy;
import io.cooper.policy.security.PodSecurity.Level;
import java.util.stream.Stream;

/// `security/pod-hardening`
public final class PodHardening implements ManifestPolicy {
  @Override
  public About about() {
    return new About(
        "security/pod-hardening",
        NOTICE,
        "Workloads keep to the restricted Pod Security Standard.",
        """
        Judged are the fields of the restricted standard: no host namespaces, paths and ports, no privileges and none
        to gain, no capabilities beyond `NET_BIND_SERVICE`, a seccomp profile, a user other than root; and a root file
        system that cannot be written, which the standard does not ask for.

        Off unless it is named, since it is a choice: a workload that needs a device of its node cannot keep to it.
        What a namespace's own label makes the API server refuse is `security/pod-refused`, which is always on.
        """,
        "Set the named fields of securityContext.");
  }

  @Override
  public Stream<Finding> check(Manifest manifest) {
    return Workloads.pod(manifest)
        .map(pod ->
            Stream.concat(
                    PodSecurity.violations(pod, Level.RESTRICTED).stream(),
                    PodSecurity.writableRoots(pod).stream())
                .toList())
        .filter(violations -> !violations.isEmpty())
        .map(violations ->
            Finding.about(
                manifest,
                "%s is not restricted: %s".formatted(manifest.id(), Workloads.list(violations)),
                violations.getFirst().path().toArray(String[]::new)))
        .stream();
  }
}
