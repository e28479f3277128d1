package io.cooper.schemas;

/// Which product can know an API group at all, so that no index is read in vain.
final class Groups {
  private Groups() {}

  static boolean mayServe(Product product, String group) {
    return switch (product) {
      case KUBERNETES -> group.indexOf('.') < 0 || group.endsWith(".k8s.io");
      case FLUX -> group.endsWith(".fluxcd.io");
      case CNPG -> group.equals("postgresql.cnpg.io");
      case BARMAN_PLUGIN -> group.equals("barmancloud.cnpg.io");
      case CERT_MANAGER -> group.endsWith("cert-manager.io");
      case PROMETHEUS_OPERATOR -> group.equals("monitoring.coreos.com");
      case EXTERNAL_SECRETS -> group.endsWith("external-secrets.io");
    };
  }
}
