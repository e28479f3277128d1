package io.cooper.policy;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.RenderedKustomization;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.ObjectId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/// Runs policies over a repository and gives their findings in a stable order, each once: a finding
/// that two clusters share because they render the same file is one finding.
public final class Checker {
  /// By place, then rule, then message.
  public static final Comparator<Verdict> ORDER =
      Comparator.comparing((Verdict verdict) -> verdict.finding().place())
          .thenComparing(verdict -> verdict.about().id())
          .thenComparing(verdict -> verdict.finding().message());

  private final List<Policy> policies;
  private final BiFunction<String, Severity, Optional<Severity>> severities;

  /// @param policies to run
  /// @param severities gives the severity of a rule from its id and its own severity; empty if it
  ///   is off
  public Checker(
      List<Policy> policies, BiFunction<String, Severity, Optional<Severity>> severities) {
    this.policies = List.copyOf(policies);
    this.severities = severities;
  }

  /// All findings, sorted by place.
  public List<Verdict> check(Repository repository) {
    var owners = owners(repository);
    var verdicts = new LinkedHashMap<List<Object>, Verdict>();
    var found = new ArrayList<Finding>();
    for (var policy : policies) {
      var about = policy.about();
      var severity = severities.apply(about.id(), about.severity());
      if (severity.isEmpty()) {
        continue;
      }
      boolean overridden = severity.get() != about.severity();
      findings(policy, repository)
          .map(finding -> owned(finding, owners))
          .forEach(finding -> {
            found.add(finding);
            verdicts.putIfAbsent(
                List.of(about.id(), finding.place(), finding.message()),
                new Verdict(
                    about,
                    overridden ? severity.get() : finding.severity().orElse(severity.get()),
                    finding));
          });
    }
    var repairs = new Repairs(repository, found);
    return verdicts.values().stream()
        .map(verdict ->
            new Verdict(verdict.about(), verdict.severity(), repairs.resolved(verdict.finding())))
        .sorted(ORDER)
        .toList();
  }

  private static Stream<Finding> findings(Policy policy, Repository repository) {
    return switch (policy) {
      case ManifestPolicy single ->
          repository.trees().stream()
              .flatMap(tree ->
                  Stream.concat(
                      tree.kustomizations().stream()
                          .flatMap(rendered -> findings(single, rendered, repository.clean())),
                      tree.charts().flatMap(single::check)));
      case RepositoryPolicy whole -> whole.check(repository);
    };
  }

  private static Stream<Finding> findings(
      ManifestPolicy policy, RenderedKustomization rendered, CleanRenders clean) {
    return clean
        .look(
            Optional.of(policy.about().id()),
            rendered,
            () -> rendered.objects().stream().flatMap(policy::check).toList())
        .stream();
  }

  /// Who brings an object.
  ///
  /// @param release of a chart, in words; empty for what a Kustomization applies itself
  private record Owner(Optional<NamespacedName> kustomization, Optional<String> release) {}

  private static Map<ObjectId, Owner> owners(Repository repository) {
    var owners = new HashMap<ObjectId, Owner>();
    for (var tree : repository.trees()) {
      for (var owner : tree.kustomizations()) {
        for (Manifest manifest : owner.objects()) {
          owners.putIfAbsent(manifest.id(), new Owner(Optional.of(owner.id()), Optional.empty()));
        }
      }
      for (var release : tree.releases()) {
        for (Manifest manifest : release.objects()) {
          owners.putIfAbsent(
              manifest.id(), new Owner(release.owner(), Optional.of(release.title())));
        }
      }
    }
    return owners;
  }

  private static Finding owned(Finding finding, Map<ObjectId, Owner> owners) {
    var owner = finding.object().flatMap(subject -> Optional.ofNullable(owners.get(subject.id())));
    var told =
        owner.flatMap(Owner::release).map(release -> ofChart(finding, release)).orElse(finding);
    return told.kustomization().isPresent()
        ? told
        : owner.flatMap(Owner::kustomization).map(told::in).orElse(told);
  }

  /// A template makes objects for whoever installs the chart, and is no YAML to be edited.
  private static Finding ofChart(Finding finding, String release) {
    var told =
        new Finding(
            finding.place(),
            "%s, installed by %s".formatted(finding.message(), release),
            finding.remedy(),
            finding.severity(),
            finding.object(),
            finding.kustomization(),
            finding.repair());
    return told.repair().isEmpty()
        ? told
        : told.byHand("a chart makes the object: change its values or its template");
  }
}
