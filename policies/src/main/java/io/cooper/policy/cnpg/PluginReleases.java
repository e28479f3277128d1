package io.cooper.policy.cnpg;

import io.cooper.schemas.Product;
import io.cooper.schemas.Release;
import java.util.List;
import java.util.stream.Stream;

/// The releases of the Barman Cloud plugin, and what whoever passes one on the way up has to do
/// (source: the plugin's release notes and what changed in its manifests between the tags).
final class PluginReleases {
  /// @param version of the release
  /// @param steps what has to be done beside installing it; empty where nothing is
  private record Row(String version, List<String> steps) {}

  private static final String CRD = "apply the CRD objectstores.barmancloud.cnpg.io of the release";

  private static final List<Row> ROWS =
      List.of(
          new Row("0.1.0", List.of()),
          new Row("0.2.0", List.of()),
          new Row("0.3.0", List.of(CRD + " (WAL compression lz4, xz and zstd)")),
          new Row(
              "0.4.0",
              List.of(
                  "run CloudNativePG 1.26 or later",
                  CRD
                      + ", which refuses spec.configuration.serverName: move it to the parameters of the"
                      + " plugin in each Cluster")),
          new Row("0.4.1", List.of()),
          new Row("0.5.0", List.of()),
          new Row(
              "0.6.0",
              List.of(
                  CRD + " (its status names lastSuccessfulBackupTime and lastFailedBackupTime)",
                  "let the ClusterRole update clusters/finalizers of postgresql.cnpg.io",
                  "move dashboards and alerts to the series barman_cloud_cloudnative_pg_io_*")),
          new Row("0.7.0", List.of(CRD + " (logLevel, additionalContainerArgs)")),
          new Row(
              "0.8.0",
              List.of(
                  "delete the roles and bindings of the old names: metrics-auth-role,"
                      + " metrics-auth-rolebinding, metrics-reader, objectstore-viewer-role,"
                      + " objectstore-editor-role, leader-election-role, leader-election-rolebinding;"
                      + " the new ones begin with barman-plugin-")),
          new Row("0.9.0", List.of()),
          new Row("0.10.0", List.of()),
          new Row("0.11.0", List.of(CRD + " (useDefaultAzureCredentials)")),
          new Row("0.12.0", List.of()),
          new Row("0.13.0", List.of(CRD + " (lz4 for base backups, restoreAdditionalCommandArgs)")),
          new Row("0.14.0", List.of()),
          new Row("0.15.0", List.of()));

  private PluginReleases() {}

  /// The newest release that is known here.
  static Release newest() {
    return release(ROWS.getLast());
  }

  /// What has to be done on the way from a release to the newest one, each step with its release.
  static List<String> stepsFrom(Release release) {
    return after(release)
        .flatMap(row -> row.steps().stream().map(step -> "%s: %s".formatted(row.version(), step)))
        .toList();
  }

  /// How many releases are newer.
  static long behind(Release release) {
    return after(release).count();
  }

  private static Stream<Row> after(Release release) {
    return ROWS.stream().filter(row -> release(row).compareTo(release) > 0);
  }

  private static Release release(Row row) {
    return Release.of(Product.BARMAN_PLUGIN, row.version());
  }
}
