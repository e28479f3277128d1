package io.cooper.flux.render.helm;

import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.flux.render.RenderedRelease;
import io.cooper.flux.render.RenderedRelease.State;
import io.cooper.flux.render.helm.Refusal.Complaint;
import io.cooper.flux.render.kustomize.BuildCache;
import io.cooper.flux.render.kustomize.FluxBuild.Built;
import io.cooper.flux.render.kustomize.FluxBuild.Origin;
import io.cooper.flux.render.kustomize.Json;
import io.cooper.flux.render.kustomize.Kustomize;
import io.cooper.flux.render.kustomize.Overlay;
import io.cooper.flux.render.kustomize.SourceFiles;
import io.cooper.flux.render.tool.WorkFolder;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Value;
import io.cooper.problem.Code;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One release: the chart made whole, its values, helm, and what helm says.
final class ChartRun {
  /// Part of every key: one more when the meaning of a cached run changes.
  private static final String FORMAT = "helm 1";

  /// helm refuses the chart, or what it made is refused.
  private static final class Refused extends Exception {
    private final List<RenderProblem> problems;

    Refused(List<RenderProblem> problems) {
      super("refused", null, false, false);
      this.problems = problems;
    }
  }

  /// What every run of a tree has in common.
  ///
  /// @param helm the binary, if there is one
  /// @param kustomize for post-renderers
  /// @param kubernetes version that charts are told
  /// @param apis `group/version` and `group/version/Kind` that charts are told of, beside helm's
  ///   own
  record Setting(
      Optional<Helm> helm,
      Supplier<Kustomize> kustomize,
      BuildCache cache,
      SourceFiles sources,
      String kubernetes,
      List<String> apis) {}

  private final Setting setting;
  private final ChartRequest request;
  private final LocalChart chart;
  private final List<RenderProblem> problems = new ArrayList<>();

  ChartRun(Setting setting, ChartRequest request) {
    this.setting = setting;
    this.request = request;
    this.chart = new LocalChart(setting.sources(), request.chart());
  }

  /// The end of it, without namespaces.
  RenderedRelease result() {
    if (!LocalChart.isThere(setting.sources().artifact(), request.chart())) {
      problem(request.place(), absent(), "correct the path, or add the chart to Git");
      return ended(State.FAILED, List.of());
    }
    problems.addAll(request.values().problems());
    var defaults = defaults();
    boolean remote = missing();
    if (problems.stream().anyMatch(each -> !each.harmless())) {
      return ended(State.FAILED, List.of());
    }
    if (remote) {
      return ended(State.REMOTE, List.of());
    }
    if (request.values().unknown()) {
      return ended(State.UNKNOWN_VALUES, List.of());
    }
    if (setting.helm().isEmpty()) {
      return ended(State.NO_HELM, List.of());
    }
    try {
      return ended(
          State.RENDERED,
          setting.cache().get(key(defaults), () -> run(setting.helm().get(), defaults)));
    } catch (Refused e) {
      problems.addAll(e.problems);
    } catch (ProblemException e) {
      if (e.problem().code() == Code.TOOL_MISSING) {
        throw e;
      }
      problem(
          request.place(),
          "%s: helm failed on %s: %s"
              .formatted(request.title(), request.chart(), e.problem().what()),
          e.problem().remedy());
    }
    return ended(State.FAILED, List.of());
  }

  private String absent() {
    var artifact = setting.sources().artifact();
    return artifact.isFolder(request.chart())
        ? "%s installs the chart %s, which has no Chart.yaml"
            .formatted(request.title(), request.chart())
        : "%s installs the chart %s, which is not in the artifact"
            .formatted(request.title(), request.chart());
  }

  private RenderedRelease ended(State state, List<Built> objects) {
    var outlines = new Outlines(setting.sources());
    return new RenderedRelease(
        request.id(),
        request.release(),
        request.owner(),
        request.chart(),
        request.title(),
        state,
        objects.stream().map(built -> Manifest.rendered(built.root(), outlines.of(built))).toList(),
        problems,
        chart.files());
  }

  /// The files that take the place of the chart's own values, merged.
  private Optional<byte[]> defaults() {
    if (request.valuesFiles().isEmpty()) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> merged = new LinkedHashMap<>();
    for (var file : request.valuesFiles()) {
      if (!setting.sources().artifact().contains(file.path())) {
        if (!request.ignoreMissing()) {
          problem(
              file.place(),
              "%s takes values from %s, which is not in the artifact"
                  .formatted(request.title(), file.path()),
              "name files relative to the root of the repository");
        }
        continue;
      }
      var values = values(file.path());
      if (values.isPresent()) {
        merged = ValueMerge.merged(merged, ReleaseValues.of(values.get()).values());
      }
    }
    if (!chart.isArchive()
        && !setting
            .sources()
            .artifact()
            .contains(LocalChart.child(request.chart(), LocalChart.VALUES))) {
      problem(
          request.valuesFiles().getFirst().place(),
          "%s names valuesFiles for the chart %s, which has no values.yaml that they could replace"
              .formatted(request.title(), request.chart()),
          "add an empty values.yaml to the chart");
    }
    return Optional.of(Json.bytesOf(merged));
  }

  private Optional<Mapping> values(String file) {
    var parsed = setting.sources().manifests(file);
    var fault =
        parsed.faults().stream()
            .filter(each -> !each.problem().what().startsWith("key "))
            .findFirst();
    if (fault.isPresent()) {
      problem(fault.get().place(), fault.get().problem().what(), fault.get().problem().remedy());
      return Optional.empty();
    }
    var first = parsed.documents().stream().findFirst();
    if (first.filter(document -> !(document instanceof Mapping)).isPresent()) {
      problem(
          first.map(Value::place).orElse(Place.startOf(file)),
          "%s takes values from %s, which is no map of values".formatted(request.title(), file),
          "write keys with values");
      return Optional.empty();
    }
    return first.map(Mapping.class::cast);
  }

  /// @return whether a chart that this one needs lies on the network
  private boolean missing() {
    boolean remote = false;
    for (var each : chart.missing()) {
      if (each.remote()) {
        remote = true;
      } else {
        problem(
            each.place(),
            each.repository().isEmpty()
                ? "the chart %s needs %s, which does not lie in its folder charts/"
                    .formatted(request.chart(), each.name())
                : "the chart %s needs %s from %s, where no chart is"
                    .formatted(request.chart(), each.name(), each.repository()),
            "add it there, or name the repository that it comes from");
      }
    }
    return remote;
  }

  private void problem(Place place, String message, String remedy) {
    problems.add(chartProblem(place, message, remedy));
  }

  private static RenderProblem chartProblem(Place place, String message, String remedy) {
    return new RenderProblem(Kind.CHART, place, message, remedy, Optional.empty());
  }

  private Optional<PostRender> postRender() {
    return request.release().map(release -> new PostRender(release, setting.kustomize()));
  }

  private String key(Optional<byte[]> defaults) {
    var parts = new ArrayList<String>();
    parts.add(FORMAT);
    parts.add(setting.helm().map(helm -> helm.version().toString()).orElse(""));
    parts.add(setting.kubernetes());
    parts.addAll(setting.apis());
    parts.addAll(List.of(request.name(), request.namespace(), request.chart()));
    parts.add("%s %s".formatted(request.crds(), request.schema()));
    parts.add(new String(Json.bytesOf(request.values().values()), StandardCharsets.UTF_8));
    parts.add(defaults.map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse(""));
    chart.marks().forEach(parts::add);
    postRender().ifPresent(post -> post.marks().forEach(parts::add));
    return SourceFiles.sha256(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
  }

  private List<Built> run(Helm helm, Optional<byte[]> defaults) throws Refused {
    return WorkFolder.<List<Built>, Refused>use(folder -> run(helm, defaults, folder));
  }

  private List<Built> run(Helm helm, Optional<byte[]> defaults, Path folder)
      throws IOException, Refused {
    var root = chart.writeTo(folder, defaults);
    WorkFolder.write(folder, "values.json", Json.bytesOf(request.values().values()));
    var home = Files.createDirectory(folder.resolve("home"));
    var arguments = arguments(root, folder.resolve("values.json"));
    var run = helm.template(home, arguments);
    if (!run.succeeded()) {
      throw new Refused(refused(helm, home, arguments, run.messages().replace(folder + "/", "")));
    }
    var output = new ChartOutput(chart).read(run.output());
    if (!output.problems().isEmpty()) {
      throw new Refused(output.problems());
    }
    return postRendered(output.objects());
  }

  private List<String> arguments(Path root, Path values) {
    var arguments = new ArrayList<String>();
    arguments.addAll(List.of(request.name(), root.toString()));
    arguments.addAll(List.of("--namespace", request.namespace()));
    arguments.addAll(List.of("--values", values.toString()));
    arguments.addAll(List.of("--kube-version", setting.kubernetes(), "--skip-tests"));
    if (request.crds()) {
      arguments.add("--include-crds");
    }
    if (!request.schema()) {
      arguments.add("--skip-schema-validation");
    }
    setting.apis().forEach(api -> arguments.addAll(List.of("--api-versions", api)));
    return arguments;
  }

  private List<Built> postRendered(List<Built> objects) throws Refused {
    var post = postRender();
    if (post.isEmpty()) {
      return objects;
    }
    try {
      return post.get().over(objects);
    } catch (Overlay.Refused e) {
      var release = request.release().orElseThrow();
      throw new Refused(
          List.of(
              chartProblem(
                  release.manifest().placeAt("spec", "postRenderers"),
                  "%s: a post-renderer is refused: %s"
                      .formatted(request.title(), brief(e.getMessage())),
                  "correct spec.postRenderers")));
    }
  }

  private static String brief(@Nullable String text) {
    var plain = String.valueOf(text).replaceAll("\\s+", " ");
    return plain.length() <= 600 ? plain : plain.substring(0, 600) + " …";
  }

  private List<RenderProblem> refused(
      Helm helm, Path home, List<String> arguments, String messages) {
    return Refusal.in(messages).stream()
        .map(complaint ->
            switch (complaint) {
              case Complaint.InTemplate in -> inTemplate(in);
              case Complaint.NoYaml no -> noYaml(no, helm, home, arguments);
              case Complaint.InValue in -> inValue(in);
              case Complaint.Whole(var what) ->
                  chartProblem(
                      whole(what),
                      "%s: helm refuses %s: %s".formatted(request.title(), request.chart(), what),
                      "correct the chart; `helm template %s` shows the same"
                          .formatted(request.chart()));
            })
        .toList();
  }

  /// What helm says of a file of the chart stands in that file.
  private Place whole(String what) {
    return List.of(LocalChart.VALUES, LocalChart.METADATA).stream()
        .filter(name -> what.contains(name))
        .flatMap(name -> chart.file("chart/" + name).stream())
        .findFirst()
        .map(Place::startOf)
        .orElseGet(chart::place);
  }

  private RenderProblem inTemplate(Complaint.InTemplate in) {
    return chartProblem(
        chart.file(in.file()).map(file -> Refusal.place(file, in)).orElseGet(chart::place),
        "%s fails in %s:%d: %s".formatted(request.title(), in.file(), in.line(), in.what()),
        "give the values that the template asks for, or let it do without them");
  }

  /// helm counts lines of what the template has made. With `--debug` it shows that, too; the line
  /// of the template is the one that begins alike.
  private RenderProblem noYaml(Complaint.NoYaml no, Helm helm, Path home, List<String> arguments) {
    var place =
        chart
            .file(no.file())
            .map(file -> {
              var debug = new ArrayList<>(arguments);
              debug.add("--debug");
              var made = helm.template(home, debug).output();
              int line =
                  MadeLine.of(
                      made,
                      no.file(),
                      no.line(),
                      new String(setting.sources().read(file), StandardCharsets.UTF_8));
              return new Place(file, line, 1);
            })
            .orElseGet(chart::place);
    return chartProblem(
        place,
        "%s: what the template %s makes is no YAML: %s"
            .formatted(request.title(), no.file(), no.what()),
        "look at the indentation of values that the template prints, and quote texts");
  }

  private RenderProblem inValue(Complaint.InValue in) {
    var path = new ArrayList<>(in.path());
    var own = request.values().placeOf(path);
    var place =
        own.or(() ->
                chart
                    .defaults()
                    .flatMap(values -> values.find(path.toArray(String[]::new)))
                    .map(Value::place))
            .or(() ->
                request.release().map(release -> release.manifest().placeAt("spec", "values")))
            .orElse(request.place());
    return chartProblem(
        place,
        "%s: the chart %s does not allow the value%s: %s"
            .formatted(
                request.title(),
                in.chart(),
                path.isEmpty() ? "s" : " of " + path.stream().collect(Collectors.joining(".")),
                in.what()),
        "see values.schema.json of the chart for what it allows");
  }

  /// Finds the piece of a template that an object was made of.
  private static final class Outlines {
    private final SourceFiles sources;
    private final Map<String, TemplateOutline> known = new LinkedHashMap<>();

    Outlines(SourceFiles sources) {
      this.sources = sources;
    }

    Supplier<Optional<Mapping>> of(Built built) {
      return new Supplier<>() {
        private Optional<Optional<Mapping>> found = Optional.empty();

        @Override
        public synchronized Optional<Mapping> get() {
          if (found.isEmpty()) {
            found =
                Optional.of(built.origin().map(Origin::file).flatMap(file -> find(file, built)));
          }
          return found.get();
        }
      };
    }

    private synchronized Optional<Mapping> find(String file, Built built) {
      var object = Manifest.asWritten(built.root());
      if (file.contains("/crds/")) {
        return sources.objects(file).like(object).map(Manifest::root);
      }
      return known
          .computeIfAbsent(
              file,
              path ->
                  TemplateOutline.of(path, new String(sources.read(path), StandardCharsets.UTF_8)))
          .find(object);
    }
  }
}
