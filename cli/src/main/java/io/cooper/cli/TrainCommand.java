package io.cooper.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `cooper train`: what the launcher runs once to fill the class cache. It checks a small
/// repository of its own, mistakes included, so that the classes a real check needs are in the
/// cache.
@Command(
    name = "train",
    hidden = true,
    description = "Exercises the program so that a class cache can be made.")
final class TrainCommand implements Callable<Integer> {
  private static final Map<String, String> REPOSITORY =
      Map.of(
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
          """,
          "clusters/one/apps.yaml",
          """
          apiVersion: kustomize.toolkit.fluxcd.io/v1
          kind: Kustomization
          metadata: {name: apps, namespace: flux-system}
          spec:
            interval: 10m
            path: ./apps
            prune: true
            dependsOn: [{name: missing}]
            sourceRef: {kind: GitRepository, name: flux-system}
            postBuild: {substitute: {NAME: app}}
          """,
          "apps/kustomization.yaml",
          """
          apiVersion: kustomize.config.k8s.io/v1beta1
          kind: Kustomization
          namespace: db
          resources: [database.yaml, backup.yaml]
          """,
          "apps/database.yaml",
          """
          apiVersion: postgresql.cnpg.io/v1
          kind: Cluster
          metadata: {name: "${NAME}"}
          spec:
            instances: 3
            plugins: [{name: barman-cloud.cloudnative-pg.io, parameters: {barmanObjectName: store}}]
          """,
          "apps/backup.yaml",
          """
          apiVersion: postgresql.cnpg.io/v1
          kind: ScheduledBackup
          metadata: {name: nightly}
          spec: {schedule: "0 3 * * *", method: plugin, cluster: {name: "${NAME}"}}
          """,
          ".gitignore",
          """
          *dump*
          """);

  @Override
  public Integer call() throws IOException {
    var root = Files.createTempDirectory("cooper-train-");
    try {
      for (var file : REPOSITORY.entrySet()) {
        var path = root.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      // Twice, for the cache is empty at first; in all forms, for each has classes of its own.
      for (var format : List.of("text", "json", "junit")) {
        run("check", root.toString(), "--format", format);
      }
      run("explain", root.resolve("apps/dump.yaml").toString());
      run("--help");
      return 0;
    } finally {
      delete(root);
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
