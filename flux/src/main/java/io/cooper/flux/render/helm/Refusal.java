package io.cooper.flux.render.helm;

import io.cooper.manifest.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What helm 3 and 4 say when they refuse a chart, taken apart. Names of files are helm's, which
/// begin with the name of the chart.
final class Refusal {
  /// One thing that is wrong.
  sealed interface Complaint {
    /// A line of a template.
    ///
    /// @param file as helm names it
    /// @param line counted from 1; 1 where helm tells none
    /// @param column counted from 1
    /// @param what helm's words without the place
    record InTemplate(String file, int line, int column, String what) implements Complaint {}

    /// What a template makes is no YAML.
    ///
    /// @param line of the output, not of the template; 0 if helm tells none
    record NoYaml(String file, int line, String what) implements Complaint {}

    /// A value that the chart's schema does not allow.
    ///
    /// @param chart its name, that of a chart inside of it too
    /// @param path of the value
    record InValue(String chart, List<String> path, String what) implements Complaint {}

    /// Anything else.
    record Whole(String what) implements Complaint {}
  }

  /// Helm 3: `template: FILE:LINE:COLUMN: executing …`; Helm 4: `FILE:LINE:COLUMN` on a line of its
  /// own; both: `execution error at (FILE:LINE:COLUMN): …`, for `fail` and `required`.
  private static final Pattern EXECUTION =
      Pattern.compile(
          "(?m)(?:template: |execution error at \\(|^(?:Error: )?)([^\\s:()]+(?: [^\\s:()]+)*):(\\d+):(\\d+)(?:\\)?:\\s*|\\n\\s+)");

  private static final Pattern PARSE =
      Pattern.compile("parse error at \\(([^():]+):(\\d+)\\): (.*)");
  private static final Pattern NO_YAML =
      Pattern.compile("YAML parse error on ([^:]+): (.*)", Pattern.DOTALL);
  private static final Pattern LINE = Pattern.compile("\\bline (\\d+)");
  private static final Pattern AT = Pattern.compile("at <(.*?)>:\\s*", Pattern.DOTALL);

  /// `- at '/a/b': …` since Helm 3.18; `- a.b: …` before that.
  private static final Pattern POINTER = Pattern.compile("- at '([^']*)': (.*)");

  private static final Pattern DOTTED = Pattern.compile("- ([^:\\s]+): (.*)");

  private static final Pattern PROPERTY =
      Pattern.compile("(?i)additional propert(?:ies|y) '?([^',\\s]+)'?.* (?:is |are )?not allowed");

  private static final int SHOWN = 600;

  private Refusal() {}

  /// The complaints in what helm wrote to standard error; at least one.
  static List<Complaint> in(String messages) {
    var error =
        messages
            .replaceFirst("(?s).*?(?=(^|\n)Error: )", "")
            .replace("Use --debug flag to render out invalid YAML", "")
            .strip();
    var values = values(error);
    return values.isEmpty() ? List.of(template(error)) : values;
  }

  /// Where a property is refused, the complaint is about that property.
  private static Complaint inValue(String chart, List<String> path, String what) {
    var property = PROPERTY.matcher(what);
    return new Complaint.InValue(
        chart,
        property.find()
            ? Stream.concat(path.stream(), Stream.of(property.group(1))).toList()
            : path,
        what);
  }

  private static List<Complaint> values(String error) {
    var found = new ArrayList<Complaint>();
    if (!error.contains("specifications of the schema")) {
      return found;
    }
    var chart = "";
    for (var line : error.lines().skip(1).map(String::strip).toList()) {
      var pointer = POINTER.matcher(line);
      var dotted = DOTTED.matcher(line);
      if (pointer.matches()) {
        found.add(inValue(chart, steps(pointer.group(1)), pointer.group(2)));
      } else if (dotted.matches()) {
        var path =
            dotted.group(1).equals("(root)")
                ? List.<String>of()
                : List.of(dotted.group(1).split("\\."));
        found.add(inValue(chart, path, dotted.group(2)));
      } else if (line.endsWith(":")) {
        chart = line.substring(0, line.length() - 1);
      } else if (!line.isEmpty()) {
        found.add(inValue(chart, List.of(), line));
      }
    }
    return found;
  }

  private static List<String> steps(String pointer) {
    return pointer.isEmpty()
        ? List.of()
        : List.of(pointer.substring(1).split("/", -1)).stream()
            .map(step -> step.replace("~1", "/").replace("~0", "~"))
            .toList();
  }

  private static Complaint template(String error) {
    var yaml = NO_YAML.matcher(error);
    if (yaml.find()) {
      var line = LINE.matcher(yaml.group(2));
      return new Complaint.NoYaml(
          yaml.group(1),
          line.find() ? Integer.parseInt(line.group(1)) : 0,
          brief(yaml.group(2).replace("error converting YAML to JSON: ", "")));
    }
    var parse = PARSE.matcher(error);
    if (parse.find()) {
      return new Complaint.InTemplate(
          parse.group(1), Integer.parseInt(parse.group(2)), 1, brief(parse.group(3)));
    }
    // Each template that includes the next one is named; the fault is in the last.
    Optional<MatchResult> last = EXECUTION.matcher(error).results().reduce((_, later) -> later);
    return last.<Complaint>map(found ->
            new Complaint.InTemplate(
                found.group(1),
                Integer.parseInt(found.group(2)),
                Integer.parseInt(found.group(3)) + 1,
                words(error.substring(found.end()))))
        .orElseGet(() -> new Complaint.Whole(brief(error.replaceFirst("^Error: ", ""))));
  }

  /// `nil pointer evaluating … at .Values.a.b`
  private static String words(String behind) {
    var at = AT.matcher(behind);
    if (!at.find()) {
      return brief(behind);
    }
    var what = behind.substring(at.end());
    return brief("%s, in {{ %s }}".formatted(what.strip(), at.group(1).strip()));
  }

  private static String brief(String text) {
    var plain = text.strip().replaceAll("\\s+", " ");
    return plain.length() <= SHOWN ? plain : plain.substring(0, SHOWN) + " …";
  }

  /// The place of a complaint in a file of the artifact. Go counts columns from 0.
  static Place place(String file, Complaint.InTemplate complaint) {
    return new Place(file, Math.max(1, complaint.line()), complaint.column());
  }
}
