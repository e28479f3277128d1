package io.cooper.flux.render.kustomize;

import io.cooper.flux.render.kustomize.FluxBuild.Built;
import io.cooper.flux.render.tool.WorkFolder;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// One run of kustomize in a scratch folder that holds what the build reads and nothing else. The
/// user's tree is never written to.
final class BuildJob {
  /// kustomize refuses the build; the messages say why, with paths inside the artifact.
  static final class Refused extends Exception {
    private final String messages;

    Refused(String messages) {
      super(messages, null, false, false);
      this.messages = messages;
    }

    String messages() {
      return messages;
    }
  }

  /// Part of every key: one more when the meaning of a cached build changes.
  private static final String FORMAT = "1";

  private final SourceFiles sources;
  private final String folder;
  private final RootFile root;
  private final Mapping content;
  private final Inputs inputs;
  private final Kustomize kustomize;
  private final boolean traced;

  BuildJob(
      SourceFiles sources,
      String folder,
      RootFile root,
      Mapping content,
      Inputs inputs,
      Kustomize kustomize) {
    this.sources = sources;
    this.folder = folder;
    this.root = root;
    this.content = content;
    this.inputs = inputs;
    this.kustomize = kustomize;
    this.traced = root.keepsOrigins() || inputs.patches().stream().noneMatch(BuildJob::seesOrigins);
  }

  /// A JSON patch below `/metadata/annotations` works or fails by whether there are any, so for
  /// such builds kustomize is not asked for the annotation that names the file.
  private static boolean seesOrigins(Inputs.Patch patch) {
    return patch.text().contains("/metadata/annotations");
  }

  /// Names this build: everything that decides its result.
  String key() {
    var parts = new StringBuilder();
    parts.append(FORMAT).append('\n').append(kustomize.version()).append('\n');
    parts.append(folder).append('\n').append(Json.text(content)).append('\n');
    for (var file : inputs.files()) {
      if (!file.equals(root.file())) {
        var changed = inputs.replaced().get(file);
        parts
            .append(changed == null ? sources.nameOfBytes(file) : SourceFiles.sha256(changed))
            .append(' ')
            .append(file)
            .append('\0');
      }
    }
    inputs
        .replaced()
        .forEach((file, bytes) ->
            parts.append(SourceFiles.sha256(bytes)).append(' ').append(file).append('\0'));
    return SourceFiles.sha256(parts.toString().getBytes(StandardCharsets.UTF_8));
  }

  List<Built> run() throws Refused {
    var schema = PartialSchema.of(inputs, sources, kustomize.version());
    if (schema.isPresent()) {
      try {
        var objects = run(schema);
        if (schema.get().served(objects)) {
          return objects;
        }
      } catch (Refused _) {
        // The plain build decides what is refused, and why.
      }
    }
    return run(Optional.empty());
  }

  private List<Built> run(Optional<PartialSchema> schema) throws Refused {
    return WorkFolder.use(scratch -> run(scratch, schema));
  }

  private List<Built> run(Path scratch, Optional<PartialSchema> schema)
      throws IOException, Refused {
    for (var file : inputs.files()) {
      if (!file.equals(root.file())) {
        var changed = inputs.replaced().get(file);
        WorkFolder.write(scratch, file, changed == null ? sources.read(file) : changed);
      }
    }
    var fields = new LinkedHashMap<String, Mapping.Entry>();
    content.entries().forEach(entry -> fields.put(entry.key().source(), entry));
    if (traced && !root.keepsOrigins()) {
      var all = new ArrayList<>(content.items("buildMetadata").toList());
      all.add(scalar(RootFile.ORIGINS));
      fields.put("buildMetadata", entry("buildMetadata", new Sequence(content.place(), all)));
    }
    fields.putIfAbsent("sortOptions", entry("sortOptions", inOrder()));
    if (schema.isPresent()) {
      WorkFolder.write(scratch, Paths.child(folder, PartialSchema.FILE), schema.get().content());
      fields.put("openapi", entry("openapi", PartialSchema.reference(content.place())));
    }
    WorkFolder.write(scratch, root.file(), Json.bytes(new Mapping(content.place(), fields)));
    var run = kustomize.build(scratch.resolve(folder));
    if (!run.succeeded()) {
      throw new Refused(run.messages().replace(scratch + "/", "").replace(scratch.toString(), "."));
    }
    return new Output(folder, root.keepsOrigins()).objects(run.output());
  }

  /// The command sorts by kind unless told otherwise; Flux does not sort here.
  private Mapping inOrder() {
    return new Mapping(content.place(), java.util.Map.of("order", entry("order", scalar("fifo"))));
  }

  private Mapping.Entry entry(String name, Value value) {
    return new Mapping.Entry(scalar(name), value);
  }

  private Scalar scalar(String text) {
    return new Scalar(content.place(), text, text);
  }
}
