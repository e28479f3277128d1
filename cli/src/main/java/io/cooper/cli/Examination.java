package io.cooper.cli;

import io.cooper.flux.api.SourcePath;
import io.cooper.flux.release.DeployedReleases;
import io.cooper.flux.remote.VendoredFiles;
import io.cooper.flux.render.ChartReference;
import io.cooper.flux.render.RenderedTree;
import io.cooper.flux.render.helm.ChartLayout;
import io.cooper.flux.render.helm.ChartReferences;
import io.cooper.flux.render.helm.Helm;
import io.cooper.flux.render.helm.Inflation;
import io.cooper.flux.render.walk.Entries;
import io.cooper.flux.render.walk.Entry;
import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.flux.render.walk.Renderer;
import io.cooper.flux.source.SourceRules;
import io.cooper.flux.source.SourceTree;
import io.cooper.policy.About;
import io.cooper.policy.CleanRenders;
import io.cooper.policy.Repository;
import io.cooper.policy.catalog.BuiltInPolicies;
import io.cooper.policy.render.ChartDrift;
import io.cooper.policy.settings.Settings;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.schemas.ReleasesInUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A repository, read and rendered: what every command that looks at one begins with.
final class Examination implements AutoCloseable {
  private final Terminal terminal;
  private final SourceTree source;
  private final Settings settings;
  private final RenderOptions options;
  private final List<Entry> entries;
  private final ReleasesInUse given;
  private final boolean charts;
  private final Map<SourceRules, SourceTree> narrowed = new HashMap<>();

  private Examination(
      Terminal terminal,
      SourceTree source,
      Settings settings,
      RenderOptions options,
      List<Entry> entries,
      ReleasesInUse given,
      boolean charts) {
    this.terminal = terminal;
    this.source = source;
    this.settings = settings;
    this.options = options;
    this.entries = entries;
    this.given = given;
    this.charts = charts;
  }

  /// Opens the repository, reads its settings and finds its entries. Renders nothing yet.
  static Examination of(RepositoryOptions asked, RenderOptions.Mode mode, Terminal terminal) {
    var source =
        asked
            .revision()
            .map(revision -> SourceTree.ofRevision(asked.path, revision))
            .orElseGet(() -> SourceTree.ofWorkingTree(asked.path));
    source.notices().forEach(notice -> terminal.err().println("cooper: " + notice));
    var settings = settings(source, asked.config());
    var entries = entries(source, settings, asked.entries);
    return of(source, settings, asked, entries, mode, terminal);
  }

  /// The same, and if asked for, what the charts of the repository install.
  Examination withCharts(boolean asked) {
    return new Examination(terminal, source, settings, options, entries, given, asked);
  }

  /// The state that this one is a change of, under the settings that it had then.
  ///
  /// @param revision whose history is compared, see [SourceTree#base]
  Examination base(String revision, RepositoryOptions asked, RenderOptions.Mode mode) {
    var base = source.base(revision);
    var then = settingsThen(base, asked);
    return of(base, then, asked, entriesThen(base, then, asked), mode, terminal).withCharts(charts);
  }

  /// A change may repair the settings; then its own are the best there are.
  private Settings settingsThen(SourceTree base, RepositoryOptions asked) {
    try {
      return settings(base, asked.config());
    } catch (ProblemException e) {
      terminal.err().printf("cooper: %s: %s%n", base.origin(), e.problem().what());
      return settings;
    }
  }

  /// Where an entry is new, the base has nothing of it.
  private static List<Entry> entriesThen(
      SourceTree base, Settings settings, RepositoryOptions asked) {
    var given = asked.entries.isEmpty() ? settings.entries() : asked.entries;
    return given.isEmpty()
        ? entries(base, settings, given)
        : given.stream()
            .filter(entry -> base.artifact().isFolder(SourcePath.of(entry)))
            .map(entry -> entry(base, entry))
            .toList();
  }

  private static Examination of(
      SourceTree source,
      Settings settings,
      RepositoryOptions asked,
      List<Entry> entries,
      RenderOptions.Mode mode,
      Terminal terminal) {
    var options =
        RenderOptions.of(
                mode == RenderOptions.Mode.CHECK && !settings.strict()
                    ? RenderOptions.Mode.LENIENT
                    : mode)
            .withRemotes(source.remotes())
            .withVariables(settings.variables());
    if (asked.variables().isPresent()) {
      options = options.withVars(asked.variables().get());
    }
    return new Examination(
        terminal,
        source.knowing(settings.knownNames()),
        settings,
        options,
        entries,
        asked.versions().orElse(settings.versions()),
        false);
  }

  /// The settings of a repository, or those in the file that is given instead.
  ///
  /// @throws io.cooper.problem.ProblemException if they cannot be read or understood
  static Settings settings(SourceTree source, Optional<Path> given) {
    var rules = BuiltInPolicies.rules().stream().map(About::id).toList();
    if (given.isPresent()) {
      return Settings.read(given.get().toString(), bytes(given.get()), rules);
    }
    return source
        .read(Settings.FILE)
        .map(bytes -> Settings.read(Settings.FILE, bytes, rules))
        .orElseGet(Settings::none);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new Problem(
              Code.BAD_USE, file.toString(), "cannot be read: " + e, "name a file that can be read")
          .asException();
    }
  }

  private static List<Entry> entries(SourceTree source, Settings settings, List<String> asked) {
    var given = asked.isEmpty() ? settings.entries() : asked;
    if (!given.isEmpty()) {
      return given.stream().map(folder -> entry(source, folder)).toList();
    }
    var found = Entries.of(source.artifact());
    // Whoever names an entry folder as PATH means that one.
    var named =
        found.stream()
            .filter(entry -> !entry.folder().isEmpty() && entry.folder().equals(source.start()))
            .toList();
    return named.isEmpty() ? found : named;
  }

  private static Entry entry(SourceTree source, String folder) {
    var path = SourcePath.of(folder);
    if (!source.artifact().isFolder(path)) {
      throw new Problem(
              Code.BAD_USE,
              folder,
              "no such folder in what Flux would get of %s".formatted(source.root()),
              "name an entry relative to the root of the repository: --entry clusters/NAME")
          .asException();
    }
    return Entries.at(source.artifact(), path);
  }

  SourceTree source() {
    return source;
  }

  Settings settings() {
    return settings;
  }

  List<Entry> entries() {
    return entries;
  }

  /// What has rendered these trees, for the report.
  List<String> tools(List<RenderedTree> trees) {
    var tools = new ArrayList<String>();
    if (!entries.isEmpty()) {
      tools.add(new Renderer(options).kustomize().toString());
    }
    if (trees.stream()
        .flatMap(tree -> tree.releases().stream())
        .anyMatch(release -> release.state().isJudged())) {
      Helm.find(terminal.environment(), options.cache(), options.timeoutSeconds())
          .map(Helm::toString)
          .ifPresent(tools::add);
    }
    return tools;
  }

  /// The clusters of a repository that has charts with values for each of them, and no entries.
  List<ChartLayout.Cluster> chartClusters() {
    return charts && entries.isEmpty() ? ChartLayout.of(source.artifact()) : List.of();
  }

  /// Renders all entries. Each is read from the artifact that its own GitRepository object asks
  /// for.
  List<RenderedTree> trees() {
    return trees(vendored());
  }

  /// As [#trees()], with these copies of what lies on the network.
  List<RenderedTree> trees(VendoredFiles vendored) {
    return trees(vendored, new Renderer(options));
  }

  private List<RenderedTree> trees(VendoredFiles vendored, Renderer renderer) {
    var trees = new ArrayList<RenderedTree>();
    try (var progress = ProgressLine.of(terminal)) {
      for (var entry : entries) {
        trees.addAll(
            renderer.render(
                sourceOf(entry).artifact(), List.of(entry.folder()), vendored, progress));
      }
    }
    return charts ? inflated(trees) : trees;
  }

  /// The trees with what their charts install.
  private List<RenderedTree> inflated(List<RenderedTree> trees) {
    var clusters = chartClusters();
    if (clusters.isEmpty() && !Inflation.concerns(trees)) {
      return trees;
    }
    var inflation = inflation(trees);
    return Stream.concat(
            trees.stream().map(inflation::of),
            clusters.stream().map(cluster -> inflation.of(source.artifact(), cluster)))
        .toList();
  }

  private Inflation inflation(List<RenderedTree> trees) {
    return new Inflation(
        options.withEnvironment(terminal.environment(), options.timeoutSeconds()),
        () -> given.orElse(DeployedReleases.of(trees)));
  }

  /// Whether what a rule needs is there; where it is not, the rule finds nothing, and a suppression
  /// of it is not to blame for suppressing nothing.
  boolean canAsk(String rule) {
    return !rule.equals(ChartDrift.ID)
        || (charts
            && Helm.find(terminal.environment(), options.cache(), options.timeoutSeconds())
                .isPresent());
  }

  /// Charts that keep a copy of what they were made of, with what they make now.
  private List<ChartReference> references(List<RenderedTree> trees) {
    var found = charts ? ChartReferences.of(source.artifact()) : List.<ChartReferences.Copy>of();
    return found.isEmpty() ? List.of() : inflation(trees).references(source.artifact(), found);
  }

  /// The trees of two states.
  record Both(List<RenderedTree> before, List<RenderedTree> after) {}

  /// Renders this state and the one before. What is built alike in both is built once, and is then
  /// the same objects.
  Both treesSince(Examination base) {
    var renderer = new Renderer(options).keepingBuilds();
    var after = trees(vendored(), renderer);
    return new Both(base.trees(base.vendored(), renderer.with(base.options)), after);
  }

  private VendoredFiles vendored() {
    if (!(source.origin() instanceof SourceTree.Origin.Revision)) {
      return VendoredFiles.of(source.root());
    }
    // The folder of a revision is written when it is asked for.
    return source.tracked().contains(VendoredFiles.LOCK)
        ? VendoredFiles.of(source.artifact().root())
        : VendoredFiles.none();
  }

  /// The repository as policies see it.
  Repository repository() {
    var trees = trees();
    return new Repository(
        entries.isEmpty() ? source : sourceOf(entries.getFirst()),
        trees,
        given.orElse(DeployedReleases.of(trees)),
        clean(),
        references(trees));
  }

  /// The launcher names the build, by its jars and its JDK; without it nothing is remembered.
  private CleanRenders clean() {
    var build = System.getProperty("cooper.build", "");
    return build.isEmpty() ? CleanRenders.none() : CleanRenders.in(options.cache(), build);
  }

  /// The source under the rules of the GitRepository that an entry is read from.
  private SourceTree sourceOf(Entry entry) {
    var rules = entry.source().map(SourceRules::of).orElse(SourceRules.NONE);
    return narrowed.computeIfAbsent(rules, source::with);
  }

  @Override
  public void close() {
    source.close();
  }
}
