package io.cooper.schemas;

import java.util.Optional;
import java.util.stream.Stream;

/// A program whose releases decide what a manifest may say.
public enum Product {
  /// Kubernetes itself.
  KUBERNETES("kubernetes", "Kubernetes"),
  /// Flux: all of its controllers; the release is that of the distribution (`flux --version`).
  FLUX("flux", "Flux"),
  /// The CloudNativePG operator.
  CNPG("cnpg", "CloudNativePG"),
  /// The Barman Cloud plugin of CloudNativePG.
  BARMAN_PLUGIN("plugin", "the Barman Cloud plugin"),
  /// cert-manager.
  CERT_MANAGER("cert-manager", "cert-manager"),
  /// The Prometheus operator.
  PROMETHEUS_OPERATOR("prometheus-operator", "the Prometheus operator"),
  /// The External Secrets operator.
  EXTERNAL_SECRETS("external-secrets", "the External Secrets operator");

  private final String key;
  private final String title;

  Product(String key, String title) {
    this.key = key;
    this.title = title;
  }

  /// Its name in settings and on the command line: `kubernetes=1.34`.
  public String key() {
    return key;
  }

  /// Its name in a sentence.
  public String title() {
    return title;
  }

  /// The product of a key.
  public static Optional<Product> of(String key) {
    return Stream.of(values()).filter(product -> product.key.equals(key)).findFirst();
  }
}
