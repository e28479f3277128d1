package io.cooper.plugin;

import io.cooper.impact.FieldChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Sorts what differs of a workload by what an operator asks first: which image, with which
/// arguments, environment, resources, probes and ports.
final class WorkloadParts {
  private static final Pattern FIELD =
      Pattern.compile(
          "spec\\.template\\.spec\\.(?:initC|c)ontainers\\[([^]]+)]\\.([A-Za-z]+)(?:[.\\[].*)?");
  private static final Pattern FLAG = Pattern.compile("(--?[A-Za-z][\\w.-]*)(?:=(.*))?");
  private static final String REST = "other fields";

  /// In the order in which they are told.
  private static final Map<String, String> TITLES = titles();

  private WorkloadParts() {}

  private static Map<String, String> titles() {
    var titles = new LinkedHashMap<String, String>();
    titles.put("image", "image");
    titles.put("args", "arguments");
    titles.put("command", "command");
    titles.put("env", "environment");
    titles.put("envFrom", "environment");
    titles.put("resources", "resources");
    titles.put("livenessProbe", "probes");
    titles.put("readinessProbe", "probes");
    titles.put("startupProbe", "probes");
    titles.put("ports", "ports");
    titles.put("securityContext", "security context");
    return titles;
  }

  static List<Part> of(List<FieldChange> fields) {
    var parts = new LinkedHashMap<String, List<FieldChange>>();
    TITLES.values().forEach(title -> parts.put(title, new ArrayList<>()));
    parts.put(REST, new ArrayList<>());
    fields.forEach(field -> parts.getOrDefault(title(field), new ArrayList<>()).add(field));
    parts.computeIfPresent("arguments", (_, arguments) -> paired(arguments));
    return parts.entrySet().stream()
        .filter(part -> !part.getValue().isEmpty())
        .map(
            part -> new Part(part.getKey(), part.getValue().stream().map(Part.Change::of).toList()))
        .toList();
  }

  private static String title(FieldChange field) {
    var matcher = FIELD.matcher(field.path());
    return matcher.matches() ? TITLES.getOrDefault(matcher.group(2), REST) : REST;
  }

  /// `--a=1` gone and `--a=2` new is one argument with another value.
  private static List<FieldChange> paired(List<FieldChange> fields) {
    var paired = new ArrayList<FieldChange>();
    for (var field : fields) {
      var name = flag(field);
      var other =
          name.flatMap(flag ->
              paired.stream()
                  .filter(each -> each.path().equals(field.path()))
                  .filter(each -> each.before().isPresent() && each.after().isEmpty())
                  .filter(each -> flag(each).equals(Optional.of(flag)))
                  .findFirst());
      if (field.before().isEmpty() && other.isPresent()) {
        paired.set(
            paired.indexOf(other.get()),
            new FieldChange(field.path(), other.get().before(), field.after()));
      } else {
        paired.add(field);
      }
    }
    return paired;
  }

  private static Optional<String> flag(FieldChange field) {
    return field
        .before()
        .or(field::after)
        .map(FLAG::matcher)
        .filter(java.util.regex.Matcher::matches)
        .map(matcher -> matcher.group(1));
  }
}
