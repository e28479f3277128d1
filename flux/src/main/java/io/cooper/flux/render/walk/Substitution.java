package io.cooper.flux.render.walk;

import io.cooper.flux.api.Kustomization;
import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.flux.render.kustomize.FluxBuild.Built;
import io.cooper.flux.render.substitute.Placeholder;
import io.cooper.flux.render.substitute.Template;
import io.cooper.flux.render.substitute.Variables;
import io.cooper.flux.render.walk.RenderOptions.Mode;
import io.cooper.manifest.Dialect;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Post-build substitution over the objects of one Kustomization: kustomize-controller's
/// `varSubstitution`, object by object, on the text that kustomize printed.
final class Substitution {
  private static final String SWITCH = "kustomize.toolkit.fluxcd.io/substitute";

  private final Kustomization flux;
  private final Variables variables;
  private final Mode mode;
  private final Origins origins;
  private final Set<String> files;
  private final List<RenderProblem> problems = new ArrayList<>();
  private final boolean active;

  /// @param files all that the build read
  Substitution(
      Kustomization flux, Variables variables, Mode mode, Origins origins, Set<String> files) {
    this.flux = flux;
    this.variables = variables;
    this.mode = mode;
    this.origins = origins;
    this.files = files;
    boolean always =
        flux.manifest()
            .text("spec", "postBuild", "substituteStrategy")
            .equals(Optional.of("Always"));
    this.active =
        flux.manifest().root().mapping("spec", "postBuild").isPresent()
            && (always || !variables.isEmpty());
  }

  /// What Flux would refuse.
  List<RenderProblem> problems() {
    return problems;
  }

  /// Whether the objects are worth judging.
  boolean isJudgeable() {
    return problems.stream()
        .allMatch(each -> mode == Mode.CHECK && each.kind() == Kind.VARIABLE_UNRESOLVED);
  }

  /// The objects with their variables replaced. Where a check finds variables without a value, they
  /// have placeholders, so that the rest can be judged; after any other problem the objects mean
  /// nothing.
  List<Manifest> apply(List<Built> built) {
    if (active) {
      variables.badNames().forEach(this::badName);
    }
    return built.stream().map(this::apply).toList();
  }

  private void badName(String name) {
    problem(
        Kind.SUBSTITUTION,
        flux.manifest().placeAt("spec", "postBuild"),
        "the variable name %s is not one that Flux accepts, so it refuses the whole Kustomization"
            .formatted(name),
        "use letters, digits and _ in the keys of what substitute and substituteFrom name",
        name);
  }

  private Manifest apply(Built built) {
    var before = Manifest.rendered(built.root(), origins.of(built, files));
    var text = built.text();
    if (!active || text.isEmpty() || isOff(before)) {
      return before;
    }
    try {
      var template = Template.parse(text.get());
      var expanded = template.expand(variables::find);
      if (mode != Mode.LENIENT) {
        expanded.unset().forEach(name -> unset(before, name));
      }
      return read(
          mode == Mode.CHECK && !expanded.unset().isEmpty()
              ? template.expand(this::orPlaceholder).text()
              : expanded.text(),
          built,
          before);
    } catch (Template.Refused e) {
      var culprit = culprit(before);
      problem(
          Kind.SUBSTITUTION,
          culprit.map(before::placeOf).orElseGet(before::place),
          "%s: %s".formatted(before, e.getMessage()),
          "correct the expression, write $${ for a literal ${, or annotate the object with %s: disabled"
              .formatted(SWITCH),
          before.toString());
      return before;
    }
  }

  private Optional<String> orPlaceholder(String variable) {
    return variables.find(variable).or(() -> Optional.of(Placeholder.of(variable)));
  }

  private static boolean isOff(Manifest object) {
    return Stream.of("annotations", "labels")
        .anyMatch(field -> object.text("metadata", field, SWITCH).equals(Optional.of("disabled")));
  }

  private Manifest read(String text, Built built, Manifest before) {
    var place = built.root().place();
    var parsed =
        new YamlReader(Dialect.KUBERNETES, YamlReader.Limits.RENDERED).read(place.file(), text);
    var document = parsed.documents().stream().findFirst();
    var fault =
        parsed.faults().stream()
            .filter(each -> !each.problem().what().startsWith("key "))
            .findFirst();
    if (fault.isPresent() || !(document.orElse(null) instanceof Mapping mapping)) {
      problem(
          Kind.SUBSTITUTION,
          before.place(),
          "%s is no YAML after substitution: %s"
              .formatted(
                  before, fault.map(each -> each.problem().what()).orElse("no object is left")),
          "look at the values of the variables in it: quotes of the source are gone by then",
          before.toString());
      return before;
    }
    return Manifest.rendered(mapping.movedTo(place), origins.of(built, files));
  }

  private void unset(Manifest object, String name) {
    var user = holder(object.root(), "${" + name);
    problem(
        Kind.VARIABLE_UNRESOLVED,
        user.map(object::placeOf).orElseGet(object::place),
        "%s uses the variable %s, which Kustomization %s does not define"
            .formatted(object, name, flux),
        "define it under spec.postBuild, give it a default as in ${%s:=…}, or write $${%s} if it is meant literally"
            .formatted(name, name),
        name);
  }

  /// The value that holds a text.
  private static Optional<Value> holder(Value value, String text) {
    return switch (value) {
      case Scalar scalar -> Optional.<Value>of(scalar).filter(_ -> scalar.source().contains(text));
      case Sequence list ->
          list.items().stream().flatMap(item -> holder(item, text).stream()).findFirst();
      case Mapping mapping ->
          mapping.entries().flatMap(entry -> holder(entry.value(), text).stream()).findFirst();
    };
  }

  /// The first value that cannot be parsed on its own.
  private static Optional<Value> culprit(Manifest object) {
    return scalars(object.root()).filter(Substitution::isRefused).findFirst();
  }

  private static Stream<Value> scalars(Value value) {
    return switch (value) {
      case Scalar scalar -> Stream.of(scalar);
      case Sequence list -> list.items().stream().flatMap(Substitution::scalars);
      case Mapping mapping -> mapping.entries().flatMap(entry -> scalars(entry.value()));
    };
  }

  private static boolean isRefused(Value value) {
    try {
      Template.parse(value.text().orElse(""));
      return false;
    } catch (Template.Refused _) {
      return true;
    }
  }

  private void problem(Kind kind, Place place, String message, String remedy, String subject) {
    problems.add(new RenderProblem(kind, place, message, remedy, Optional.of(subject)));
  }
}
