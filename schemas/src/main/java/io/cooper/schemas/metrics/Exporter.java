package io.cooper.schemas.metrics;

import io.cooper.schemas.Product;
import java.util.Optional;

/// A program that exports metrics.
public enum Exporter {
  /// The operator's exporters in instances and poolers.
  CNPG("cnpg", "CloudNativePG", Optional.of(Product.CNPG), Optional.of("cnpg_")),
  /// The Barman Cloud plugin; its series come out of the instances' port.
  BARMAN_PLUGIN(
      "plugin",
      "the Barman Cloud plugin",
      Optional.of(Product.BARMAN_PLUGIN),
      Optional.of("barman_cloud_cloudnative_pg_io_")),
  /// Cooper's own backup server.
  COOPER("cooper", "Cooper's backup server", Optional.empty(), Optional.empty()),
  /// cert-manager's controller.
  CERT_MANAGER(
      "cert-manager",
      "cert-manager",
      Optional.of(Product.CERT_MANAGER),
      Optional.of("certmanager_certificate_")),
  /// Flux's controllers. Its users make more names of the same prefix with kube-state-metrics.
  FLUX("flux", "Flux", Optional.of(Product.FLUX), Optional.empty()),
  /// The External Secrets operator.
  EXTERNAL_SECRETS(
      "external-secrets",
      "the External Secrets operator",
      Optional.of(Product.EXTERNAL_SECRETS),
      Optional.empty()),
  /// The Prometheus operator.
  PROMETHEUS_OPERATOR(
      "prometheus-operator",
      "the Prometheus operator",
      Optional.of(Product.PROMETHEUS_OPERATOR),
      Optional.empty()),
  /// kube-state-metrics; it can be told to export more.
  KUBE_STATE_METRICS(
      "kube-state-metrics", "kube-state-metrics", Optional.empty(), Optional.empty()),
  /// The kubelet and its cAdvisor.
  KUBELET("kubelet", "Kubernetes", Optional.of(Product.KUBERNETES), Optional.empty()),
  /// The node exporter; collectors and text files add more.
  NODE_EXPORTER("node-exporter", "the node exporter", Optional.empty(), Optional.empty()),
  /// What every program built with controller-runtime exports.
  CONTROLLERS("controllers", "controller-runtime", Optional.empty(), Optional.empty()),
  /// What Prometheus makes itself.
  PROMETHEUS("prometheus", "Prometheus", Optional.empty(), Optional.empty());

  private final String key;
  private final String title;
  private final Optional<Product> product;
  private final Optional<String> prefix;

  Exporter(String key, String title, Optional<Product> product, Optional<String> prefix) {
    this.key = key;
    this.title = title;
    this.product = product;
    this.prefix = prefix;
  }

  /// The name of its file.
  String key() {
    return key;
  }

  /// Its name in a sentence.
  public String title() {
    return title;
  }

  /// The product whose releases `since` and `until` speak of; empty where none is followed.
  public Optional<Product> product() {
    return product;
  }

  /// What its names begin with, if all names that begin so are its own and all of them are known.
  public Optional<String> prefix() {
    return prefix;
  }
}
