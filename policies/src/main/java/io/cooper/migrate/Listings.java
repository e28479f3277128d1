package io.cooper.migrate;

import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.source.Kustomizations;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.policy.Repository;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Adds a file wherever a file beside it is listed, so that it reaches every cluster that the other
/// one reaches.
record Listings(Repository repository, FileDraft draft) {
  /// Adds a file.
  ///
  /// @param beside the file that it follows
  /// @return why that is not possible; empty if it was done, or nothing had to be
  Optional<String> add(String beside, String file) {
    boolean listed = false;
    for (var path : repository.artifact().files()) {
      if (Kustomizations.isFileName(path)) {
        var entry =
            repository.source().kustomizations().listings(path).stream()
                .filter(each -> each.field().equals("resources") && each.path().equals(beside))
                .findFirst();
        if (entry.isPresent()) {
          listed = true;
          var refusal = list(path, file, isDotted(path));
          if (refusal.isPresent()) {
            return refusal.map(reason -> "%s: %s".formatted(path, reason));
          }
        }
      }
    }
    return listed || isGenerated(beside)
        ? Optional.empty()
        : Optional.of("no kustomization file lists %s".formatted(beside));
  }

  private Optional<String> list(String kustomization, String file, boolean dotted) {
    var from = Path.of(kustomization).getParent();
    var relative =
        (from == null ? Path.of(file) : from.relativize(Path.of(file)))
            .toString()
            .replace('\\', '/');
    var entry = dotted && !relative.startsWith("..") ? "./" + relative : relative;
    return draft
        .first(kustomization)
        .map(document ->
            draft.change(
                document.place(), List.of(new YamlChange.Append(List.of("resources"), entry))))
        .orElseGet(() -> Optional.of("it is no map"));
  }

  /// Whether a file writes its entries as `./x.yaml`.
  private boolean isDotted(String kustomization) {
    return draft
        .first(kustomization)
        .filter(document ->
            document
                .items("resources")
                .flatMap(item -> item.text().stream())
                .anyMatch(text -> text.startsWith("./")))
        .isPresent();
  }

  /// Whether Flux lists every file of the folder by itself.
  private boolean isGenerated(String file) {
    return repository.trees().stream()
        .flatMap(tree -> tree.kustomizations().stream())
        .filter(RenderedKustomization::generated)
        .anyMatch(owner -> owner.filesRead().contains(file));
  }
}
