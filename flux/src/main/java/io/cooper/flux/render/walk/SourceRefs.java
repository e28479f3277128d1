package io.cooper.flux.render.walk;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.api.Kustomization.SourceRef;
import io.cooper.flux.api.NamespacedName;
import io.cooper.manifest.Manifest;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Which sources are this repository.
final class SourceRefs {
  /// What is known of a source.
  enum Standing {
    /// It is this repository.
    OWN,
    /// It is another one.
    EXTERNAL,
    /// Nothing defines it.
    MISSING
  }

  private final Set<String> addresses = new HashSet<>();
  private final Optional<SourceRef> entry;
  private Optional<String> adopted = Optional.empty();

  SourceRefs(Entry entry, Set<String> remotes) {
    this.entry = entry.kustomization().sourceRef();
    remotes.forEach(remote -> addresses.add(RepositoryAddress.normalised(remote)));
    entry.url().ifPresent(url -> addresses.add(RepositoryAddress.normalised(url)));
  }

  /// The standing of a Kustomization's source.
  ///
  /// @param pathExists whether its path is a folder of this repository
  Standing of(Kustomization flux, Catalog catalog, boolean pathExists) {
    var ref = flux.manifest().root().mapping("spec", "sourceRef");
    if (ref.isEmpty()) {
      return Standing.MISSING;
    }
    var kind = ref.get().text("kind").orElse("");
    var id =
        new NamespacedName(
            ref.get().text("namespace").orElse(flux.id().namespace()),
            ref.get().text("name").orElse(""));
    if (isEntrys(kind, id)) {
      return Standing.OWN;
    }
    var source = catalog.source(kind, id);
    if (source.isEmpty()) {
      return Standing.MISSING;
    }
    var url = source.get().text("spec", "url").map(RepositoryAddress::normalised).orElse("");
    if (addresses.contains(url) || (adopted.equals(Optional.of(url)) && !url.isEmpty())) {
      return Standing.OWN;
    }
    return mayAdopt(source.get(), flux, pathExists) && adopt(url)
        ? Standing.OWN
        : Standing.EXTERNAL;
  }

  private boolean isEntrys(String kind, NamespacedName id) {
    return entry.filter(own -> own.kind().equals(kind) && own.id().equals(id)).isPresent();
  }

  /// Where nobody says which address this repository has, as in a fork or an export, the first Git
  /// source whose Kustomization has a path of this repository is taken for it.
  private boolean mayAdopt(Manifest source, Kustomization flux, boolean pathExists) {
    return addresses.isEmpty()
        && source.kind().equals("GitRepository")
        && pathExists
        && !flux.path().isEmpty();
  }

  private synchronized boolean adopt(String url) {
    if (adopted.isEmpty()) {
      adopted = Optional.of(url);
    }
    return adopted.get().equals(url);
  }
}
