package io.cooper.cli;

import io.cooper.backup.base.BackupSettings;
import io.cooper.backup.base.BaseBackup;
import io.cooper.backup.format.Codec;
import io.cooper.backup.format.ServerFolder;
import io.cooper.store.Retrying;
import io.cooper.store.StoreException;
import io.cooper.store.StoreUrl;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.sql.DataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `cooper train`: what the launcher runs once to fill the class cache. It checks the example and a
/// small repository with mistakes; `cooper train archive` archives WAL and a base backup instead.
/// So the classes that a real check or an archive_command needs are in the cache, and no others:
/// archives are written beside a database, where what is mapped of a cache counts as memory.
@Command(
    name = "train",
    hidden = true,
    description = "Exercises the program so that a class cache can be made.")
final class TrainCommand implements Callable<Integer> {
  private static final String EXAMPLE = "io/cooper/cli/training";

  private static final Map<String, String> REPOSITORY =
      Map.ofEntries(
          Map.entry(
              "clusters/one/flux-system/gotk-sync.yaml",
              """
              apiVersion: source.toolkit.fluxcd.io/v1
              kind: GitRepository
              metadata: {name: flux-system, namespace: flux-system}
              spec: {interval: 1m, url: "https://example.org/one.git", ref: {branch: main}}
              ---
              apiVersion: kustomize.toolkit.fluxcd.io/v1
              kind: Kustomization
              metadata: {name: flux-system, namespace: flux-system}
              spec:
                interval: 10m
                path: ./clusters/one
                prune: true
                sourceRef: {kind: GitRepository, name: flux-system}
              """),
          Map.entry(
              "clusters/one/settings.yaml",
              """
              apiVersion: v1
              kind: ConfigMap
              metadata: {name: settings, namespace: flux-system}
              data: {NAME: app, SIZE: 1Gi}
              """),
          Map.entry(
              "clusters/one/apps.yaml",
              """
              apiVersion: kustomize.toolkit.fluxcd.io/v1
              kind: Kustomization
              metadata: {name: apps, namespace: flux-system}
              spec:
                interval: 10m
                timeout: 5m
                path: ./apps
                prune: true
                wait: true
                components: [../part]
                dependsOn: [{name: missing}, {name: plain}]
                sourceRef: {kind: GitRepository, name: flux-system}
                postBuild:
                  substitute: {SCHEDULE: "0 3 * * *"}
                  substituteFrom: [{kind: ConfigMap, name: settings}]
                patches:
                  - patch: |
                      apiVersion: helm.toolkit.fluxcd.io/v2
                      kind: HelmRelease
                      metadata: {name: all}
                      spec: {maxHistory: 2}
                    target: {group: helm.toolkit.fluxcd.io, kind: HelmRelease}
              ---
              apiVersion: kustomize.toolkit.fluxcd.io/v1
              kind: Kustomization
              metadata: {name: plain, namespace: flux-system}
              spec:
                interval: 10m
                path: ./plain
                prune: true
                healthChecks: [{apiVersion: apps/v1, kind: Deployment, name: none, namespace: web}]
                sourceRef: {kind: GitRepository, name: flux-system}
              """),
          Map.entry(
              "part/kustomization.yaml",
              """
              apiVersion: kustomize.config.k8s.io/v1alpha1
              kind: Component
              resources: [limits.yaml]
              """),
          Map.entry(
              "part/limits.yaml",
              """
              apiVersion: v1
              kind: LimitRange
              metadata: {name: limits}
              spec: {limits: [{type: Container}]}
              """),
          Map.entry(
              "plain/operator.yaml",
              """
              apiVersion: v1
              kind: Namespace
              metadata: {name: web}
              ---
              apiVersion: apps/v1
              kind: Deployment
              metadata: {name: operator, namespace: web}
              spec:
                selector: {matchLabels: {app: operator}}
                template:
                  metadata: {labels: {app: operator}}
                  spec:
                    containers:
                      - name: manager
                        image: ghcr.io/cloudnative-pg/cloudnative-pg:1.27.0
              ---
              apiVersion: v1
              kind: Service
              metadata: {name: web, namespace: web, labels: {cnpg.io/pluginName: own.example.org}}
              spec: {ports: [{port: 80}]}
              """),
          // Not rendered, but validated: what most manifests in the world are made of.
          Map.entry(
              "more/workloads.yaml",
              """
              apiVersion: apps/v1
              kind: StatefulSet
              metadata: {name: web, namespace: web, annotations: {example.org/a: b}}
              spec:
                serviceName: web
                selector: {matchLabels: {app: web}}
                template:
                  metadata: {labels: {app: web}}
                  spec:
                    restartPolicy: Always
                    dnsPolicy: ClusterFirst
                    securityContext: {runAsNonRoot: true}
                    initContainers: [{name: first, image: "example.org/first:1"}]
                    containers:
                      - name: web
                        image: example.org/web:1
                        imagePullPolicy: Always
                        ports: [{name: http, containerPort: 80, protocol: TCP}]
                        env:
                          - {name: A, value: a}
                          - {name: B, valueFrom: {secretKeyRef: {name: keys, key: b}}}
                        livenessProbe: {httpGet: {path: /, port: http}}
                        readinessProbe: {tcpSocket: {port: 80}}
                        resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {memory: 128Mi}}
                        volumeMounts: [{name: data, mountPath: /data}, {name: tmp, mountPath: /tmp}]
                    volumes: [{name: tmp, emptyDir: {}}]
                volumeClaimTemplates:
                  - metadata: {name: data}
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
              ---
              apiVersion: batch/v1
              kind: CronJob
              metadata: {name: nightly, namespace: web}
              spec:
                schedule: "0 3 * * 1-5"
                jobTemplate:
                  spec:
                    template:
                      spec:
                        restartPolicy: Never
                        containers: [{name: job, image: "example.org/job:1"}]
              ---
              apiVersion: networking.k8s.io/v1
              kind: NetworkPolicy
              metadata: {name: web, namespace: web}
              spec:
                podSelector: {matchLabels: {app: web}}
                ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]
              ---
              apiVersion: v1
              kind: ConfigMap
              metadata: {name: web, namespace: web}
              data: {a.txt: text}
              binaryData: {b: AAAA}
              ---
              apiVersion: v1
              kind: ServiceAccount
              metadata: {name: web, namespace: web}
              ---
              apiVersion: apiextensions.k8s.io/v1
              kind: CustomResourceDefinition
              metadata: {name: webs.example.org}
              spec:
                group: example.org
                names: {kind: Web, plural: webs}
                scope: Namespaced
                versions:
                  - name: v1
                    served: true
                    storage: true
                    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}
              ---
              apiVersion: example.org/v1
              kind: Web
              metadata: {name: web, namespace: web}
              spec: {}
              """),
          Map.entry(
              "apps/kustomization.yaml",
              """
              apiVersion: kustomize.config.k8s.io/v1beta1
              kind: Kustomization
              namespace: db
              resources: [database.yaml, backup.yaml, release.yaml]
              configMapGenerator: [{name: made, literals: [a=1]}]
              """),
          Map.entry(
              "apps/database.yaml",
              """
              apiVersion: postgresql.cnpg.io/v1
              kind: Cluster
              metadata: {name: "${NAME}"}
              spec:
                instances: 3
                storage: {size: "${SIZE:=2Gi}"}
                plugins:
                  - name: barman-cloud.cloudnative-pg.io
                    isWALArchiver: true
                    parameters: {barmanObjectName: store}
              ---
              apiVersion: barmancloud.cnpg.io/v1
              kind: ObjectStore
              metadata: {name: store}
              spec:
                retentionPolicy: 30d
                configuration:
                  destinationPath: s3://bucket/
                  s3Credentials:
                    accessKeyId: {name: keys, key: id}
                    secretAccessKey: {name: keys, key: secret}
              """),
          Map.entry(
              "apps/backup.yaml",
              """
              apiVersion: postgresql.cnpg.io/v1
              kind: ScheduledBackup
              metadata: {name: nightly}
              spec:
                schedule: "${SCHEDULE}"
                method: plugin
                cluster: {name: "${NAME}"}
                pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}
              """),
          Map.entry(
              "apps/release.yaml",
              """
              apiVersion: helm.toolkit.fluxcd.io/v2
              kind: HelmRelease
              metadata: {name: cert-manager}
              spec:
                interval: 1h
                chartRef: {kind: OCIRepository, name: cert-manager}
                values: {crds: {enabled: true}}
              ---
              apiVersion: helm.toolkit.fluxcd.io/v2
              kind: HelmRelease
              metadata: {name: other}
              spec:
                interval: 1h
                dependsOn: [{name: cert-manager}]
                chart: {spec: {chart: other, sourceRef: {kind: HelmRepository, name: other}}}
              ---
              apiVersion: source.toolkit.fluxcd.io/v1
              kind: OCIRepository
              metadata: {name: cert-manager}
              spec: {interval: 1h, url: "oci://example.org/charts/cert-manager"}
              ---
              apiVersion: cert-manager.io/v1
              kind: Certificate
              metadata: {name: web}
              spec: {secretName: web, dnsNames: [example.org]}
              """),
          Map.entry(
              ".gitignore",
              """
              *dump*
              """));

  @Parameters(arity = "0..1")
  private String what = "check";

  @Override
  public Integer call() throws IOException {
    var root = Files.createTempDirectory("cooper-train-");
    try {
      if (what.equals("archive")) {
        archive(root.resolve("pgdata"));
        return 0;
      }
      if (what.equals("backup")) {
        backUp(root);
        return 0;
      }
      exampleTo(root.resolve("right"));
      train(root.resolve("right"));
      write(root.resolve("wrong"));
      train(root.resolve("wrong"));
      for (var folder : List.of("apps", "clusters", "plain", "more")) {
        run("validate", root.resolve("wrong").resolve(folder).toString());
      }
      run("explain", root.resolve("wrong/apps/dump.yaml").toString());
      run("--help");
      return 0;
    } finally {
      delete(root);
    }
  }

  private static void write(Path root) throws IOException {
    for (var file : REPOSITORY.entrySet()) {
      var path = root.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
  }

  /// Cooper's own example, which the build puts beside this class.
  private static void exampleTo(Path root) throws IOException {
    try {
      var home =
          Path.of(TrainCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(home)) {
        copy(home.resolve(EXAMPLE), root);
      } else {
        try (var jar = FileSystems.newFileSystem(home)) {
          copy(jar.getPath(EXAMPLE), root);
        }
      }
    } catch (URISyntaxException e) {
      throw new IOException("where this program lies cannot be told", e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var paths = Files.walk(from)) {
      for (var path : paths.toList()) {
        var target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }

  /// Twice and more, for the cache is empty at first; in all forms, for each has classes of its
  /// own.
  private static void train(Path root) {
    track(root);
    for (var format : List.of("text", "json", "junit", "sarif", "github", "markdown")) {
      run("check", root.toString(), "--format", format);
    }
  }

  /// Archives a segment and fetches it again, by the two ways of speaking to an S3 store.
  private static void archive(Path pgdata) throws IOException {
    System.setProperty("aws.accessKeyId", "train");
    System.setProperty("aws.secretAccessKey", "train");
    var segment = TrainedArchive.segment(pgdata);
    try (var store = new TrainedArchive()) {
      for (var profile : List.of("minio", "other")) {
        for (var compression : List.of("none", "lz4", "zstd", "gzip", "snappy")) {
          var archive =
              List.of(
                  "--store=s3://train/x",
                  "--endpoint=" + store.endpoint(),
                  "--region=us-east-1",
                  "--profile=" + profile,
                  "--server=" + TrainedArchive.serverName(profile, compression));
          run("wal", "archive", archive, "--compression=" + compression, segment.toString());
          run("backup", "list", archive);
          run(
              "wal",
              "restore",
              archive,
              Objects.requireNonNull(segment.getFileName()).toString(),
              segment + ".back");
        }
      }
    }
  }

  /// Takes base backups and restores them.
  private static void backUp(Path root) throws IOException {
    System.setProperty("aws.accessKeyId", "train");
    System.setProperty("aws.secretAccessKey", "train");
    var pgdata = root.resolve("cluster");
    var database = TrainedCluster.in(pgdata);
    try (var archive = new TrainedArchive()) {
      for (var codec : List.of(Codec.NONE, Codec.ZSTD, Codec.LZ4)) {
        var server = TrainedArchive.serverName("minio", codec.option());
        var options =
            List.of(
                "--store=s3://train/x",
                "--endpoint=" + archive.endpoint(),
                "--region=us-east-1",
                "--profile=minio",
                "--server=" + server);
        var settings = BackupSettings.of(pgdata).compressed(codec).awaitingWal(Optional.empty());
        backUp(database, archive.endpoint(), new ServerFolder(server), settings);
        run("backup", "list", options);
        run("backup", "restore", options, "--to=" + root.resolve(server));
        // Nobody answers there: this is for what asks.
        run(
            "backup",
            "run",
            options,
            "--pgdata=" + pgdata,
            "--dsn=host=127.0.0.1 port=1 user=train");
      }
    }
  }

  private static void backUp(
      DataSource database, String endpoint, ServerFolder server, BackupSettings settings)
      throws StoreException {
    var manner =
        new Stores.Manner(
            Optional.of(URI.create(endpoint)),
            Optional.of("minio"),
            Optional.of("us-east-1"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            OptionalInt.of(StoreOptions.PART));
    try (var store = new Stores(manner, Map.of()).open(StoreUrl.parse("s3://train/x")).store()) {
      new BaseBackup(database, Retrying.of(store), server, settings).run(_ -> {});
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void run(String command, String subcommand, List<String> options, String... more) {
    run(
        Stream.of(List.of(command, subcommand), options, List.of(more))
            .flatMap(List::stream)
            .toArray(String[]::new));
  }

  /// Makes it a repository; where there is no git, what belongs to git is not exercised. In a hook
  /// the environment points at the user's repository, which must not be touched.
  private static void track(Path root) {
    try {
      for (var command : List.of(List.of("git", "init", "-q"), List.of("git", "add", "-A"))) {
        var git = new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true);
        git.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        git.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
        git.start().waitFor();
      }
    } catch (IOException _) {
      // Training without git is poorer, and good enough.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void run(String... arguments) {
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Main.run(System.in, nowhere, nowhere, arguments);
  }

  private static void delete(Path root) throws IOException {
    try (var paths = Files.walk(root)) {
      paths
          .sorted(java.util.Comparator.reverseOrder())
          .forEach(path -> {
            try {
              Files.delete(path);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }
}
