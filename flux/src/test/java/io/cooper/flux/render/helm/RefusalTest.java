package io.cooper.flux.render.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.render.helm.Refusal.Complaint;
import io.cooper.flux.render.helm.Refusal.Complaint.InTemplate;
import io.cooper.flux.render.helm.Refusal.Complaint.InValue;
import io.cooper.flux.render.helm.Refusal.Complaint.NoYaml;
import io.cooper.flux.render.helm.Refusal.Complaint.Whole;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Messages as helm 3.22 and 4.3 printed them.
@Tag("S27")
class RefusalTest {
  @Test
  void the_innermost_template_is_the_one_at_fault() {
    var helm3 =
        """
        Error: template: web/templates/deployment.yaml:8:8: executing "web/templates/deployment.yaml" at <include "web.name" .>: error calling include: template: web/templates/_helpers.tpl:2:10: executing "web.name" at <.Values.nothing.here>: nil pointer evaluating interface {}.here

        Use --debug flag to render out invalid YAML
        """;
    var helm4 =
        """
        Error: web/templates/deployment.yaml:8:8
          executing "web/templates/deployment.yaml" at <include "web.name" .>:
            error calling include:
        web/templates/_helpers.tpl:2:10
          executing "web.name" at <.Values.nothing.here>:
            nil pointer evaluating interface {}.here

        Use --debug flag to render out invalid YAML
        """;

    var expected =
        new InTemplate(
            "web/templates/_helpers.tpl",
            2,
            11,
            "nil pointer evaluating interface {}.here, in {{ .Values.nothing.here }}");
    assertThat(Refusal.in(helm3)).containsExactly(expected);
    assertThat(Refusal.in(helm4)).containsExactly(expected);
  }

  @Test
  void required_and_fail_have_a_place() {
    assertThat(
            Refusal.in(
                "Error: execution error at (web/charts/db/templates/x.yaml:11:8): a size is needed: really"))
        .containsExactly(
            new InTemplate("web/charts/db/templates/x.yaml", 11, 9, "a size is needed: really"));
  }

  @Test
  void a_template_that_cannot_be_parsed_has_a_line() {
    assertThat(
            Refusal.in(
                "Error: parse error at (web/templates/x.yaml:2): unclosed action started at web/templates/x.yaml:1"))
        .containsExactly(
            new InTemplate(
                "web/templates/x.yaml", 2, 1, "unclosed action started at web/templates/x.yaml:1"));
  }

  @Test
  void output_that_is_no_yaml_is_told_apart_from_a_template_that_fails() {
    assertThat(
            Refusal.in(
                "Error: YAML parse error on web/templates/x.yaml: error converting YAML to JSON: yaml: line 7: mapping values are not allowed in this context"))
        .containsExactly(
            new NoYaml(
                "web/templates/x.yaml",
                7,
                "yaml: line 7: mapping values are not allowed in this context"));
  }

  @Test
  void every_value_that_a_schema_refuses_is_one_complaint() {
    var pointers =
        """
        Error: values don't meet the specifications of the schema(s) in the following chart(s):
        web:
        - at '/replicas': got string, want integer
        - at '/hosts/0/a~1b': additional properties 'foo' not allowed
        db:
        - at '': missing property 'size'

        """;
    var dotted =
        """
        Error: values don't meet the specifications of the schema(s) in the following chart(s):
        web:
        - replicas: Invalid type. Expected: integer, given: string
        - (root): size is required
        """;

    assertThat(Refusal.in(pointers))
        .containsExactly(
            new InValue("web", List.of("replicas"), "got string, want integer"),
            new InValue(
                "web",
                List.of("hosts", "0", "a/b", "foo"),
                "additional properties 'foo' not allowed"),
            new InValue("db", List.of(), "missing property 'size'"));
    assertThat(Refusal.in(dotted))
        .containsExactly(
            new InValue(
                "web", List.of("replicas"), "Invalid type. Expected: integer, given: string"),
            new InValue("web", List.of(), "size is required"));
  }

  @Test
  void anything_else_is_told_in_helms_words() {
    assertThat(
            Refusal.in(
                """
                WARNING: something else
                Error: cannot load values.yaml: error converting YAML to JSON
                """))
        .containsExactly(new Whole("cannot load values.yaml: error converting YAML to JSON"));
    assertThat(Refusal.in("")).containsExactly(new Whole(""));
  }

  @Test
  void a_long_message_is_cut() {
    assertThat(Refusal.in("Error: " + "x".repeat(5_000)))
        .singleElement()
        .isInstanceOfSatisfying(
            Whole.class, complaint -> assertThat(complaint.what()).hasSizeLessThan(700));
  }

  @Test
  void places_never_begin_before_the_first_line() {
    var place = Refusal.place("x.yaml", new Complaint.InTemplate("web/x.yaml", 0, 1, ""));

    assertThat(place.line()).isEqualTo(1);
  }
}
