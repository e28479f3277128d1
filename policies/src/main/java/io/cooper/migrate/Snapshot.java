package io.cooper.migrate;

import io.cooper.flux.render.RenderedKustomization;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlWriter;
import io.cooper.policy.Repository;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/// A Cluster as the repository makes it today, in a file that can be applied again: without what a
/// server or Flux adds, under a name that no ignore rule hides, where Flux does not apply it.
///
/// @param file path relative to the root
/// @param text of the file
public record Snapshot(String file, String text) {
  private static final Set<String> OF_THE_SERVER =
      Set.of(
          "creationTimestamp",
          "generation",
          "managedFields",
          "resourceVersion",
          "selfLink",
          "uid",
          "deletionTimestamp",
          "ownerReferences");

  /// Labels and annotations that Flux and kubectl write.
  private static final String OF_TOOLS =
      "kustomize\\.toolkit\\.fluxcd\\.io/(name|namespace|checksum)"
          + "|config\\.kubernetes\\.io/.*|internal\\.config\\.kubernetes\\.io/.*"
          + "|kubectl\\.kubernetes\\.io/last-applied-configuration";

  /// Takes a snapshot.
  ///
  /// @param folder where to put it, relative to the root
  /// @throws io.cooper.problem.ProblemException if an ignore rule hides the file, or Flux would
  ///   apply it
  public static Snapshot of(Manifest cluster, String folder, Repository repository) {
    var name =
        cluster.namespace().isEmpty() ? cluster.name() : cluster.namespace() + "-" + cluster.name();
    var file = folder.isEmpty() ? name + ".yaml" : folder + "/" + name + ".yaml";
    var hidden = repository.source().fate(file).rule();
    if (hidden.isPresent()) {
      throw new Problem(
              Code.BAD_USE,
              file,
              "would not be in Git: hidden by " + hidden.get(),
              "name another folder with --output, or narrow the rule")
          .asException();
    }
    repository.trees().stream()
        .flatMap(tree -> tree.kustomizations().stream())
        .filter(RenderedKustomization::generated)
        .filter(owner -> isBelow(owner.kustomization().path(), file))
        .findFirst()
        .ifPresent(owner -> {
          throw new Problem(
                  Code.BAD_USE,
                  file,
                  "would be applied: Kustomization %s takes every file below %s"
                      .formatted(
                          owner.id(),
                          owner.kustomization().path().isEmpty()
                              ? "the root"
                              : owner.kustomization().path()),
                  "name a folder outside of it with --output")
              .asException();
        });
    var text =
        """
        # %s as the repository made it before it was moved to the Barman Cloud plugin.
        # Not applied by Flux. The way back: put this in place of %s.
        """
            .formatted(cluster, cluster.place().file());
    return new Snapshot(file, text + YamlWriter.write(List.of(stripped(cluster.root()))));
  }

  private static boolean isBelow(String folder, String file) {
    return folder.isEmpty() || file.startsWith(folder + "/");
  }

  private static Mapping stripped(Mapping object) {
    var entries = new LinkedHashMap<String, Mapping.Entry>();
    object
        .entries()
        .filter(entry -> !entry.name().equals("status"))
        .forEach(entry ->
            entries.put(
                entry.name(),
                entry.name().equals("metadata") && entry.value() instanceof Mapping metadata
                    ? new Mapping.Entry(entry.key(), metadata(metadata))
                    : entry));
    return new Mapping(object.place(), entries);
  }

  private static Mapping metadata(Mapping metadata) {
    var entries = new LinkedHashMap<String, Mapping.Entry>();
    metadata
        .entries()
        .filter(entry -> !OF_THE_SERVER.contains(entry.name()))
        .forEach(entry -> {
          Value value =
              List.of("labels", "annotations").contains(entry.name())
                      && entry.value() instanceof Mapping marks
                  ? own(marks)
                  : entry.value();
          if (!(value instanceof Mapping map && map.size() == 0)) {
            entries.put(entry.name(), new Mapping.Entry(entry.key(), value));
          }
        });
    return new Mapping(metadata.place(), entries);
  }

  private static Mapping own(Mapping marks) {
    var entries = new LinkedHashMap<String, Mapping.Entry>();
    marks
        .entries()
        .filter(entry -> !entry.name().matches(OF_TOOLS))
        .forEach(entry -> entries.put(entry.name(), entry));
    return new Mapping(marks.place(), entries);
  }
}
