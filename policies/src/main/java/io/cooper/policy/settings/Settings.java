package io.cooper.policy.settings;

import io.cooper.manifest.Dialect;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import io.cooper.policy.Severity;
import io.cooper.policy.user.RuleReader;
import io.cooper.policy.user.UserRule;
import io.cooper.problem.Code;
import io.cooper.problem.Nearest;
import io.cooper.problem.Problem;
import io.cooper.schemas.ReleasesInUse;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The content of `.cooper.yaml`. Unknown keys are refused, so that a misspelt one cannot switch a
/// check off unseen.
///
/// @param entries `entry`: folders to start from; none means that they are found
/// @param severities `severities`: other severities by rule id; `off` is an empty value
/// @param skips `skip`: findings that are accepted, each with a reason
/// @param knownNames `knownNames`: file names that must never be hidden, beside the shipped ones
/// @param variables `variables`: values for variables that only the cluster has
/// @param versions `versions`: releases that the repository runs on, by product
/// @param strict `strict`: whether variables without a value are an error, as in Flux 2.9 and newer
/// @param rules `rules`: those that the user wrote
public record Settings(
    List<String> entries,
    Map<String, Optional<Severity>> severities,
    List<Skip> skips,
    List<String> knownNames,
    Map<String, String> variables,
    ReleasesInUse versions,
    boolean strict,
    List<UserRule> rules) {

  /// The file that holds the settings, in the root of a repository.
  public static final String FILE = ".cooper.yaml";

  private static final List<String> KEYS =
      List.of(
          "entry", "severities", "skip", "knownNames", "variables", "versions", "strict", "rules");
  private static final List<String> SKIP_KEYS = List.of("rule", "files", "reason", "until");

  /// One accepted kind of finding.
  ///
  /// @param rule id, or `family/*`
  /// @param files globs of paths; none means everywhere
  /// @param reason why it is accepted; its absence is a finding
  /// @param until the last day on which it is accepted
  /// @param place where it stands
  public record Skip(
      String rule,
      List<String> files,
      Optional<String> reason,
      Optional<LocalDate> until,
      Place place) {}

  public Settings {
    entries = List.copyOf(entries);
    severities = Map.copyOf(severities);
    skips = List.copyOf(skips);
    knownNames = List.copyOf(knownNames);
    variables = Map.copyOf(variables);
    rules = List.copyOf(rules);
  }

  /// What holds where there is no file.
  public static Settings none() {
    return new Settings(
        List.of(), Map.of(), List.of(), List.of(), Map.of(), ReleasesInUse.NONE, true, List.of());
  }

  /// Reads settings.
  ///
  /// @param file name for messages
  /// @param bytes of the file
  /// @param builtIn ids of all rules that come with Cooper
  /// @throws io.cooper.problem.ProblemException naming line, key and the nearest valid one
  public static Settings read(String file, byte[] bytes, List<String> builtIn) {
    // As Kubernetes reads YAML: a date is text.
    var yaml = new YamlReader(Dialect.KUBERNETES, YamlReader.Limits.SOURCE).read(file, bytes);
    if (!yaml.faults().isEmpty()) {
      throw yaml.faults().getFirst().problem().asException();
    }
    if (yaml.documents().isEmpty()) {
      return none();
    }
    if (yaml.documents().size() > 1) {
      throw wrong(yaml.documents().get(1), "a second document", "keep one document");
    }
    var root = mapping(yaml.documents().getFirst());
    allow(root, KEYS);
    var own =
        root.get("rules").stream()
            .flatMap(rules ->
                new RuleReader(new String(bytes, StandardCharsets.UTF_8)).read(rules).stream())
            .toList();
    var rules = Stream.concat(builtIn.stream(), RuleReader.ids(own).stream()).toList();
    return new Settings(
        texts(root, "entry"),
        severities(root, rules),
        root.get("skip").stream().flatMap(Settings::items).map(item -> skip(item, rules)).toList(),
        texts(root, "knownNames"),
        pairs(root, "variables"),
        versions(file, root),
        root.get("strict").map(Settings::flag).orElse(true),
        own);
  }

  /// The severity of a rule under these settings; empty if it is off.
  public Optional<Severity> severityOf(String rule, Severity ownSeverity) {
    return severities.getOrDefault(rule, Optional.of(ownSeverity));
  }

  private static Map<String, Optional<Severity>> severities(Mapping root, List<String> rules) {
    var severities = new HashMap<String, Optional<Severity>>();
    for (var entry : root.mapping("severities").stream().flatMap(Mapping::entries).toList()) {
      var rule = entry.key().source();
      known(entry.key(), rule, rules);
      severities.put(rule, severity(entry.value()));
    }
    root.get("severities").ifPresent(Settings::mapping);
    return severities;
  }

  private static Optional<Severity> severity(Value value) {
    // YAML 1.1 reads a bare `off` as false.
    var word = value instanceof Scalar scalar ? scalar.source() : "";
    if (word.equals("off")) {
      return Optional.empty();
    }
    return Stream.of(Severity.values())
        .filter(severity -> severity.word().equals(word.toLowerCase(Locale.ROOT)))
        .findFirst()
        .or(() -> {
          throw wrong(
              value, "%s is no severity".formatted(word), "use error, warning, notice or off");
        });
  }

  private static Skip skip(Value value, List<String> rules) {
    var item = mapping(value);
    allow(item, SKIP_KEYS);
    var rule =
        item.text("rule")
            .orElseThrow(() -> wrong(item, "a skip without rule", "name the rule that is skipped"));
    known(item.find("rule").orElse(item), rule, rules);
    return new Skip(
        rule,
        texts(item, "files"),
        item.text("reason").filter(reason -> !reason.isBlank()),
        item.find("until").map(Settings::date),
        item.place());
  }

  private static LocalDate date(Value value) {
    try {
      return LocalDate.parse(value.text().orElse(""));
    } catch (DateTimeParseException _) {
      throw wrong(value, "%s is no date".formatted(value), "write it as 2027-01-31");
    }
  }

  private static void known(Value at, String rule, List<String> rules) {
    boolean family =
        rule.endsWith("/*") && rules.stream().anyMatch(id -> id.startsWith(rule.replace("*", "")));
    if (!rules.contains(rule) && !family) {
      throw wrong(
          at,
          "there is no rule %s%s".formatted(rule, Nearest.hint(rule, rules)),
          "see cooper policies list");
    }
  }

  private static void allow(Mapping mapping, List<String> keys) {
    mapping
        .entries()
        .filter(entry -> !keys.contains(entry.key().source()))
        .findFirst()
        .ifPresent(entry -> {
          var key = entry.key().source();
          throw wrong(
              entry.key(),
              "unknown key %s%s".formatted(key, Nearest.hint(key, keys)),
              "use one of " + String.join(", ", keys));
        });
  }

  private static List<String> texts(Mapping root, String key) {
    return root.get(key).stream()
        .flatMap(value -> value instanceof Sequence ? items(value) : Stream.of(value))
        .map(value -> value.text().orElseThrow(() -> wrong(value, "not a text", "write a string")))
        .toList();
  }

  /// An unquoted 1.30 is a number to YAML, and 1.3 to JSON: what was written counts.
  private static ReleasesInUse versions(String file, Mapping root) {
    var written = new HashMap<String, Scalar>();
    root.get("versions").map(Settings::mapping).stream()
        .flatMap(Mapping::entries)
        .forEach(entry -> written.put(entry.name(), scalar(entry.value())));
    return ReleasesInUse.given(
        written.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().source())),
        "versions of " + file,
        key -> Optional.ofNullable(written.get(key)).map(Value::place));
  }

  private static Scalar scalar(Value value) {
    if (value instanceof Scalar scalar) {
      return scalar;
    }
    throw wrong(value, "not a text", "write a string");
  }

  private static Map<String, String> pairs(Mapping root, String key) {
    var pairs = new HashMap<String, String>();
    root.get(key).map(Settings::mapping).stream()
        .flatMap(Mapping::entries)
        .forEach(entry ->
            pairs.put(
                entry.key().source(),
                entry
                    .value()
                    .text()
                    .orElseThrow(() -> wrong(entry.value(), "not a text", "write a string"))));
    return pairs;
  }

  private static boolean flag(Value value) {
    if (value.plain() instanceof Boolean flag) {
      return flag;
    }
    throw wrong(value, "%s is neither true nor false".formatted(value), "write true or false");
  }

  private static Stream<Value> items(Value value) {
    if (value instanceof Sequence sequence) {
      return sequence.items().stream();
    }
    throw wrong(value, "not a list", "write a list");
  }

  private static Mapping mapping(Value value) {
    if (value instanceof Mapping mapping) {
      return mapping;
    }
    throw wrong(value, "not a map", "write keys and values");
  }

  private static RuntimeException wrong(Value at, String what, String remedy) {
    return new Problem(Code.BAD_INPUT, at.place().toString(), what, remedy).asException();
  }
}
