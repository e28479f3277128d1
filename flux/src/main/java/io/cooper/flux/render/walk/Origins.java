package io.cooper.flux.render.walk;

import io.cooper.flux.render.kustomize.FluxBuild.Built;
import io.cooper.flux.render.kustomize.SourceFiles;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Finds the document that a rendered object was made from, when somebody asks.
final class Origins {
  private final SourceFiles sources;

  Origins(SourceFiles sources) {
    this.sources = sources;
  }

  /// A supplier that looks once.
  ///
  /// @param built the object as kustomize gave it
  /// @param files all that the build read, for objects whose file kustomize does not tell
  Supplier<Optional<Mapping>> of(Built built, Set<String> files) {
    return new Supplier<>() {
      private Optional<Optional<Mapping>> found = Optional.empty();

      @Override
      public synchronized Optional<Mapping> get() {
        if (found.isEmpty()) {
          found = Optional.of(find(built, files));
        }
        return found.get();
      }
    };
  }

  private Optional<Mapping> find(Built built, Set<String> files) {
    var object = Manifest.asWritten(built.root());
    if (built.origin().isEmpty()) {
      return files.stream()
          .sorted()
          .filter(file -> file.endsWith(".yaml") || file.endsWith(".yml"))
          .filter(sources::contains)
          .flatMap(file -> sources.objects(file).like(object).stream())
          .findFirst()
          .map(Manifest::root);
    }
    var origin = built.origin().get();
    if (!sources.contains(origin.file())) {
      return Optional.empty();
    }
    return origin.generator()
        ? generator(origin.file(), object)
        : sources
            .objects(origin.file())
            .like(object)
            .map(Manifest::root)
            .or(() -> renamed(sources.objects(origin.file()).all(), object));
  }

  /// Of the objects of a file the one of this kind whose name has got a prefix or a suffix since,
  /// or comes from a variable.
  private static Optional<Mapping> renamed(List<Manifest> candidates, Manifest object) {
    var same =
        candidates.stream().filter(written -> written.is(object.group(), object.kind())).toList();
    return Stream.of(
            same.stream()
                .filter(written -> object.name().contains(written.name()))
                .max(Comparator.comparingInt(written -> written.name().length())),
            same.stream().filter(written -> written.name().contains("${")).findFirst(),
            same.stream().findFirst(),
            candidates.stream().findFirst())
        .flatMap(Optional::stream)
        .findFirst()
        .map(Manifest::root);
  }

  /// The entry of a kustomization file that generates the object.
  private Optional<Mapping> generator(String file, Manifest object) {
    var field = object.kind().equals("Secret") ? "secretGenerator" : "configMapGenerator";
    return sources.manifests(file).documents().stream()
        .filter(Mapping.class::isInstance)
        .map(Mapping.class::cast)
        .flatMap(document -> document.mappings(field))
        .filter(
            entry -> object.name().contains(entry.find("name").flatMap(Value::text).orElse("?")))
        .max(Comparator.comparingInt(entry -> entry.text("name").orElse("").length()))
        .or(() ->
            sources.manifests(file).documents().stream()
                .filter(Mapping.class::isInstance)
                .map(Mapping.class::cast)
                .findFirst());
  }
}
