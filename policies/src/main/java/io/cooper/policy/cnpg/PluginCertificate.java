package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.graph.DependencyGraph;
import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.policy.cnpg.Installs.Install;
import io.cooper.problem.Nearest;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// `cnpg/plugin-certificate`
public final class PluginCertificate implements RepositoryPolicy {
  private static final String CERT_MANAGER = "cert-manager.io";
  private static final Duration SHORTEST = Duration.ofHours(1);
  private static final Duration BY_DEFAULT = Duration.ofDays(90);
  private static final Duration SHORTEST_NOTICE = Duration.ofMinutes(5);

  /// One of the two ends of the connection.
  private enum Side {
    CLIENT(PluginService.CLIENT_SECRET, "--client-cert=", "client auth"),
    SERVER(PluginService.SERVER_SECRET, "--server-cert=", "server auth");

    private final String annotation;
    private final String argument;
    private final String usage;

    Side(String annotation, String argument, String usage) {
      this.annotation = annotation;
      this.argument = argument;
      this.usage = usage;
    }
  }

  private final InstantSource clock;

  /// Certificates in Git are judged by today's date.
  public PluginCertificate() {
    this(InstantSource.system());
  }

  PluginCertificate(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public About about() {
    return new About(
        "cnpg/plugin-certificate",
        ERROR,
        "The certificates between operator and plugin fit the Service, the Deployment and each other.",
        """
        Operator and plugin show each other certificates, and each trusts the other's leaf. The operator takes its own
        from the Secret of `cnpg.io/pluginClientSecret` and trusts that of `cnpg.io/pluginServerSecret`; the plugin has both
        mounted. For the connection to come about,

        - the Secrets of the annotations are those that the plugin mounts, and something makes them;
        - the server's certificate carries the name of the Service (or that of `cnpg.io/pluginServerName`) among its
          `dnsNames`: the common name does not count;
        - the usages are `server auth` and `client auth`, each on its side;
        - the Issuer exists, and the certificate is renewed before it expires.

        If one does not hold, the operator drops the plugin, and every Cluster that uses it stops with `unknown plugin`.
        Renewal needs no restart: both sides read the files again.
        """,
        "Make certificate, annotation and mount name the same Secret, and the certificate the Service.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.graphs().stream().flatMap(this::check);
  }

  private Stream<Finding> check(DependencyGraph graph) {
    var installs = Installs.of(graph);
    return graph
        .tree()
        .objects("", "Service")
        .filter(object -> PluginService.isAnnounced(object))
        .map(PluginService::new)
        .flatMap(service ->
            Stream.of(Side.values())
                .flatMap(side -> new End(graph, installs, service, side).findings()));
  }

  /// One end of one plugin's connection.
  private final class End {
    private final DependencyGraph graph;
    private final Installs installs;
    private final PluginService service;
    private final Side side;
    private final String namespace;
    private final List<Finding> findings = new ArrayList<>();

    End(DependencyGraph graph, Installs installs, PluginService service, Side side) {
      this.graph = graph;
      this.installs = installs;
      this.service = service;
      this.side = side;
      this.namespace = service.manifest().namespace();
    }

    Stream<Finding> findings() {
      service.text(side.annotation).ifPresent(this::check);
      return findings.stream();
    }

    private void check(String secret) {
      var mounted = mounted().filter(name -> !name.equals(secret));
      if (mounted.isPresent()) {
        findings.add(
            annotation(
                "%s names Secret %s in %s, but the plugin mounts %s"
                    .formatted(service.manifest().id(), secret, side.annotation, mounted.get())));
        return;
      }
      var certificate = certificates().filter(each -> writes(each, secret)).findFirst();
      certificate.ifPresentOrElse(this::certificate, () -> other(secret));
    }

    private Finding annotation(String message) {
      return Finding.about(service.manifest(), message, "metadata", "annotations", side.annotation);
    }

    /// The Secret that the argument of the plugin leads to, over the mount and the volume.
    private Optional<String> mounted() {
      return installs
          .pluginDeployments()
          .filter(plugin -> service.leadsTo(plugin.manifest()))
          .findFirst()
          .flatMap(this::mounted);
    }

    private Optional<String> mounted(Install plugin) {
      var container = plugin.container().orElseThrow();
      return container
          .items("args")
          .flatMap(argument -> argument.text().stream())
          .filter(argument -> argument.startsWith(side.argument))
          .map(argument -> argument.substring(side.argument.length()))
          .findFirst()
          .flatMap(file ->
              container
                  .mappings("volumeMounts")
                  .filter(mount ->
                      file.startsWith(
                          mount.text("mountPath").orElse("\n").replaceFirst("/*$", "/")))
                  .flatMap(mount -> mount.text("name").stream())
                  .findFirst())
          .flatMap(volume ->
              plugin
                  .manifest()
                  .root()
                  .mappings("spec", "template", "spec", "volumes")
                  .filter(each -> each.text("name").filter(volume::equals).isPresent())
                  .flatMap(each -> each.text("secret", "secretName").stream())
                  .findFirst());
    }

    private Stream<Manifest> certificates() {
      return graph
          .tree()
          .objects(CERT_MANAGER, "Certificate")
          .filter(object -> object.namespace().equals(namespace));
    }

    private static boolean writes(Manifest certificate, String secret) {
      return certificate.text("spec", "secretName").filter(secret::equals).isPresent();
    }

    /// No Certificate writes the Secret: it may be in Git itself, or come from elsewhere.
    private void other(String secret) {
      var secrets = new SecretKeys(graph.tree());
      var inGit =
          graph
              .tree()
              .objects("", "Secret")
              .filter(
                  object -> object.namespace().equals(namespace) && object.name().equals(secret))
              .findFirst();
      if (inGit.isPresent()) {
        inGit.flatMap(this::certificateIn).ifPresent(leaf -> leaf(inGit.get(), leaf));
        return;
      }
      var names = certificates().flatMap(each -> each.text("spec", "secretName").stream()).toList();
      if (secrets.makes(namespace, secret) || !installs.complete()) {
        return;
      }
      var near = Nearest.to(secret, names).filter(_ -> !names.contains(secret));
      boolean byChart =
          installs.plugins().stream().anyMatch(plugin -> plugin.release().isPresent());
      if (near.isPresent() || !byChart) {
        findings.add(
            annotation(
                    "%s names Secret %s, which nothing in namespace %s makes%s"
                        .formatted(
                            service.manifest().id(),
                            secret,
                            namespace,
                            near.map(" – did you mean %s?"::formatted).orElse("")))
                .withSeverity(near.isPresent() ? ERROR : WARNING)
                .withRemedy("Add a Certificate with secretName: %s.".formatted(secret)));
      }
    }

    private Optional<X509Certificate> certificateIn(Manifest secret) {
      return secret
          .text("stringData", "tls.crt")
          .map(text -> text.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
          .or(() -> secret.text("data", "tls.crt").flatMap(PluginCertificate::decoded))
          .flatMap(PluginCertificate::parsed);
    }

    private void leaf(Manifest secret, X509Certificate leaf) {
      var end = leaf.getNotAfter().toInstant();
      if (end.isBefore(clock.instant())) {
        findings.add(
            Finding.about(
                    secret,
                    "The certificate in %s expired on %s"
                        .formatted(secret.id(), end.atZone(ZoneOffset.UTC).toLocalDate()),
                    "data",
                    "tls.crt")
                .withRemedy("Let cert-manager make and renew it, or renew it by hand."));
      }
    }

    private void certificate(Manifest certificate) {
      if (side == Side.SERVER) {
        name(certificate);
      }
      usage(certificate);
      life(certificate);
      issuer(certificate);
    }

    private void name(Manifest certificate) {
      var wanted = service.serverName();
      var names =
          certificate.root().items("spec", "dnsNames").flatMap(it -> it.text().stream()).toList();
      if (names.stream().noneMatch(name -> covers(name, wanted))) {
        findings.add(
            Finding.about(
                    certificate,
                    "%s is for %s, but the operator asks for %s"
                        .formatted(
                            certificate.id(),
                            names.isEmpty() ? "no dnsNames" : String.join(", ", names),
                            wanted),
                    "spec",
                    "dnsNames")
                .withRemedy("Add %s to spec.dnsNames.".formatted(wanted)));
      }
    }

    private void usage(Manifest certificate) {
      var usages =
          certificate.root().items("spec", "usages").flatMap(it -> it.text().stream()).toList();
      boolean restricts = usages.stream().anyMatch(each -> each.endsWith(" auth"));
      if (restricts && !usages.contains(side.usage) && !usages.contains("any")) {
        findings.add(
            Finding.about(
                    certificate,
                    "%s is for %s, but serves as the certificate of the %s"
                        .formatted(
                            certificate.id(),
                            String.join(", ", usages),
                            side == Side.SERVER ? "server" : "client"),
                    "spec",
                    "usages")
                .withRemedy("Add %s to spec.usages.".formatted(side.usage)));
      }
    }

    /// What cert-manager's webhook refuses.
    private void life(Manifest certificate) {
      var duration = duration(certificate, "duration").orElse(BY_DEFAULT);
      if (duration.compareTo(SHORTEST) < 0) {
        findings.add(
            Finding.about(
                    certificate,
                    "%s is valid for less than an hour, which cert-manager refuses"
                        .formatted(certificate.id()),
                    "spec",
                    "duration")
                .withRemedy("Write for example duration: 2160h."));
        return;
      }
      var before = duration(certificate, "renewBefore");
      var wrong =
          before.filter(it -> it.compareTo(duration) >= 0).isPresent()
              ? "would be renewed as soon as it is made"
              : before.filter(it -> it.compareTo(SHORTEST_NOTICE) < 0).isPresent()
                  ? "would be renewed in its last five minutes"
                  : "";
      if (!wrong.isEmpty()) {
        findings.add(
            Finding.about(
                    certificate,
                    "%s %s, which cert-manager refuses".formatted(certificate.id(), wrong),
                    "spec",
                    "renewBefore")
                .withRemedy("Renew it some days before its duration ends: renewBefore: 360h."));
      }
    }

    private static Optional<Duration> duration(Manifest certificate, String field) {
      return certificate.text("spec", field).flatMap(GoDuration::read);
    }

    private void issuer(Manifest certificate) {
      var reference = certificate.root().mapping("spec", "issuerRef");
      if (reference.isEmpty()
          || !reference.get().text("group").orElse(CERT_MANAGER).equals(CERT_MANAGER)
          || !installs.complete()) {
        return;
      }
      var kind = reference.get().text("kind").orElse("Issuer");
      var name = reference.get().text("name").orElse("");
      var issuers =
          graph
              .tree()
              .objects(CERT_MANAGER, kind)
              .filter(
                  object -> kind.equals("ClusterIssuer") || object.namespace().equals(namespace))
              .map(Manifest::name)
              .toList();
      if (!issuers.contains(name)) {
        findings.add(
            Finding.about(
                    certificate,
                    "%s is to be signed by %s %s, which nothing here defines%s"
                        .formatted(certificate.id(), kind, name, Nearest.hint(name, issuers)),
                    "spec",
                    "issuerRef",
                    "name")
                .withSeverity(Nearest.to(name, issuers).isPresent() ? ERROR : WARNING)
                .withRemedy("Define the %s, or name one that exists.".formatted(kind)));
      }
    }
  }

  private static boolean covers(String name, String wanted) {
    return name.equals(wanted)
        || (name.startsWith("*.")
            && wanted.indexOf('.') > 0
            && wanted.substring(wanted.indexOf('.')).equals(name.substring(1)));
  }

  private static Optional<byte[]> decoded(String text) {
    try {
      return Optional.of(Base64.getMimeDecoder().decode(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<X509Certificate> parsed(byte[] pem) {
    try {
      return Optional.of(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(pem)));
    } catch (CertificateException _) {
      return Optional.empty();
    }
  }
}
