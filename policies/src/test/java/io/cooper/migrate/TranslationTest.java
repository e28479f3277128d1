package io.cooper.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.render.walk.Progress;
import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.flux.render.walk.Renderer;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import io.cooper.migrate.Migration.Choices;
import io.cooper.policy.Repository;
import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.KnownReleases;
import io.cooper.schemas.Product;
import io.cooper.schemas.Release;
import io.cooper.schemas.ReleasesInUse;
import io.cooper.schemas.ReleasesInUse.InUse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TranslationTest {
  @TempDir private Path root;

  static Stream<Release> operators() {
    return KnownReleases.of(Product.CNPG).stream();
  }

  private static ReleasesInUse releases(Release operator) {
    return new ReleasesInUse(
        Map.of(
            Product.CNPG,
            List.of(new InUse(operator, "the test", Optional.empty())),
            Product.BARMAN_PLUGIN,
            List.of(
                new InUse(
                    KnownReleases.newest(Product.BARMAN_PLUGIN), "the test", Optional.empty()))));
  }

  private Migration migrate(ReleasesInUse releases, Choices choices, Map<String, String> files)
      throws IOException {
    var paths = new LinkedHashSet<String>();
    for (var file : files.entrySet()) {
      var target = root.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Files.writeString(target, file.getValue());
      paths.add(file.getKey());
    }
    var listing =
        "resources:\n"
            + String.join(
                "",
                files.keySet().stream()
                    .map(each -> "  - " + each.replaceFirst("^app/", "") + "\n")
                    .toList());
    Files.writeString(root.resolve("app/kustomization.yaml"), listing);
    paths.add("app/kustomization.yaml");
    var artifact = new Artifact(root, paths);
    var trees =
        new Renderer(RenderOptions.of(RenderOptions.Mode.CHECK))
            .render(artifact, List.of("app"), Progress.NONE);
    return Migration.of(
        new Repository(io.cooper.flux.source.SourceTree.of(artifact), trees, releases), choices);
  }

  private static Manifest after(Migration migration, String file) {
    return YamlReader.ofSources()
        .read(file, text(migration, file))
        .manifests()
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("operators")
  @Tag("S100")
  void every_field_that_the_built_in_store_can_have_arrives(Release operator) throws IOException {
    var releases = releases(operator);
    var catalogue = BuiltInCatalogue.of(releases);
    var schema =
        catalogue.schema(
            catalogue.find("postgresql.cnpg.io/v1", "Cluster").orElseThrow().definition());
    var backup = schema.at("/properties/spec/properties/backup/properties");
    var leaves = new ArrayList<String>();
    var block = sample(backup.get("barmanObjectStore"), "", leaves);
    assertThat(leaves)
        .hasSizeGreaterThan(25)
        .contains(
            ".serverName", ".wal.restoreAdditionalCommandArgs[]", ".s3Credentials.region.key");
    var cluster =
        Map.of(
            "apiVersion",
            "postgresql.cnpg.io/v1",
            "kind",
            "Cluster",
            "metadata",
            Map.of("name", "pg", "namespace", "db"),
            "spec",
            Map.of(
                "instances", 3,
                "storage", Map.of("size", "1Gi"),
                "backup", Map.of("barmanObjectStore", block, "retentionPolicy", "30d"),
                "externalClusters", List.of(Map.of("name", "other", "barmanObjectStore", block))));

    var migration =
        migrate(
            releases,
            Choices.NONE,
            // Every JSON text is YAML too, and this one is no text to move: it is written anew.
            Map.of("app/cluster.yaml", JsonMapper.shared().writeValueAsString(cluster)));

    // A release before the plugin's time is not moved, whatever its fields are.
    assertThat(migration.obstacles()).allMatch(each -> each.kind() == Obstacle.Kind.OLD_OPERATOR);
    if (migration.obstacles().findAny().isPresent()) {
      assertThat(operator.minor()).isEqualTo("1.25");
      return;
    }
    var server = block.remove("serverName");
    var store = after(migration, "app/objectstore.yaml");
    assertThat(store.find("spec", "configuration").map(Value::plain))
        .hasValueSatisfying(it -> assertThat(it).isEqualTo(plain(block)));
    assertThat(store.text("spec", "retentionPolicy")).contains("30d");
    var moved = after(migration, "app/cluster.yaml");
    assertThat(moved.find("spec", "backup")).isEmpty();
    assertThat(moved.root().mappings("spec", "plugins").map(Value::plain))
        .containsExactly(
            Map.of(
                "name",
                "barman-cloud.cloudnative-pg.io",
                "isWALArchiver",
                true,
                "parameters",
                Map.of("barmanObjectName", "pg", "serverName", server)));
    assertThat(moved.root().mappings("spec", "externalClusters").map(Value::plain))
        .containsExactly(
            Map.of(
                "name",
                "other",
                "plugin",
                Map.of(
                    "name",
                    "barman-cloud.cloudnative-pg.io",
                    "parameters",
                    Map.of("barmanObjectName", "pg", "serverName", server))));
  }

  private static @Nullable Object plain(Map<String, Object> block) {
    return YamlReader.ofSources()
        .read("block", JsonMapper.shared().writeValueAsString(block))
        .documents()
        .getFirst()
        .plain();
  }

  /// An object that has every field of a schema, each with a value that the schema admits.
  private static Map<String, Object> sample(JsonNode schema, String path, List<String> leaves) {
    var sample = new LinkedHashMap<String, Object>();
    schema
        .get("properties")
        .properties()
        .forEach(property ->
            sample.put(
                property.getKey(),
                value(property.getValue(), path + "." + property.getKey(), leaves)));
    return sample;
  }

  private static Object value(JsonNode schema, String path, List<String> leaves) {
    return switch (schema.get("type").asString()) {
      case "object" -> {
        if (schema.has("properties")) {
          yield sample(schema, path, leaves);
        }
        leaves.add(path + ".*");
        yield Map.of("team", "house");
      }
      case "array" -> List.of(value(schema.get("items"), path + "[]", leaves));
      case "integer" -> {
        leaves.add(path);
        yield 3;
      }
      case "boolean" -> {
        leaves.add(path);
        yield true;
      }
      default -> {
        leaves.add(path);
        yield schema.has("enum") ? schema.get("enum").get(0).asString() : "text";
      }
    };
  }

  /// What upstream's guide does by hand, on manifests of the same shape.
  @Test
  @Tag("S100")
  void the_result_is_that_of_the_guide() throws IOException {
    var credentials =
        """
              s3Credentials:
                accessKeyId:
                  name: store-north
                  key: ID
                secretAccessKey:
                  name: store-north
                  key: SECRET
              wal:
                compression: gzip
        """;
    var north =
        """
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata:
          name: pg-north
        spec:
          instances: 3
          storage:
            size: 1Gi
          backup:
            barmanObjectStore:
              destinationPath: s3://archive/
              endpointURL: http://store-north:9000
        """
            + credentials;
    var south =
        """
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata:
          name: pg-south
        spec:
          instances: 3
          storage:
            size: 1Gi
          replica:
            primary: pg-north
            source: pg-north
          externalClusters:
          - name: pg-north
            barmanObjectStore:
              destinationPath: s3://archive/
              endpointURL: http://store-north:9000
              serverName: pg-north
        """
            + credentials;
    var schedule =
        """
        apiVersion: postgresql.cnpg.io/v1
        kind: ScheduledBackup
        metadata:
          name: pg-north-backup
        spec:
          cluster:
            name: pg-north
          schedule: '0 0 0 * * *'
          backupOwnerReference: self
        """;
    var store =
        """
        apiVersion: barmancloud.cnpg.io/v1
        kind: ObjectStore
        metadata:
          name: store-north
        spec:
          configuration:
            destinationPath: s3://archive/
            endpointURL: http://store-north:9000
            s3Credentials:
              accessKeyId:
                name: store-north
                key: ID
              secretAccessKey:
                name: store-north
                key: SECRET
            wal:
              compression: gzip
        """;
    var newest = releases(KnownReleases.newest(Product.CNPG));

    var first =
        migrate(
            newest,
            named("pg-north"),
            new java.util.TreeMap<>(
                Map.of("app/north.yaml", north, "app/schedule.yaml", schedule)));

    assertThat(text(first, "app/objectstore.yaml")).isEqualTo(store);
    assertThat(text(first, "app/north.yaml"))
        .isEqualTo(
            north.substring(0, north.indexOf("  backup:"))
                + """
                  plugins:
                    - name: barman-cloud.cloudnative-pg.io
                      isWALArchiver: true
                      parameters:
                        barmanObjectName: store-north
                """);
    assertThat(text(first, "app/schedule.yaml"))
        .isEqualTo(
            schedule
                + "  method: plugin\n  pluginConfiguration:\n    name: barman-cloud.cloudnative-pg.io\n");

    var second = migrate(newest, named("pg-south"), Map.of("app/south.yaml", south));

    assertThat(text(second, "app/objectstore.yaml")).isEqualTo(store);
    assertThat(text(second, "app/south.yaml"))
        .isEqualTo(
            south.substring(0, south.indexOf("    barmanObjectStore:"))
                + """
                    plugin:
                      name: barman-cloud.cloudnative-pg.io
                      parameters:
                        barmanObjectName: store-north
                        serverName: pg-north
                """);
  }

  private static Choices named(String cluster) {
    return new Choices(
        each -> each.name().equals(cluster), Optional.of("store-north"), java.util.Set.of());
  }

  private static String text(Migration migration, String file) {
    assertThat(migration.files()).as(migration.moves().toString()).containsKey(file);
    return Optional.ofNullable(migration.files().get(file))
        .map(changed -> new String(changed.after(), StandardCharsets.UTF_8))
        .orElseThrow();
  }

  @Test
  void a_name_that_another_store_has_is_not_taken() throws IOException {
    var migration =
        migrate(
            releases(KnownReleases.newest(Product.CNPG)),
            Choices.NONE,
            Map.of(
                "app/cluster.yaml",
                """
                apiVersion: postgresql.cnpg.io/v1
                kind: Cluster
                metadata: {name: pg, namespace: db}
                spec:
                  instances: 3
                  backup: {barmanObjectStore: {destinationPath: "s3://a"}}
                ---
                apiVersion: barmancloud.cnpg.io/v1
                kind: ObjectStore
                metadata: {name: pg, namespace: db}
                spec: {configuration: {destinationPath: "s3://b"}}
                """));

    assertThat(migration.obstacles().map(Obstacle::kind)).containsExactly(Obstacle.Kind.NAME_TAKEN);
    assertThat(migration.files()).isEmpty();
  }

  @Test
  void two_clusters_of_one_file_are_moved_or_left_each_by_itself() throws IOException {
    var file =
        """
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: one, namespace: db}
        spec:
          instances: 3
          backup:
            barmanObjectStore:
              destinationPath: s3://a # first
        ---
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: alone, namespace: db}
        spec:
          instances: 1
          backup: {barmanObjectStore: {destinationPath: "s3://b"}}
        ---
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: two, namespace: db}
        spec:
          instances: 3
          backup:
            barmanObjectStore:
              destinationPath: s3://c # third
        """;

    var migration =
        migrate(
            releases(KnownReleases.newest(Product.CNPG)),
            Choices.NONE,
            Map.of("app/cluster.yaml", file));

    assertThat(migration.obstacles().map(Obstacle::kind))
        .containsExactly(Obstacle.Kind.ONE_INSTANCE);
    assertThat(text(migration, "app/objectstore.yaml")).contains("name: one", "s3://a # first");
    assertThat(text(migration, "app/two-objectstore.yaml")).contains("name: two", "s3://c # third");
    assertThat(text(migration, "app/kustomization.yaml"))
        .contains("- objectstore.yaml", "- two-objectstore.yaml");
    var plugin =
        """
          plugins:
            - name: barman-cloud.cloudnative-pg.io
              isWALArchiver: true
              parameters:
                barmanObjectName: %s
        """;
    assertThat(text(migration, "app/cluster.yaml"))
        .isEqualTo(
            file.replace(
                    "  backup:\n    barmanObjectStore:\n      destinationPath: s3://a # first\n",
                    plugin.formatted("one"))
                .replace(
                    "  backup:\n    barmanObjectStore:\n      destinationPath: s3://c # third\n",
                    plugin.formatted("two")));
  }

  @Test
  void a_store_that_says_the_same_is_used() throws IOException {
    var migration =
        migrate(
            releases(KnownReleases.newest(Product.CNPG)),
            Choices.NONE,
            Map.of(
                "app/cluster.yaml",
                """
                # The second document is the one to change.
                apiVersion: barmancloud.cnpg.io/v1
                kind: ObjectStore
                metadata: {name: common, namespace: db}
                spec: {configuration: {destinationPath: "s3://a"}}
                ---
                apiVersion: postgresql.cnpg.io/v1
                kind: Cluster
                metadata: {name: pg, namespace: db}
                spec:
                  instances: 3
                  backup: {barmanObjectStore: {destinationPath: "s3://a"}}
                """));

    assertThat(migration.files()).containsOnlyKeys("app/cluster.yaml");
    assertThat(text(migration, "app/cluster.yaml")).contains("barmanObjectName: common");
  }
}
