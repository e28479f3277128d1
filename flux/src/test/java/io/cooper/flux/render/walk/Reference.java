package io.cooper.flux.render.walk;

import static org.junit.jupiter.api.Assumptions.abort;

import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Dialect;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.YamlReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.zeroturnaround.exec.ProcessExecutor;

/// The reference renderer, made of Flux's own packages, and how its result differs from ours.
final class Reference {
  private final Path binary;

  private Reference(Path binary) {
    this.binary = binary;
  }

  /// The renderer, or the test is skipped.
  static Reference found() {
    var home =
        Optional.ofNullable(System.getProperty("cooper.interop"))
            .or(() -> Optional.ofNullable(System.getenv("COOPER_INTEROP")));
    var folders =
        Stream.concat(
            home.map(each -> Path.of(each, "bin")).stream(),
            Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(Path::of));
    return folders
        .map(folder -> folder.resolve("flux-render"))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Reference::new)
        .orElseGet(() -> abort("flux-render is neither in COOPER_INTEROP/bin nor on the PATH"));
  }

  /// The regular files below a folder as an artifact: without links and without Git's own.
  static Artifact artifact(Path folder) {
    try (var all = Files.walk(folder)) {
      return new Artifact(
          folder,
          all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
              .map(path -> folder.relativize(path).toString())
              .filter(path -> !path.startsWith(".git/"))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What the reference makes of an entry: the objects of each Kustomization, or why not, by
  /// `NAMESPACE_NAME`.
  Map<String, Result> walk(Path repository, String entry, Path vars, Path scratch, boolean strict)
      throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                binary.toString(),
                "-repo",
                repository.toString(),
                "-walk",
                entry.isEmpty() ? "." : entry,
                "-output",
                scratch.toString(),
                "-vars",
                vars.toString()));
    if (strict) {
      command.add("-strict");
    }
    new ProcessExecutor().command(command).readOutput(true).execute();
    var results = new TreeMap<String, Result>();
    try (var files = Files.list(scratch)) {
      for (var file : files.toList()) {
        var name = file.getFileName().toString();
        var text = Files.readString(file);
        results.put(
            name.substring(0, name.lastIndexOf('.')),
            name.endsWith(".error")
                ? new Result(Optional.of(text), Map.of())
                : new Result(Optional.empty(), objects(text)));
      }
    }
    return results;
  }

  /// Objects by apiVersion, kind, namespace and name.
  record Result(Optional<String> error, Map<String, Map<String, Object>> objects) {}

  static Map<String, Map<String, Object>> objects(String yaml) {
    var parsed =
        new YamlReader(Dialect.KUBERNETES, YamlReader.Limits.RENDERED).read("reference", yaml);
    if (!parsed.faults().isEmpty()) {
      throw new AssertionError(parsed.faults());
    }
    var objects = new LinkedHashMap<String, Map<String, Object>>();
    for (var document : parsed.documents()) {
      var object = Manifest.asWritten((Mapping) document);
      objects.put(key(object), object.root().plain());
    }
    return objects;
  }

  static String key(Manifest object) {
    return object.apiVersion() + " " + object.id();
  }

  /// A vars file with all that our own render knows to be a ConfigMap or Secret.
  static String vars(RenderedTree tree) {
    var text = new StringBuilder();
    tree.objects()
        .filter(object -> object.is("", "ConfigMap") || object.is("", "Secret"))
        .forEach(object -> {
          var sources = new VariableSources();
          sources.add(object);
          var key = VariableSources.key(object.kind(), object.namespace(), object.name());
          text.append(
              "---\napiVersion: v1\nkind: %s\nmetadata: {namespace: %s, name: %s}\n%s:\n"
                  .formatted(
                      object.kind(),
                      quoted(object.namespace()),
                      quoted(object.name()),
                      object.kind().equals("Secret") ? "stringData" : "data"));
          sources
              .find(key)
              .orElseThrow()
              .forEach((name, value) ->
                  text.append("  %s: %s\n".formatted(quoted(name), quoted(value))));
          if (sources.find(key).orElseThrow().isEmpty()) {
            text.setLength(text.length() - 1);
            text.append(" {}\n");
          }
        });
    return text.toString();
  }

  private static String quoted(String text) {
    var out = new StringBuilder("\"");
    text.chars()
        .forEach(c -> {
          switch (c) {
            case '"', '\\' -> out.append('\\').append((char) c);
            case '\n' -> out.append("\\n");
            default -> {
              if (c < ' ') {
                out.append("\\u%04x".formatted(c));
              } else {
                out.append((char) c);
              }
            }
          }
        });
    return out.append('"').toString();
  }

  /// Every difference between our tree and the reference's, in words; none if they are equal.
  static List<String> differences(RenderedTree tree, Map<String, Result> reference) {
    var ours = new TreeMap<String, RenderedKustomization>();
    tree.kustomizations()
        .forEach(each -> {
          var id =
              each.id().equals(tree.kustomizations().getFirst().id())
                  ? Entry.FLUX_SYSTEM
                  : each.id();
          ours.putIfAbsent(id.namespace() + "_" + id.name(), each);
        });
    var differences = new ArrayList<String>();
    Set<String> names = new TreeSet<>(ours.keySet());
    names.addAll(reference.keySet());
    for (var name : names) {
      var mine = Optional.ofNullable(ours.get(name));
      var theirs = Optional.ofNullable(reference.get(name));
      if (mine.isEmpty() || theirs.isEmpty()) {
        differences.add(
            name
                + (mine.isEmpty()
                    ? ": only the reference has it"
                    : ": only we have it, " + mine.get().state()));
      } else if (theirs.get().error().isPresent() != (mine.get().state() != State.RENDERED)) {
        differences.add(
            "%s: we say %s %s, the reference says %s"
                .formatted(
                    name,
                    mine.get().state(),
                    mine.get().problems(),
                    theirs.get().error().orElse("rendered")));
      } else if (theirs.get().error().isEmpty()) {
        differences.addAll(objects(name, mine.get(), theirs.get()));
      }
    }
    return differences;
  }

  private static List<String> objects(String name, RenderedKustomization mine, Result theirs) {
    var objects = new LinkedHashMap<String, Map<String, Object>>();
    mine.objects().forEach(object -> objects.put(key(object), object.root().plain()));
    var differences = new ArrayList<String>();
    Set<String> keys = new TreeSet<>(objects.keySet());
    keys.addAll(theirs.objects().keySet());
    for (var key : keys) {
      var a = objects.get(key);
      var b = theirs.objects().get(key);
      if (a == null || b == null) {
        differences.add(
            "%s: %s: %s"
                .formatted(name, key, a == null ? "only the reference has it" : "only we have it"));
      } else if (!a.equals(b)) {
        differences.add("%s: %s: %s".formatted(name, key, first("", a, b)));
      }
    }
    if (differences.isEmpty()
        && !List.copyOf(objects.keySet()).equals(List.copyOf(theirs.objects().keySet()))) {
      differences.add(name + ": another order of objects");
    }
    return differences;
  }

  private static String first(String path, @Nullable Object a, @Nullable Object b) {
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      var keys = new TreeSet<String>();
      x.keySet().forEach(key -> keys.add(String.valueOf(key)));
      y.keySet().forEach(key -> keys.add(String.valueOf(key)));
      for (var key : keys) {
        if (!java.util.Objects.equals(x.get(key), y.get(key))
            || x.containsKey(key) != y.containsKey(key)) {
          return first(path + "/" + key, x.get(key), y.get(key));
        }
      }
    }
    if (a instanceof List<?> x && b instanceof List<?> y && x.size() == y.size()) {
      for (int i = 0; i < x.size(); i++) {
        if (!java.util.Objects.equals(x.get(i), y.get(i))) {
          return first(path + "/" + i, x.get(i), y.get(i));
        }
      }
    }
    return "%s: ours %s, the reference's %s".formatted(path, a, b);
  }
}
