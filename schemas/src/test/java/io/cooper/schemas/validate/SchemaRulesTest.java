package io.cooper.schemas.validate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaRulesTest {
  private static final ObjectValidator VALIDATOR =
      new ObjectValidator(
          new TestCatalogue()
              .custom(
                  "Store",
                  """
                  type: object
                  properties:
                    spec:
                      type: object
                      x-kubernetes-validations:
                        - {rule: "!has(self.backup) || self.method == 'plugin'", message: "backup needs the plugin"}
                        - {rule: "self.min <= self.max", messageExpression: "'min %d is above max %d'.format([self.min, self.max])"}
                        - {rule: "self == oldSelf", message: immutable}
                      properties:
                        method: {type: string, default: plugin}
                        min: {type: integer, default: 1}
                        max: {type: integer, default: 5}
                        backup: {type: string}
                        since: {type: string, format: date-time, x-kubernetes-validations: [{rule: "self.getFullYear() > 2000"}]}
                        keep: {type: string, format: duration, x-kubernetes-validations: [{rule: "self >= duration('1h')", message: too short}]}
                        share: {type: number, x-kubernetes-validations: [{rule: "self < 1.0 + 0.5", message: too much}]}
                        namespace: {type: string}
                        a-b: {type: string}
                        named:
                          type: object
                          properties: {namespace: {type: string}, a-b: {type: string}}
                          x-kubernetes-validations: [{rule: "self.__namespace__ == self.a__dash__b", message: differ}]
                        configuration:
                          type: object
                          x-kubernetes-preserve-unknown-fields: true
                          x-kubernetes-validations:
                            - {rule: "!has(self.serverName)", fieldPath: .serverName, message: "use the 'serverName' plugin parameter", reason: FieldValueForbidden}
                        ports:
                          type: array
                          items:
                            type: object
                            properties: {port: {x-kubernetes-int-or-string: true}}
                            x-kubernetes-validations: [{rule: "type(self.port) == int || self.port.size() > 1", message: bad port}]
                        limits:
                          type: object
                          additionalProperties: {type: string, x-kubernetes-validations: [{rule: isQuantity(self), message: no quantity}]}
                        broken: {type: string, x-kubernetes-validations: [{rule: "self.noSuchFunction()"}]}
                        failing: {type: object, x-kubernetes-preserve-unknown-fields: true, x-kubernetes-validations: [{rule: "self.a == 1", message: needs a}]}
                  """),
          text -> text.contains("..PLACEHOLDER_"));

  private static Outcome.Judged judged(String spec) {
    return (Outcome.Judged)
        VALIDATOR.validate(
            TestCatalogue.object(
                "apiVersion: example.org/v1\nkind: Store\nmetadata: {name: a}\nspec: " + spec));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {backup: a}                           |
          {backup: a, method: volume}           | spec: backup needs the plugin
          {min: 7}                              | spec: min 7 is above max 5
          {since: 2026-01-31T12:00:00Z}         |
          {since: 1999-01-31T12:00:00Z}         | spec.since: failed rule: self.getFullYear() > 2000
          {keep: 2h}                            |
          {keep: 30m}                           | spec.keep: too short
          {share: 1}                            |
          {share: 2}                            | spec.share: too much
          {named: {namespace: x, a-b: x}}       |
          {named: {namespace: x, a-b: z}}       | spec.named: differ
          {ports: [{port: 80}, {port: http}]}   |
          {ports: [{port: 80}, {port: h}]}      | spec.ports[1]: bad port
          {limits: {cpu: 1}}                    | spec.limits.cpu has to be a string, and is 1
          {limits: {cpu: "1", memory: lots}}    | spec.limits.memory: no quantity
          {failing: {a: 1}}                     |
          {backup: ..PLACEHOLDER_A.., method: volume} |
          """)
  void rules_are_judged_after_defaults_and_types(String spec, String message) {
    assertThat(judged(spec).violations().stream().map(Violation::message).toList())
        .isEqualTo(message == null ? List.of() : List.of(message));
  }

  @Test
  @Tag("S81")
  void a_rule_that_names_a_field_is_placed_on_it() {
    assertThat(judged("{configuration: {serverName: x}}").violations())
        .containsExactly(
            Violation.at(
                List.of("spec", "configuration", "serverName"),
                "spec.configuration.serverName: use the 'serverName' plugin parameter"));
  }

  @Test
  void a_rule_without_a_result_refuses_the_object() {
    assertThat(judged("{failing: {b: 1}}").violations())
        .singleElement()
        .satisfies(violation ->
            assertThat(violation.message()).startsWith("spec.failing: needs a (").contains("a"));
  }

  @Test
  void a_rule_that_does_not_compile_here_is_said_to_be_unjudged() {
    var judged = judged("{broken: x}");
    assertThat(judged.violations()).isEmpty();
    assertThat(judged.unjudged())
        .singleElement()
        .asString()
        .contains("self.noSuchFunction()", "undeclared reference");
  }
}
