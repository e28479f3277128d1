package io.cooper.policy.report;

import static io.cooper.policy.report.Samples.error;
import static io.cooper.policy.report.Samples.warning;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S31")
class GitHubReportTest {
  @Test
  void a_finding_is_an_annotation_at_its_line() {
    assertThat(lines(Samples.report(List.of(error("apps/a.yaml", 3, "wrong")))))
        .first()
        .isEqualTo(
            "::error file=apps/a.yaml,line=3,col=1,title=cnpg/store-missing::wrong%0ATo do: Do this.");
  }

  @Test
  void what_separates_a_command_is_escaped_where_it_separates() {
    var annotation =
        lines(Samples.report(List.of(error("a:b,100%.yaml", 1, "50%: a, b\r\nc")))).getFirst();

    assertThat(annotation)
        .startsWith("::error file=a%3Ab%2C100%25.yaml,line=1,")
        .endsWith("::50%25: a, b%0Ac%0ATo do: Do this.");
  }

  @Test
  void no_name_or_message_becomes_a_command_of_its_own() {
    var hostile = "x\n::add-mask::y\r##[add-mask]z";
    var many = IntStream.range(0, 12).mapToObj(i -> error("\n::stop-commands::" + i, 1, hostile));

    var lines = lines(Samples.report(many.toList()));

    assertThat(lines.stream().filter(line -> line.startsWith("::")))
        .allMatch(line -> line.matches("::(error|group|endgroup).*"));
    assertThat(lines.stream().filter(line -> !line.startsWith("::error")))
        .noneMatch(line -> line.contains("##["));
  }

  @Test
  void ten_of_a_level_are_annotations_and_the_rest_is_in_the_log() {
    var many =
        Stream.concat(
                IntStream.range(0, 13).mapToObj(i -> error("a.yaml", i + 1, "wrong")),
                IntStream.range(0, 4).mapToObj(i -> warning("b.yaml", i + 1, "risky")))
            .toList();

    var lines = lines(Samples.report(many));

    assertThat(lines.stream().filter(line -> line.startsWith("::error"))).hasSize(10);
    assertThat(lines.stream().filter(line -> line.startsWith("::warning"))).hasSize(4);
    assertThat(lines).contains("::group::3 findings without an annotation", "::endgroup::");
    assertThat(lines.stream().filter(line -> line.startsWith("error a.yaml:1"))).hasSize(3);
    assertThat(lines).last().asString().startsWith("13 errors, 4 warnings, 0 notices");
  }

  @Test
  void of_a_change_only_what_it_introduced_is_annotated() {
    var old = error("a.yaml", 1, "old");
    var lines = lines(Samples.change(List.of(old), List.of(old, error("a.yaml", 2, "new"))));

    assertThat(lines).hasSize(2).first().asString().contains("::new");
    assertThat(lines).last().asString().contains("1 error", "introduced", "1 there before");
  }

  private static List<String> lines(CheckReport report) {
    return Samples.print(new GitHubReport(), report).lines().toList();
  }
}
