package io.cooper.flux.render.walk;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedKustomization.State;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.render.kustomize.FluxBuild;
import io.cooper.flux.render.kustomize.SourceFiles;
import io.cooper.flux.render.substitute.Variables;
import io.cooper.flux.render.walk.RenderOptions.Mode;
import io.cooper.flux.render.walk.SourceRefs.Standing;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Value;
import io.cooper.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/// One tree: breadth first from the entry, every child as its parent renders it. A child of a
/// namespace and name that has been met before is the same child.
///
/// What a Kustomization needs of the others – ConfigMaps, Secrets, sources – may be rendered after
/// it; the walk is then repeated with what is known by now, until nothing changes. Builds are made
/// once.
final class Walk {
  private static final int PASSES = 5;
  private static final int KUSTOMIZATIONS = 20_000;

  private record Visit(Kustomization flux, Optional<NamespacedName> parent) {}

  /// What a rendering asked the catalogue for, and was told.
  private record Answer(String question, Optional<Map<String, String>> values, boolean promised) {}

  private record Done(
      RenderedKustomization result, Set<Answer> answers, Optional<Standing> standing) {}

  /// A build of this walk, and the object it was made for.
  private record Remembered(Map<String, Object> flux, FluxBuild.Result result) {}

  private final RenderOptions options;
  private final Entry entry;
  private final SourceFiles sources;
  private final FluxBuild build;
  private final VariableSources given;
  private final ExecutorService threads;
  private final Progress progress;
  private final SourceRefs refs;
  private final Origins origins;
  private final Map<NamespacedName, Remembered> builds = new ConcurrentHashMap<>();
  private int done;
  private int known;

  Walk(
      RenderOptions options,
      Entry entry,
      SourceFiles sources,
      FluxBuild build,
      VariableSources given,
      ExecutorService threads,
      Progress progress) {
    this.options = options;
    this.entry = entry;
    this.sources = sources;
    this.build = build;
    this.given = given;
    this.threads = threads;
    this.progress = progress;
    this.refs = new SourceRefs(entry, options.remotes());
    this.origins = new Origins(sources);
  }

  RenderedTree tree() {
    var catalog = new Catalog();
    var start = entry.kustomization();
    var finished = pass(start, catalog);
    for (int i = 1; i < PASSES; i++) {
      var complete = catalogOf(finished);
      var variables = withGiven(complete);
      var rendered = itself(finished);
      if (rendered.isEmpty()
          && finished.stream().allMatch(each -> isStill(each, complete, variables))) {
        break;
      }
      start = rendered.orElse(start);
      finished = pass(start, complete);
    }
    return new RenderedTree(
        entry.folder(), sources.artifact(), finished.stream().map(Done::result).toList());
  }

  /// The entry as the entry renders it, if that is not what the walk began with: bootstrap's own
  /// kustomization file may patch it.
  private Optional<Kustomization> itself(List<Done> finished) {
    var first = finished.getFirst().result();
    return first.objects().stream()
        .filter(Kustomization::isOne)
        .map(Kustomization::new)
        .filter(flux -> flux.id().equals(first.id()))
        .filter(flux -> !spec(flux).equals(spec(first.kustomization())))
        .filter(flux -> flux.path().equals(first.kustomization().path()))
        .findFirst();
  }

  private static Object spec(Kustomization flux) {
    return flux.manifest().find("spec").map(Value::plain).map(Object.class::cast).orElse("");
  }

  private Catalog catalogOf(List<Done> finished) {
    var catalog = new Catalog();
    finished.forEach(each -> each.result().objects().forEach(catalog::add));
    return catalog;
  }

  /// Whether a rendering would come out the same with all that is known at the end.
  private boolean isStill(Done finished, Catalog complete, VariableSources variables) {
    boolean sameSource =
        finished.standing().filter(old -> old == Standing.MISSING).isEmpty()
            || standing(finished.result().kustomization(), complete) == Standing.MISSING;
    return sameSource
        && finished.answers().stream()
            .allMatch(answer -> answer.equals(answer(answer.question(), variables)));
  }

  private VariableSources withGiven(Catalog catalog) {
    var all = new VariableSources();
    all.addAll(catalog.variables());
    all.addAll(given);
    return all;
  }

  private List<Done> pass(Kustomization start, Catalog before) {
    done = 0;
    known = 1;
    var catalog = new Catalog();
    catalog.addAll(before);
    entry.source().ifPresent(catalog::add);
    var finished = new LinkedHashMap<NamespacedName, Done>();
    var seen = new HashSet<NamespacedName>();
    seen.add(start.id());
    var level = List.of(new Visit(start, Optional.empty()));
    while (!level.isEmpty()) {
      var results = all(level, catalog);
      var next = new ArrayList<Visit>();
      for (var result : results) {
        finished.put(result.result().id(), result);
        result.result().objects().forEach(catalog::add);
        result.result().objects().stream()
            .filter(Kustomization::isOne)
            .map(Kustomization::new)
            .filter(child -> seen.size() < KUSTOMIZATIONS && seen.add(child.id()))
            .forEach(child -> next.add(new Visit(child, Optional.of(result.result().id()))));
      }
      known += next.size();
      level = List.copyOf(next);
    }
    return List.copyOf(finished.values());
  }

  private List<Done> all(List<Visit> level, Catalog catalog) {
    var variables = withGiven(catalog);
    var running = new ArrayList<Future<Done>>();
    for (var visit : level) {
      running.add(
          threads.submit(() -> {
            var result = render(visit, catalog, variables);
            advanced(visit.flux().id());
            return result;
          }));
    }
    var results = new ArrayList<Done>();
    for (var each : running) {
      results.add(outcome(each));
    }
    return results;
  }

  private synchronized void advanced(NamespacedName last) {
    done++;
    progress.advanced(done, known, last);
  }

  private static Done outcome(Future<Done> running) {
    try {
      return running.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while rendering", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ProblemException problem) {
        throw problem;
      }
      throw new IllegalStateException("rendering broke off", e.getCause());
    }
  }

  private Done render(Visit visit, Catalog catalog, VariableSources variables) {
    var flux = visit.flux();
    var standing = standing(flux, catalog);
    if (visit.parent().isPresent() && standing != Standing.OWN) {
      return new Done(elsewhere(visit, standing), Set.of(), Optional.of(standing));
    }
    var result = built(flux);
    var problems = new ArrayList<>(result.problems());
    if (result.failed()) {
      return new Done(
          rendered(visit, State.FAILED, List.of(), problems, result, Optional.empty()),
          Set.of(),
          Optional.of(standing));
    }
    var answers = new HashSet<Answer>();
    var values = variables(flux, variables, answers, problems);
    var substitution = new Substitution(flux, values, options.mode(), origins, result.files());
    var objects = substitution.apply(result.objects());
    problems.addAll(substitution.problems());
    boolean refused = !substitution.problems().isEmpty();
    return new Done(
        rendered(
            visit,
            refused ? State.FAILED : State.RENDERED,
            substitution.isJudgeable() ? objects : List.of(),
            problems,
            result,
            Optional.of(digest(flux, values, result))),
        answers,
        Optional.of(standing));
  }

  private FluxBuild.Result built(Kustomization flux) {
    var wanted = flux.manifest().root().plain();
    var earlier = builds.get(flux.id());
    if (earlier != null && earlier.flux().equals(wanted)) {
      return earlier.result();
    }
    var result = build.build(sources, flux);
    builds.put(flux.id(), new Remembered(wanted, result));
    return result;
  }

  private static RenderedKustomization rendered(
      Visit visit,
      State state,
      List<Manifest> objects,
      List<RenderProblem> problems,
      FluxBuild.Result result,
      Optional<String> digest) {
    return new RenderedKustomization(
        visit.flux(),
        visit.parent(),
        state,
        objects,
        problems.stream().distinct().toList(),
        result.generated(),
        result.files(),
        digest);
  }

  /// The objects come from the build, from the fields of the Flux object that say what is
  /// substituted, and from the values.
  private String digest(Kustomization flux, Variables values, FluxBuild.Result result) {
    var all =
        String.join(
            "\n",
            result.key(),
            options.mode().toString(),
            String.valueOf(flux.manifest().root().plain()),
            values.toString());
    return SourceFiles.sha256(all.getBytes(StandardCharsets.UTF_8));
  }

  private Standing standing(Kustomization flux, Catalog catalog) {
    return refs.of(flux, catalog, sources.artifact().isFolder(flux.path()));
  }

  private static RenderedKustomization elsewhere(Visit visit, Standing standing) {
    var flux = visit.flux();
    var ref = flux.sourceRef();
    var name = ref.map(each -> each.kind() + "/" + each.id()).orElse("");
    boolean external = standing == Standing.EXTERNAL;
    var message =
        external
            ? "Kustomization %s comes from %s, which is another repository; it is not judged"
                .formatted(flux, name)
            : ref.isEmpty()
                ? "Kustomization %s has no sourceRef".formatted(flux)
                : "Kustomization %s waits for %s, which nothing defines".formatted(flux, name);
    var problem =
        new RenderProblem(
            external ? Kind.SOURCE_EXTERNAL : Kind.SOURCE_MISSING,
            flux.manifest().placeAt("spec", "sourceRef"),
            message,
            external
                ? "check that repository on its own"
                : "define the source, or name one that exists",
            Optional.of(name));
    return new RenderedKustomization(
        flux,
        visit.parent(),
        external ? State.EXTERNAL : State.FAILED,
        List.of(),
        List.of(problem),
        false,
        Set.of());
  }

  private Variables variables(
      Kustomization flux,
      VariableSources sourcesOfValues,
      Set<Answer> answers,
      List<RenderProblem> problems) {
    var values = new Variables();
    values.fallBackTo(options.variables());
    var webhook = answer(VariableSources.WEBHOOK, sourcesOfValues);
    answers.add(webhook);
    if (webhook.promised() && options.mode() == Mode.CHECK) {
      values.leaveOpen();
    }
    for (var from : flux.substituteFrom()) {
      var key = VariableSources.key(from.kind(), flux.id().namespace(), from.name());
      var answer = answer(key, sourcesOfValues);
      answers.add(answer);
      answer.values().ifPresent(found -> found.forEach(values::put));
      if (answer.values().isEmpty()) {
        if (options.mode() == Mode.CHECK) {
          values.leaveOpen();
        }
        if (!from.optional() && !answer.promised()) {
          problems.add(
              new RenderProblem(
                  Kind.VARIABLE_SOURCE_MISSING,
                  from.place(),
                  "Kustomization %s takes variables from %s, which nothing in the repository renders"
                      .formatted(flux, key),
                  "add it, mark it optional: true, or give its values with --vars",
                  Optional.of(key)));
        }
      }
    }
    flux.manifest()
        .root()
        .mapping("spec", "postBuild", "substitute")
        .ifPresent(own ->
            own.entries()
                .forEach(each ->
                    values.put(
                        String.valueOf(each.key().plain()), each.value().text().orElse(""))));
    return values;
  }

  private static Answer answer(String key, VariableSources variables) {
    return new Answer(key, variables.find(key), variables.isPromised(key));
  }
}
