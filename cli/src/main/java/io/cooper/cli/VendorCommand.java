package io.cooper.cli;

import io.cooper.flux.remote.Download;
import io.cooper.flux.remote.Pin;
import io.cooper.flux.remote.RemoteAddress;
import io.cooper.flux.remote.VendoredFiles;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.flux.render.walk.RenderOptions;
import io.cooper.flux.source.SourceTree;
import io.cooper.manifest.Place;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cooper vendor`
@Command(
    name = "vendor",
    description = {
      "Fetches the files that kustomizations take from the network, pins them by digest and keeps copies",
      "in .cooper/remote. The other commands then read the copies and need no network."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:every file is pinned",
      "1:one cannot be fetched, or gives other bytes than its pin",
      "2:wrong use, or input that cannot be read",
      "3:kustomize or git is missing or failed"
    })
final class VendorCommand implements Callable<Integer> {
  /// A vendored file may hold Kustomizations, which may list further addresses.
  private static final int ROUNDS = 5;

  @Mixin private RepositoryOptions repository = new RepositoryOptions();

  @Option(
      names = "--update",
      description = "Take what the addresses give now in place of what is pinned.")
  private boolean update;

  private final Terminal terminal;
  private final List<String> done = new ArrayList<>();
  private final List<Problem> failures = new ArrayList<>();

  VendorCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (repository.revision().isPresent()) {
      throw new Problem(
              Code.BAD_USE,
              "--rev",
              "copies are written into the working tree",
              "check the revision out, or leave --rev away")
          .asException();
    }
    try (var examination = Examination.of(repository, RenderOptions.Mode.LENIENT, terminal);
        var download = new Download(System.getenv())) {
      if (examination.source().origin() instanceof SourceTree.Origin.Revision) {
        throw new Problem(
                Code.BAD_USE,
                examination.source().root().toString(),
                "a bare repository has no working tree to write copies into",
                "run it in a clone")
            .asException();
      }
      var root = examination.source().root();
      var before = VendoredFiles.of(root);
      var after = fetched(examination, before, download);
      // Half a change would be one that nobody asked for.
      if (failures.stream().noneMatch(failure -> failure.code() == Code.BAD_INPUT)) {
        if (after != before) {
          after.writeTo(root);
        }
        done.forEach(terminal.out()::println);
      }
      failures.forEach(failure -> terminal.err().println("cooper: " + failure));
      terminal.out().flush();
      return failures.isEmpty() ? 0 : 1;
    }
  }

  private VendoredFiles fetched(Examination examination, VendoredFiles before, Download download) {
    var files = before;
    var asked = new TreeSet<String>();
    for (int round = 0; round < ROUNDS; round++) {
      var listed = addresses(examination, files);
      if (listed.keySet().stream().allMatch(asked::contains)) {
        break;
      }
      for (var url : listed.keySet()) {
        if (asked.add(url)) {
          files = fetched(new RemoteAddress(url), listed.get(url), files, download);
        }
      }
    }
    for (var pin : before.pins()) {
      if (!asked.contains(pin.url())) {
        done.add("unused     %s".formatted(pin.url()));
      }
    }
    if (asked.isEmpty()) {
      terminal.err().println("cooper: no kustomization takes anything from the network");
    }
    return files;
  }

  /// What the renderer takes, or would take, from the network, and the first place that says so.
  private static Map<String, Place> addresses(Examination examination, VendoredFiles files) {
    var listed = new TreeMap<String, Place>();
    for (var tree : examination.trees(files)) {
      for (var each : tree.kustomizations()) {
        each.problems().stream()
            .filter(VendorCommand::isRemote)
            .forEach(problem ->
                problem.subject().ifPresent(url -> listed.putIfAbsent(url, problem.place())));
      }
    }
    return listed;
  }

  private static boolean isRemote(RenderProblem problem) {
    return problem.kind() == Kind.REMOTE_RESOURCE || problem.kind() == Kind.REMOTE_PINNED;
  }

  private VendoredFiles fetched(
      RemoteAddress address, Place place, VendoredFiles files, Download download) {
    var url = address.text();
    if (!address.isFile()) {
      done.add("skipped    %s (%s): a repository, not a file".formatted(url, place));
      return files;
    }
    var pinned = files.pin(url);
    try {
      var bytes = download.fetch(address);
      var now = Pin.of(url, bytes);
      if (pinned.isEmpty()) {
        done.add("pinned     %s sha256:%s, %d bytes".formatted(url, now.sha256(), now.size()));
        return files.with(url, bytes);
      }
      if (pinned.get().equals(now)) {
        boolean damaged = files.damage(now).isPresent();
        done.add("%s  %s".formatted(damaged ? "restored " : "unchanged", url));
        return damaged ? files.with(url, bytes) : files;
      }
      if (update) {
        done.add(
            "updated    %s sha256:%s → sha256:%s"
                .formatted(url, pinned.get().sha256(), now.sha256()));
        return files.with(url, bytes);
      }
      failures.add(
          new Problem(
              Code.BAD_INPUT,
              url,
              "gives other bytes than its pin: sha256:%s now, sha256:%s in %s; nothing was changed"
                  .formatted(now.sha256(), pinned.get().sha256(), VendoredFiles.LOCK),
              "look at what changed, then run: cooper vendor --update"));
    } catch (ProblemException e) {
      failures.add(
          new Problem(
              e.problem().code() == Code.BAD_INPUT ? Code.TOOL_FAILED : e.problem().code(),
              url,
              e.problem().what() + (pinned.isPresent() ? "; the copy that is there stays" : ""),
              e.problem().remedy()));
    }
    return files;
  }
}
