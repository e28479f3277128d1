package io.cooper.flux.render.helm;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.HelmRelease.ValuesSource;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.render.substitute.Placeholder;
import io.cooper.manifest.Dialect;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The values that a release gives its chart, and where each of them is written.
///
/// @param values merged as helm-controller merges them
/// @param problems what helm-controller would refuse
/// @param unknown whether some of them are in the cluster only
/// @param layers where values are written, the strongest first
record ReleaseValues(
    Map<String, @Nullable Object> values,
    List<RenderProblem> problems,
    boolean unknown,
    List<Layer> layers) {

  /// One place that values come from.
  ///
  /// @param content as it is written
  /// @param manifest whose values these are, so that places lead into the file a person edits;
  ///   empty if the content itself stands in a file
  /// @param place of all of it, where the content has no places of its own
  record Layer(Mapping content, Optional<Manifest> manifest, Optional<Place> place) {
    private Optional<Place> placeOf(List<String> path) {
      return content
          .find(path.toArray(String[]::new))
          .map(value ->
              place
                  .or(() -> manifest.map(object -> object.placeOf(value)))
                  .orElseGet(value::place));
    }
  }

  /// The place of a value, or of the deepest one above it that somebody has written.
  Optional<Place> placeOf(List<String> path) {
    for (int depth = path.size(); depth > 0; depth--) {
      var part = path.subList(0, depth);
      var found = layers.stream().flatMap(layer -> layer.placeOf(part).stream()).findFirst();
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /// No values but those of the chart.
  static ReleaseValues none() {
    return new ReleaseValues(new LinkedHashMap<>(), List.of(), false, List.of());
  }

  /// The values of one file.
  static ReleaseValues of(Mapping file) {
    return new ReleaseValues(
        copy(file), List.of(), false, List.of(new Layer(file, Optional.empty(), Optional.empty())));
  }

  @SuppressWarnings({"unchecked", "NullAway"})
  private static Map<String, @Nullable Object> copy(Mapping mapping) {
    return (Map<String, @Nullable Object>) (Map<?, ?>) mapping.plain();
  }

  /// ConfigMaps and Secrets of a tree, by the name that `valuesFrom` calls them.
  static final class Objects {
    private record Key(String kind, String namespace, String name) {}

    private final Map<Key, Manifest> objects = new HashMap<>();
    private final Set<Key> promised = new HashSet<>();

    Objects(RenderedTree tree) {
      tree.kustomizations().stream().flatMap(each -> each.objects().stream()).forEach(this::add);
    }

    private void add(Manifest object) {
      if (object.is("", "ConfigMap") || object.is("", "Secret")) {
        objects.put(new Key(object.kind(), object.namespace(), object.name()), object);
      } else if (object.is("external-secrets.io", "ExternalSecret")) {
        promised.add(
            new Key(
                "Secret",
                object.namespace(),
                object.text("spec", "target", "name").orElse(object.name())));
      } else if (object.is("bitnami.com", "SealedSecret")) {
        promised.add(new Key("Secret", object.namespace(), object.name()));
      }
    }

    /// Merges what a release asks for.
    ReleaseValues of(HelmRelease release) {
      return new Merging(this, release).result();
    }
  }

  /// One merge, with what it finds on the way.
  private static final class Merging {
    private final Objects objects;
    private final HelmRelease release;
    private final ValueMerge merge;
    private final Optional<Mapping> inline;
    private final List<RenderProblem> problems = new ArrayList<>();
    private final List<Layer> layers = new ArrayList<>();
    private boolean unknown;

    Merging(Objects objects, HelmRelease release) {
      this.objects = objects;
      this.release = release;
      this.inline = release.manifest().root().mapping("spec", "values");
      this.merge = new ValueMerge(inline.map(ReleaseValues::copy).orElseGet(LinkedHashMap::new));
    }

    ReleaseValues result() {
      release.valuesFrom().forEach(this::add);
      inline.ifPresent(values ->
          layers.addFirst(new Layer(values, Optional.of(release.manifest()), Optional.empty())));
      return new ReleaseValues(merge.values(), problems, unknown, layers);
    }

    private void add(ValuesSource source) {
      if (!source.kind().equals("ConfigMap") && !source.kind().equals("Secret")) {
        problem(
            source,
            "%s takes values from a %s; only ConfigMaps and Secrets can be named"
                .formatted(name(), source.kind()),
            "write kind: ConfigMap or kind: Secret");
        return;
      }
      var key = new Objects.Key(source.kind(), release.id().namespace(), source.name());
      var object = Optional.ofNullable(objects.objects.get(key));
      if (object.isEmpty()) {
        absent(source, key);
        return;
      }
      var text = data(object.get(), source.key());
      if (text.isEmpty()) {
        if (!source.optional()) {
          problem(
              source,
              "%s takes values from %s, which has no key %s"
                  .formatted(name(), object.get().id(), source.key()),
              "add the key, correct valuesKey, or mark the entry optional: true");
        }
        return;
      }
      add(source, object.get(), text.get());
    }

    private String name() {
      return "HelmRelease " + release;
    }

    private void absent(ValuesSource source, Objects.Key key) {
      // An optional object may be in the cluster, too; then nobody can say what it holds.
      if (source.optional()) {
        return;
      }
      unknown = true;
      if (!objects.promised.contains(key)) {
        problems.add(
            new RenderProblem(
                Kind.CHART_VALUES_MISSING,
                source.place(),
                "%s takes values from %s/%s/%s, which nothing in the repository renders"
                    .formatted(name(), key.kind(), key.namespace(), key.name()),
                "add it, or mark the entry optional: true",
                Optional.of(key.kind() + "/" + key.namespace() + "/" + key.name())));
      }
    }

    /// The text of a key. What SOPS has encrypted is a placeholder.
    private static Optional<String> data(Manifest object, String key) {
      if (object.kind().equals("Secret")) {
        return object
            .text("stringData", key)
            .or(() -> object.text("data", key).map(text -> decoded(key, text)))
            .map(text -> isEncrypted(text) ? Placeholder.of(key) : text);
      }
      return object.text("data", key).map(text -> isEncrypted(text) ? Placeholder.of(key) : text);
    }

    private static boolean isEncrypted(String text) {
      return text.startsWith("ENC[");
    }

    private static String decoded(String key, String text) {
      if (isEncrypted(text)) {
        return text;
      }
      try {
        return new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException _) {
        return Placeholder.of(key);
      }
    }

    private void add(ValuesSource source, Manifest object, String text) {
      if (source.targetPath().isPresent()) {
        try {
          if (source.literal()) {
            merge.literal(source.targetPath().get(), text);
          } else {
            merge.path(source.targetPath().get(), text);
          }
        } catch (SetLine.Refused e) {
          problem(
              source,
              "%s cannot put %s of %s at %s: %s"
                  .formatted(
                      name(), source.key(), object.id(), source.targetPath().get(), e.getMessage()),
              "correct targetPath, or set literal: true for text with commas and braces");
        }
        return;
      }
      if (Placeholder.isIn(text)) {
        unknown = true;
        return;
      }
      var place =
          object.placeAt(object.find("data").isPresent() ? "data" : "stringData", source.key());
      var parsed =
          new YamlReader(Dialect.KUBERNETES, YamlReader.Limits.SOURCE).read(source.key(), text);
      var fault =
          parsed.faults().stream()
              .filter(each -> !each.problem().what().startsWith("key "))
              .findFirst();
      var first = parsed.documents().stream().findFirst();
      if (fault.isPresent() || first.filter(document -> !isMap(document)).isPresent()) {
        problem(
            source,
            "%s takes values from %s of %s, which is %s"
                .formatted(
                    name(),
                    source.key(),
                    object.id(),
                    fault
                        .map(each -> "no YAML: " + each.problem().what())
                        .orElse("no map of values")),
            "write a map of values, or name a targetPath for a single one");
        return;
      }
      first
          .filter(Mapping.class::isInstance)
          .map(Mapping.class::cast)
          .ifPresent(values -> {
            merge.file(copy(values));
            layers.addFirst(new Layer(values, Optional.empty(), Optional.of(place)));
          });
    }

    private static boolean isMap(Value document) {
      return document instanceof Mapping || document.plain() == null;
    }

    private void problem(ValuesSource source, String message, String remedy) {
      problems.add(
          new RenderProblem(Kind.CHART, source.place(), message, remedy, Optional.empty()));
    }
  }
}
