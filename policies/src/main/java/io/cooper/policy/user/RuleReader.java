package io.cooper.policy.user;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.policy.About;
import io.cooper.policy.Severity;
import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import io.cooper.schemas.cel.Expression;
import io.cooper.schemas.cel.ExpressionException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Reads rules out of settings. What is wrong with one is an error with its place: a rule that is
/// not understood must not look like one that finds nothing.
public final class RuleReader {
  /// The family of all rules that users write.
  public static final String FAMILY = "user/";

  /// Where rules without a page of their own are explained.
  private static final String DOCS = "docs/user-rules.md";

  private static final Pattern ID = Pattern.compile("user/[a-z][a-z0-9-]*");
  private static final List<String> KEYS =
      List.of(
          "id",
          "severity",
          "message",
          "messageExpression",
          "reason",
          "remedy",
          "docs",
          "match",
          "expression",
          "at",
          "tests");
  private static final List<String> MATCH_KEYS =
      List.of("apiVersion", "kind", "namespace", "name", "labels");
  private static final List<String> TEST_KEYS = List.of("title", "object", "objects", "finds");
  private static final Set<String> OF_OBJECT = Set.of("object", "objects", "kustomizations");
  private static final Set<String> OF_WHOLE = Set.of("objects", "kustomizations");

  private final List<String> lines;

  /// @param text of the file that the values were read from
  public RuleReader(String text) {
    this.lines = text.lines().toList();
  }

  /// The rules of a list.
  ///
  /// @throws io.cooper.problem.ProblemException naming line, column and what to write instead
  public List<UserRule> read(Value rules) {
    if (!(rules instanceof Sequence sequence)) {
      throw wrong(rules.place(), "rules are no list", "begin each rule with `- id: user/…`");
    }
    var ids = new HashSet<String>();
    return sequence.items().stream().map(item -> rule(mapping(item), ids)).toList();
  }

  private UserRule rule(Mapping rule, Set<String> ids) {
    allow(rule, KEYS);
    var id = id(rule, ids);
    var matches = matches(rule);
    var source =
        text(rule, "expression")
            .orElseThrow(() ->
                wrong(
                    rule.place(),
                    id + " has no expression",
                    "write what is true of an object that is fine, such as `expression: has(object.spec.replicas)`"));
    var message = text(rule, "message").orElse("breaks " + id);
    return new UserRule(
        new About(
            id,
            severity(rule),
            message,
            text(rule, "reason").orElse("A rule of this repository, written in its settings."),
            text(rule, "remedy").orElse("Change the object so that the rule's expression holds."),
            docs(rule)),
        matches,
        compiled(rule, "expression", source, matches.isEmpty() ? OF_WHOLE : OF_OBJECT),
        new UserRule.Words(
            message,
            text(rule, "messageExpression")
                .map(words -> compiled(rule, "messageExpression", words, OF_OBJECT)),
            text(rule, "at").map(at -> List.of(at.split("\\."))).orElse(List.of())),
        rule.get("expression").map(Value::place).orElse(rule.place()),
        rule.get("tests").stream().flatMap(RuleReader::items).map(RuleReader::example).toList());
  }

  private static String id(Mapping rule, Set<String> ids) {
    var id =
        text(rule, "id")
            .orElseThrow(
                () -> wrong(rule.place(), "a rule without an id", "write `id: user/` and a name"));
    var place = rule.get("id").map(Value::place).orElse(rule.place());
    if (!ID.matcher(id).matches()) {
      throw wrong(
          place,
          "%s is no id of a rule of yours".formatted(id),
          "write user/ and small letters, digits and -");
    }
    if (!ids.add(id)) {
      throw wrong(place, "%s is there twice".formatted(id), "give each rule an id of its own");
    }
    return id;
  }

  private static String docs(Mapping rule) {
    var docs = text(rule, "docs");
    if (docs.isEmpty()) {
      return DOCS;
    }
    try {
      var address = new URI(docs.get());
      if (List.of("http", "https").contains(String.valueOf(address.getScheme()))
          && address.getHost() != null) {
        return docs.get();
      }
    } catch (URISyntaxException _) {
      // The answer is the same as to an address of another kind.
    }
    throw wrong(
        rule.get("docs").map(Value::place).orElse(rule.place()),
        "%s is no address on the web".formatted(docs.get()),
        "write the whole address of the page, https://…, or leave docs out");
  }

  private static Severity severity(Mapping rule) {
    var word = text(rule, "severity");
    return word.map(each ->
            Stream.of(Severity.values())
                .filter(severity -> severity.word().equals(each))
                .findFirst()
                .orElseThrow(() ->
                    wrong(
                        rule.get("severity").map(Value::place).orElse(rule.place()),
                        "%s is no severity".formatted(each),
                        "use error, warning or notice")))
        .orElse(Severity.WARNING);
  }

  private static List<Match> matches(Mapping rule) {
    var match = rule.get("match");
    if (match.isEmpty()) {
      return List.of();
    }
    return match.get() instanceof Sequence
        ? items(match.get()).map(RuleReader::match).toList()
        : List.of(match(match.get()));
  }

  private static Match match(Value value) {
    var match = mapping(value);
    allow(match, MATCH_KEYS);
    var labels = new HashMap<String, Pattern>();
    match.mapping("labels").stream()
        .flatMap(Mapping::entries)
        .forEach(entry -> labels.put(entry.name(), Match.glob(entry.value().text().orElse(""))));
    return new Match(
        text(match, "apiVersion").map(Match::glob),
        text(match, "kind").map(Match::glob),
        text(match, "namespace").map(Match::glob),
        text(match, "name").map(Match::glob),
        labels);
  }

  private static UserRule.Example example(Value value) {
    var test = mapping(value);
    allow(test, TEST_KEYS);
    var objects = new ArrayList<Manifest>();
    test.get("object").ifPresent(object -> objects.add(Manifest.asWritten(mapping(object))));
    test.get("objects").stream()
        .flatMap(RuleReader::items)
        .forEach(object -> objects.add(Manifest.asWritten(mapping(object))));
    var finds =
        test.get("finds")
            .orElseThrow(() ->
                wrong(
                    test.place(),
                    "a test that does not say what it finds",
                    "write `finds: true`, `finds: false`, or what a finding says"));
    return new UserRule.Example(
        text(test, "title").orElse("line " + test.place().line()),
        objects,
        expected(finds),
        test.place());
  }

  private static List<String> expected(Value finds) {
    if (finds.plain() instanceof Boolean any) {
      return any ? List.of("") : List.of();
    }
    return finds instanceof Sequence
        ? items(finds).map(each -> each.text().orElse("")).toList()
        : List.of(finds.text().orElse(""));
  }

  private Expression compiled(Mapping rule, String key, String source, Set<String> variables) {
    try {
      return Expression.compile(source, variables);
    } catch (ExpressionException e) {
      var place = rule.get(key).map(Value::place).orElse(rule.place());
      throw wrong(
          place(place, e.line(), e.column()),
          "the %s does not compile: %s".formatted(key, e.reason()),
          "correct it; variables are %s"
              .formatted(String.join(", ", variables.stream().sorted().toList())));
    }
  }

  /// Where a character of an expression stands in the file: behind a quotation mark, or in the
  /// lines below `|`.
  private Place place(Place start, int line, int column) {
    var first = start.line() <= lines.size() ? lines.get(start.line() - 1) : "";
    char begin = start.column() <= first.length() ? first.charAt(start.column() - 1) : ' ';
    if (begin == '|' && start.line() + line <= lines.size()) {
      int indent = indent(start.line());
      return new Place(start.file(), start.line() + line, indent + column);
    }
    boolean quoted = begin == '"' || begin == '\'';
    return line == 1 && begin != '>'
        ? new Place(start.file(), start.line(), start.column() + column - (quoted ? 0 : 1))
        : start;
  }

  private int indent(int header) {
    for (int i = header; i < lines.size(); i++) {
      var text = lines.get(i);
      if (!text.isBlank()) {
        return text.length() - text.stripLeading().length();
      }
    }
    return 0;
  }

  private static void allow(Mapping mapping, List<String> keys) {
    mapping
        .entries()
        .filter(entry -> !keys.contains(entry.name()))
        .findFirst()
        .ifPresent(entry -> {
          throw wrong(
              entry.key().place(),
              "unknown key %s%s".formatted(entry.name(), Nearest.hint(entry.name(), keys)),
              "use one of " + String.join(", ", keys));
        });
  }

  private static Optional<String> text(Mapping mapping, String key) {
    return mapping.text(key).map(String::strip).filter(text -> !text.isEmpty());
  }

  private static Stream<Value> items(Value value) {
    if (value instanceof Sequence sequence) {
      return sequence.items().stream();
    }
    throw wrong(value.place(), "not a list", "write a list");
  }

  private static Mapping mapping(Value value) {
    if (value instanceof Mapping mapping) {
      return mapping;
    }
    throw wrong(value.place(), "not a map", "write keys and values");
  }

  private static RuntimeException wrong(Place place, String what, String remedy) {
    return new Problem(Code.BAD_INPUT, place.toString(), what, remedy).asException();
  }

  /// Ids of rules, in order.
  public static List<String> ids(List<UserRule> rules) {
    return rules.stream().map(rule -> rule.about().id()).toList();
  }
}
