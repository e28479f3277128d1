package io.cooper.policy.monitoring;

import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Value;
import io.cooper.promql.Expression;
import io.cooper.promql.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Grafana's dashboards as a repository carries them: in ConfigMaps that its sidecar collects, and
/// in GrafanaDashboards.
final class Dashboards {
  /// The API group of the Grafana operator.
  private static final String OPERATOR = "grafana.integreatly.org";

  /// Stands where Grafana puts a value in; no metric is called so.
  private static final String SLOT = "grafana_variable";

  /// `$name`, `${name}`, `${name:format}`, `[[name]]`.
  private static final Pattern VARIABLE =
      Pattern.compile("\\$\\w+|\\$\\{[^}]*\\}|\\[\\[\\w+(:\\w+)?\\]\\]");

  /// A query for the values of a variable: `label_values(metric, label)`.
  private static final Pattern LABEL_VALUES =
      Pattern.compile("^\\s*label_values\\((.+),\\s*\\w+\\s*\\)\\s*$", Pattern.DOTALL);

  private static final Pattern QUERY_RESULT =
      Pattern.compile("^\\s*query_result\\((.+)\\)\\s*$", Pattern.DOTALL);

  /// A dashboard.
  ///
  /// @param owner the object that holds it
  /// @param json as a value of the object
  /// @param text the JSON
  /// @param reads the names of series that its panels and variables read
  record Dashboard(Manifest owner, Value json, String text, List<String> reads) {
    Dashboard {
      reads = List.copyOf(reads);
    }
  }

  private Dashboards() {}

  static Stream<Dashboard> in(RenderedTree tree) {
    return Stream.concat(tree.objects("", "ConfigMap"), tree.objects(OPERATOR))
        .flatMap(Dashboards::texts);
  }

  private static Stream<Dashboard> texts(Manifest object) {
    if (object.is("", "ConfigMap") && object.mark("grafana_dashboard").isPresent()) {
      return object.root().mapping("data").stream()
          .flatMap(data -> data.entries())
          .filter(entry -> entry.name().endsWith(".json"))
          .flatMap(entry -> dashboard(object, entry.value()).stream());
    }
    if (object.is(OPERATOR, "GrafanaDashboard")) {
      return object.find("spec", "json").flatMap(json -> dashboard(object, json)).stream();
    }
    return Stream.empty();
  }

  private static Optional<Dashboard> dashboard(Manifest owner, Value json) {
    return json.text()
        .flatMap(text ->
            read(text)
                .map(node -> {
                  var names = new ArrayList<String>();
                  collect(node, "", names);
                  return new Dashboard(owner, json, text, names.stream().distinct().toList());
                }));
  }

  /// What is no JSON is Grafana's to complain about.
  private static Optional<JsonNode> read(String text) {
    try {
      return Optional.of(JsonMapper.shared().readTree(text));
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  private static void collect(JsonNode node, String source, List<String> names) {
    var here = node.path("datasource").path("type").asString(source);
    if (node.isObject() && isPrometheus(here)) {
      expression(node).ifPresent(text -> names(text).forEach(names::add));
    }
    node.forEach(child -> collect(child, here, names));
  }

  private static boolean isPrometheus(String type) {
    return type.isEmpty() || type.equals("prometheus") || type.equals("datasource");
  }

  private static Optional<String> expression(JsonNode node) {
    if (node.path("expr").isString()) {
      return Optional.of(node.path("expr").asString());
    }
    if (!node.path("type").asString("").equals("query")) {
      return Optional.empty();
    }
    var query = node.path("query");
    return Optional.of(query.isString() ? query.asString() : query.path("query").asString(""))
        .flatMap(text ->
            Stream.of(LABEL_VALUES, QUERY_RESULT)
                .map(pattern -> pattern.matcher(text))
                .filter(matcher -> matcher.matches())
                .map(matcher -> matcher.group(1))
                .findFirst());
  }

  /// The names in an expression with Grafana's variables; none where it cannot be read.
  static List<String> names(String text) {
    return Query.of(withoutVariables(text)) instanceof Query.Valid(var expression)
        ? expression
            .metrics()
            .map(Expression.MetricName::name)
            .filter(name -> !name.contains(SLOT))
            .distinct()
            .toList()
        : List.of();
  }

  private static String withoutVariables(String text) {
    return VARIABLE
        .matcher(text)
        .replaceAll(match -> isDuration(text, match.start()) ? "5m" : SLOT);
  }

  private static boolean isDuration(String text, int at) {
    var before = text.substring(0, at).stripTrailing();
    return before.endsWith("[")
        || before.endsWith("offset")
        || (before.endsWith(":") && before.lastIndexOf('[') > before.lastIndexOf(']'));
  }
}
