package io.cooper.flux.render.kustomize;

import io.cooper.flux.render.kustomize.FluxBuild.Built;
import io.cooper.flux.render.kustomize.FluxBuild.Origin;
import io.cooper.flux.render.tool.WorkFolder;
import io.cooper.manifest.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Patches and images laid over objects that another program made, as helm-controller's
/// post-renderer does.
public final class Overlay {
  /// kustomize refuses; the message is its own.
  public static final class Refused extends Exception {
    Refused(String message) {
      super(message, null, false, false);
    }
  }

  private static final String ENDING = ".json";

  private final Kustomize kustomize;

  /// @param kustomize the binary
  public Overlay(Kustomize kustomize) {
    this.kustomize = kustomize;
  }

  /// The objects after `patches` and `images`, each with the origin that it had.
  ///
  /// @param fields `patches` and `images` as kustomization files have them; others are ignored
  public List<Built> over(List<Built> objects, Mapping fields) throws Refused {
    var content = new LinkedHashMap<String, Object>();
    var names = new ArrayList<String>();
    for (int i = 0; i < objects.size(); i++) {
      names.add("%06d%s".formatted(i, ENDING));
    }
    content.put("resources", names);
    for (var field : List.of("patches", "images")) {
      fields.get(field).ifPresent(value -> content.put(field, plain(value.plain())));
    }
    content.put("buildMetadata", List.of("originAnnotations"));
    content.put("sortOptions", Map.of("order", "fifo"));
    return WorkFolder.use(folder -> {
      for (int i = 0; i < objects.size(); i++) {
        WorkFolder.write(folder, names.get(i), Json.bytes(objects.get(i).root()));
      }
      WorkFolder.write(folder, "kustomization.yaml", Json.bytesOf(content));
      var run = kustomize.build(folder);
      if (!run.succeeded()) {
        throw new Refused(
            run.messages()
                .replace(folder + "/", "")
                .replace(folder.toString(), ".")
                .replaceFirst("^Error: ", "")
                .strip());
      }
      return new Output("", false)
          .objects(run.output()).stream().map(built -> placed(built, objects)).toList();
    });
  }

  private static Object plain(@Nullable Object value) {
    return value == null ? List.of() : value;
  }

  /// With the origin of the object that it was made of.
  private static Built placed(Built built, List<Built> before) {
    return built
        .origin()
        .map(Origin::file)
        .filter(file -> file.endsWith(ENDING))
        .map(file -> Integer.parseInt(file.substring(0, file.length() - ENDING.length())))
        .map(before::get)
        .map(old -> new Built(built.root().movedTo(old.root().place()), built.text(), old.origin()))
        .orElse(built);
  }
}
