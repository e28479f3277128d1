package io.cooper.policy;

import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.ObjectId;
import io.cooper.manifest.Place;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.manifest.edit.Attempt;
import io.cooper.manifest.edit.EditableYaml;
import io.cooper.manifest.edit.YamlChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Turns what policies propose into edits of files, where that is safe: the object stands in a file
/// of the repository as it was rendered, nothing else decides the value, and whatever else is made
/// of the same text wants the same change.
///
/// Used by one thread.
final class Repairs {
  private final Repository repository;
  private final Map<String, Optional<EditableYaml>> files = new HashMap<>();
  private final Map<Wish, Set<Use>> wishes = new HashMap<>();
  private final Map<List<String>, Map<Place, Set<Use>>> users = new HashMap<>();
  private final IdentityHashMap<Manifest, Use> uses = new IdentityHashMap<>();

  /// A change of a text, whoever wants it.
  private record Wish(Place object, YamlChange change) {}

  /// An object in a cluster: one entry of two may render it otherwise.
  private record Use(int tree, ObjectId object) {}

  /// @param findings all there are: a text that several objects are made of may only change if each
  ///   of them asks for it
  Repairs(Repository repository, Collection<Finding> findings) {
    this.repository = repository;
    var proposals =
        findings.stream()
            .flatMap(finding -> finding.repair().stream())
            .filter(Proposal.class::isInstance)
            .map(Proposal.class::cast)
            .toList();
    if (!proposals.isEmpty()) {
      for (int i = 0; i < repository.trees().size(); i++) {
        note(repository.trees().get(i), i);
      }
      proposals.stream()
          .flatMap(proposal -> proposal.changes().stream())
          .forEach(change ->
              wishes
                  .computeIfAbsent(wish(change), _ -> new HashSet<>())
                  .add(useOf(change.manifest())));
    }
  }

  private void note(RenderedTree tree, int index) {
    for (RenderedKustomization each : tree.kustomizations()) {
      note(each.kustomization().manifest(), index);
      each.objects().forEach(object -> note(object, index));
    }
  }

  private void note(Manifest manifest, int tree) {
    uses.put(manifest, new Use(tree, manifest.id()));
  }

  private Use useOf(Manifest manifest) {
    return Objects.requireNonNullElseGet(uses.get(manifest), () -> new Use(-1, manifest.id()));
  }

  private static Wish wish(Proposal.Change change) {
    return new Wish(change.manifest().place(), change.change());
  }

  /// The finding with edits in place of a proposal, or with the reason why there are none.
  Finding resolved(Finding finding) {
    return finding.repair().orElse(null) instanceof Proposal proposal
        ? finding.withRepair(resolved(proposal))
        : finding;
  }

  private Repair resolved(Proposal proposal) {
    var edits = new ArrayList<Edit>();
    for (var change : proposal.changes()) {
      switch (resolved(change)) {
        case Fix one -> edits.addAll(one.edits());
        case ByHand reason -> {
          return reason;
        }
        case Proposal _ -> throw new IllegalStateException("a change is no proposal");
      }
    }
    return new Fix(proposal.summary(), edits);
  }

  private Repair resolved(Proposal.Change wanted) {
    var manifest = wanted.manifest();
    var written = manifest.written();
    if (written.isEmpty()) {
      return new ByHand("%s is made by the build and stands in no file".formatted(manifest));
    }
    var place = written.get().place();
    if (!repository.artifact().contains(place.file())) {
      return new ByHand("%s is no file of this repository".formatted(place.file()));
    }
    if (!isSame(manifest, written.get())) {
      return new ByHand("%s is made of %s by the build".formatted(manifest, place));
    }
    var others = new HashSet<>(usersOf(manifest, place));
    others.removeAll(wishes.getOrDefault(wish(wanted), Set.of()));
    if (!others.isEmpty()) {
      return new ByHand(
          "the change of %s would reach %s in another cluster or Kustomization too, which does not need it"
              .formatted(place.file(), others.iterator().next().object()));
    }
    var path = Way.through(manifest.root(), written.get(), wanted.change());
    if (path.isEmpty()) {
      return new ByHand(
          "a patch, a variable or a generator decides this value of %s".formatted(manifest));
    }
    var yaml = files.computeIfAbsent(place.file(), this::read);
    if (yaml.isEmpty()) {
      return new ByHand("%s cannot be changed safely".formatted(place.file()));
    }
    return switch (yaml.get().attempt(place, wanted.change().at(path.get()))) {
      case Attempt.Made(var edit) -> new Fix("", List.of(Edit.of(place.file(), edit)));
      case Attempt.Refused(var reason) -> new ByHand("%s: %s".formatted(place.file(), reason));
    };
  }

  private Optional<EditableYaml> read(String file) {
    return EditableYaml.of(file, repository.artifact().read(file));
  }

  private static boolean isSame(Manifest manifest, Mapping written) {
    var other = Manifest.asWritten(written);
    return other.is(manifest.group(), manifest.kind()) && other.name().equals(manifest.name());
  }

  /// The objects of all clusters that are made of the same text.
  private Set<Use> usersOf(Manifest manifest, Place place) {
    return users
        .computeIfAbsent(
            List.of(manifest.group(), manifest.kind()),
            _ -> {
              var byPlace = new HashMap<Place, Set<Use>>();
              uses.forEach((each, use) -> {
                if (each.is(manifest.group(), manifest.kind())) {
                  byPlace.computeIfAbsent(each.place(), _ -> new HashSet<>()).add(use);
                }
              });
              return byPlace;
            })
        .getOrDefault(place, Set.of());
  }

  /// From a path through rendered values to the path through what is written.
  private static final class Way {
    private final List<String> path = new ArrayList<>();
    private Optional<Value> rendered;
    private Optional<Value> written;

    private Way(Value rendered, Value written) {
      this.rendered = Optional.of(rendered);
      this.written = Optional.of(written);
    }

    /// The path of a change in the text; empty if the text says something else than was rendered.
    static Optional<List<String>> through(Mapping rendered, Mapping written, YamlChange change) {
      var way = new Way(rendered, written);
      for (var step : change.path()) {
        if (!way.follow(step)) {
          return Optional.empty();
        }
      }
      boolean same =
          switch (change) {
            case YamlChange.Put put -> way.isMap() && way.lacks(put.key());
            case YamlChange.Append _,
                YamlChange.Replace _,
                YamlChange.Rename _,
                YamlChange.Remove _ ->
                way.isEqual();
          };
      return same ? Optional.of(way.path) : Optional.empty();
    }

    private boolean follow(String step) {
      var below = rendered.flatMap(value -> value.find(step));
      var other = step;
      if (written.orElse(null) instanceof Sequence list && below.isPresent()) {
        var index = index(list, below.get());
        if (index < 0) {
          return false;
        }
        other = Integer.toString(index);
      }
      var last = other;
      written = written.flatMap(value -> value.find(last));
      rendered = below;
      path.add(last);
      return true;
    }

    /// An item is the one of the same name, or the one that is equal; there must be one such only.
    private static int index(Sequence list, Value item) {
      var name = item.find("name").flatMap(Value::text);
      var same =
          Stream.iterate(0, i -> i < list.items().size(), i -> i + 1)
              .filter(i -> {
                var each = list.items().get(i);
                return name.isPresent()
                    ? each.find("name").flatMap(Value::text).equals(name)
                    : Objects.equals(each.plain(), item.plain());
              })
              .toList();
      return same.size() == 1 ? same.getFirst() : -1;
    }

    private boolean isMap() {
      boolean both =
          rendered.orElse(null) instanceof Mapping && written.orElse(null) instanceof Mapping;
      return both || (isAbsent(rendered) && isAbsent(written));
    }

    private boolean lacks(String key) {
      return isAbsent(rendered.flatMap(value -> value.find(key)))
          && isAbsent(written.flatMap(value -> value.find(key)));
    }

    private static boolean isAbsent(Optional<Value> value) {
      return value.isEmpty() || value.get().plain() == null;
    }

    private boolean isEqual() {
      return isAbsent(rendered)
          ? isAbsent(written)
          : written.isPresent() && Objects.equals(rendered.get().plain(), written.get().plain());
    }
  }
}
