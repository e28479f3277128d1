package io.cooper.flux.render.helm;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.render.kustomize.FluxBuild.Built;
import io.cooper.flux.render.kustomize.Kustomize;
import io.cooper.flux.render.kustomize.Overlay;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What helm-controller does to Helm's output: `postRenderers` in order, then `commonMetadata`,
/// then its own labels. What lies in a chart's `crds/` folder passes by.
final class PostRender {
  private static final String HOOK = "helm.sh/hook";
  private static final String CRDS = "/crds/";

  private final HelmRelease release;
  private final Supplier<Kustomize> kustomize;
  private final List<Mapping> renderers;

  /// @param kustomize looked for only if there is a patch
  PostRender(HelmRelease release, Supplier<Kustomize> kustomize) {
    this.release = release;
    this.kustomize = kustomize;
    this.renderers =
        release
            .manifest()
            .root()
            .mappings("spec", "postRenderers")
            .flatMap(each -> each.mapping("kustomize").stream())
            .toList();
  }

  /// Everything that decides the outcome.
  Stream<String> marks() {
    return Stream.concat(
        Stream.of("postRenderers", "postRenderStrategy", "commonMetadata")
            .flatMap(field -> release.manifest().find("spec", field).stream())
            .map(Value::toString),
        Stream.of(
            release.toString(), renderers.isEmpty() ? "" : kustomize.get().version().toString()));
  }

  List<Built> over(List<Built> objects) throws Overlay.Refused {
    var result = new ArrayList<Built>();
    objects.stream().filter(PostRender::isFromCrds).forEach(result::add);
    var rest = objects.stream().filter(Predicate.not(PostRender::isFromCrds)).toList();
    switch (release.manifest().text("spec", "postRenderStrategy").orElse("combined")) {
      case "nohooks" -> {
        result.addAll(rest.stream().filter(PostRender::isHook).toList());
        result.addAll(all(rest.stream().filter(Predicate.not(PostRender::isHook)).toList()));
      }
      case "separate" -> {
        result.addAll(all(rest.stream().filter(PostRender::isHook).toList()));
        result.addAll(all(rest.stream().filter(Predicate.not(PostRender::isHook)).toList()));
      }
      default -> result.addAll(all(rest));
    }
    return result;
  }

  private List<Built> all(List<Built> objects) throws Overlay.Refused {
    var changed = objects;
    for (var renderer : renderers) {
      if (!changed.isEmpty()) {
        changed = new Overlay(kustomize.get()).over(changed, renderer);
      }
    }
    return changed.stream().map(this::labelled).toList();
  }

  private static boolean isFromCrds(Built object) {
    return object.origin().filter(origin -> origin.file().contains(CRDS)).isPresent()
        && object.root().text("kind").filter("CustomResourceDefinition"::equals).isPresent();
  }

  private static boolean isHook(Built object) {
    return object.root().find("metadata", "annotations", HOOK).isPresent();
  }

  private Built labelled(Built object) {
    var root = object.root();
    for (var field : List.of("labels", "annotations")) {
      var common = release.manifest().root().mapping("spec", "commonMetadata", field);
      for (var entry : common.stream().flatMap(Mapping::entries).toList()) {
        root = Scopes.with(root, entry.value().text().orElse(""), "metadata", field, entry.name());
      }
    }
    root =
        Scopes.with(root, release.id().name(), "metadata", "labels", HelmRelease.GROUP + "/name");
    root =
        Scopes.with(
            root, release.id().namespace(), "metadata", "labels", HelmRelease.GROUP + "/namespace");
    return new Built(root, object.text(), object.origin());
  }
}
