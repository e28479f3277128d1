package io.cooper.policy.catalog;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.source.Artifact;
import io.cooper.flux.source.SourceTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.YamlReader;
import io.cooper.policy.Checker;
import io.cooper.policy.Policy;
import io.cooper.policy.Repository;
import io.cooper.policy.Verdict;
import io.cooper.policy.repair.Draft;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The fixture of one policy: a file of manifests beside it, in which `# finding: TEXT` marks the
/// lines where something must be found, with a part of its message.
record MarkedManifests(String file, String text) {
  private static final String MARK = "# finding:";

  static String pathOf(Policy policy) {
    return "/" + policy.getClass().getName().replace('.', '/') + ".yaml";
  }

  static MarkedManifests of(Policy policy) {
    var path = pathOf(policy);
    try (var stream = MarkedManifests.class.getResourceAsStream(path)) {
      if (stream == null) {
        throw new AssertionError("no fixture at src/test/resources" + path);
      }
      return new MarkedManifests(
          path.substring(1), new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What must be found, by line.
  TreeMap<Integer, String> marked() {
    var marks = new TreeMap<Integer, String>();
    var lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      int mark = lines.get(i).indexOf(MARK);
      if (mark >= 0) {
        marks.put(i + 1, lines.get(i).substring(mark + MARK.length()).strip());
      }
    }
    return marks;
  }

  List<Verdict> judgedBy(Policy policy) {
    return judgedBy(policy, new Artifact(Path.of("."), List.of()));
  }

  private List<Verdict> judgedBy(Policy policy, Artifact artifact) {
    return new Checker(List.of(policy), (_, severity) -> Optional.of(severity))
        .check(repository(artifact));
  }

  /// The text with all repairs made, round by round, until there is nothing left to repair.
  ///
  /// @param folder where the file can lie for this
  MarkedManifests repairedBy(Policy policy, Path folder) throws IOException {
    var path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
    var draft = new Draft(_ -> Optional.of(text.getBytes(StandardCharsets.UTF_8)));
    judgedBy(policy, new Artifact(folder, List.of(file))).stream()
        .flatMap(verdict -> verdict.finding().fix().stream())
        .forEach(draft::make);
    var changed = draft.files().get(file);
    return changed == null
        ? this
        : new MarkedManifests(file, new String(changed.after(), StandardCharsets.UTF_8))
            .repairedBy(policy, folder);
  }

  /// What the repaired file should be; empty where the policy cannot repair.
  static Optional<String> fixedOf(Policy policy) throws IOException {
    try (var stream =
        MarkedManifests.class.getResourceAsStream(
            pathOf(policy).replaceFirst("\\.yaml$", ".fixed.yaml"))) {
      return stream == null
          ? Optional.empty()
          : Optional.of(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /// All documents as what one Kustomization renders.
  private Repository repository(Artifact artifact) {
    var yaml = YamlReader.ofSources().read(file, text);
    if (!yaml.faults().isEmpty()) {
      throw new AssertionError(yaml.faults());
    }
    var owner =
        YamlReader.ofSources()
            .read(
                "owner.yaml",
                """
                apiVersion: kustomize.toolkit.fluxcd.io/v1
                kind: Kustomization
                metadata: {name: fixture, namespace: flux-system}
                """);
    var rendered =
        new RenderedKustomization(
            new Kustomization(Manifest.asWritten((Mapping) owner.documents().getFirst())),
            Optional.empty(),
            RenderedKustomization.State.RENDERED,
            yaml.manifests().toList(),
            List.of(),
            false,
            Set.of(file));
    return new Repository(
        SourceTree.of(artifact),
        List.of(new RenderedTree("clusters/fixture", artifact, List.of(rendered))));
  }
}
