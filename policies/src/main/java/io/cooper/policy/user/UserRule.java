package io.cooper.policy.user;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.schemas.cel.Expression;
import io.cooper.schemas.cel.ExpressionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A rule that a user wrote in CEL. Its findings are like those of any other rule.
///
/// A rule about single objects gives true for an object that is fine. A rule about the whole gives
/// true if all is fine, or the list of what is not: objects, or texts.
public final class UserRule implements RepositoryPolicy {
  /// An expression that looks at all objects for each of them is allowed to take this long in all.
  private static final long MAX_NANOS = 20_000_000_000L;

  /// @param message what a finding says, unless the expression for it does
  /// @param said gives the message of a finding from the same variables
  /// @param at keys of the value that a finding is placed on
  record Words(String message, Optional<Expression> said, List<String> at) {
    Words {
      at = List.copyOf(at);
    }
  }

  /// How a rule is tried.
  ///
  /// @param title in one line
  /// @param objects that there are
  /// @param finds what the findings say or contain, one each; empty for none
  /// @param place where the test stands
  record Example(String title, List<Manifest> objects, List<String> finds, Place place) {
    Example {
      objects = List.copyOf(objects);
      finds = List.copyOf(finds);
    }
  }

  private final About about;
  private final List<Match> matches;
  private final Expression expression;
  private final Words words;
  private final Place place;
  private final List<Example> examples;

  UserRule(
      About about,
      List<Match> matches,
      Expression expression,
      Words words,
      Place place,
      List<Example> examples) {
    this.about = about;
    this.matches = List.copyOf(matches);
    this.expression = expression;
    this.words = words;
    this.place = place;
    this.examples = List.copyOf(examples);
  }

  @Override
  public About about() {
    return about;
  }

  List<Example> examples() {
    return examples;
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.trees().stream().flatMap(tree -> check(Universe.of(tree)));
  }

  Stream<Finding> check(Universe universe) {
    return matches.isEmpty() ? ofTheWhole(universe) : ofEach(universe);
  }

  private Stream<Finding> ofEach(Universe universe) {
    var findings = new ArrayList<Finding>();
    long begun = System.nanoTime();
    for (int i = 0; i < universe.manifests().size(); i++) {
      var manifest = universe.manifests().get(i);
      if (matches.stream().noneMatch(match -> match.matches(manifest))) {
        continue;
      }
      var variables = universe.variables(i);
      try {
        if (!Boolean.TRUE.equals(expression.evaluate(variables))) {
          findings.add(of(manifest, message(variables)));
        }
      } catch (ExpressionException e) {
        // One object that it cannot judge is enough to see what the rule lacks.
        findings.add(unjudged(manifest + ": " + e.reason()));
        break;
      }
      if (System.nanoTime() - begun > MAX_NANOS) {
        findings.add(unjudged("it took more than 20 seconds and was stopped at " + manifest));
        break;
      }
    }
    return findings.stream();
  }

  private Stream<Finding> ofTheWhole(Universe universe) {
    var variables = universe.variables();
    try {
      return switch (expression.evaluate(variables)) {
        case Boolean fine when fine -> Stream.empty();
        case List<?> wrong -> wrong.stream().map(each -> of(universe, each, variables));
        case Object _ -> Stream.of(Finding.at(place, message(variables)));
      };
    } catch (ExpressionException e) {
      return Stream.of(unjudged(e.reason()));
    }
  }

  private Finding of(Universe universe, Object wrong, Map<String, Object> variables) {
    return universe
        .origin(wrong)
        .map(manifest -> of(manifest, message(with(variables, wrong))))
        .orElseGet(() ->
            Finding.at(
                place,
                wrong instanceof String text
                    ? "%s: %s".formatted(words.message(), text)
                    : message(variables)));
  }

  private static Map<String, Object> with(Map<String, Object> variables, Object object) {
    var more = new java.util.HashMap<>(variables);
    more.put("object", object);
    return more;
  }

  private Finding of(Manifest manifest, String message) {
    return Finding.about(manifest, message, words.at().toArray(String[]::new));
  }

  private String message(Map<String, Object> variables) {
    if (words.said().isPresent()) {
      try {
        if (words.said().get().evaluate(variables) instanceof String text && !text.isBlank()) {
          return text.strip().replaceAll("\\s+", " ");
        }
      } catch (ExpressionException _) {
        // The fixed message is there for that.
      }
    }
    return words.message();
  }

  private Finding unjudged(String reason) {
    return Finding.at(place, "%s cannot be judged: %s".formatted(about.id(), reason))
        .withRemedy(
            "ask first whether a field is there, has(object.spec.x), or write object.?spec.?x.orValue(0)");
  }
}
