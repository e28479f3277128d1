package io.cooper.policy.report;

import static io.cooper.policy.report.Samples.error;
import static io.cooper.policy.report.Samples.warning;
import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.graph.DependencyGraph;
import io.cooper.policy.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.commonmark.Extension;
import org.commonmark.ext.autolink.AutolinkExtension;
import org.commonmark.ext.autolink.AutolinkType;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("S31")
class MarkdownReportTest {
  /// GitHub's rule for mail addresses wants a letter or digit behind the @; the one of this library
  /// takes anything, so mail is tested as a mention.
  private static final Extension GITHUB_LINKS =
      AutolinkExtension.builder().linkTypes(AutolinkType.URL, AutolinkType.WWW).build();

  private static final Links LINKS = Links.below("https://example.org/o/r/blob/c0ffee");

  @Test
  void it_begins_with_a_marker_that_nobody_sees() {
    assertThat(markdown(Samples.report(List.of())))
        .startsWith("<!-- cooper:check -->\n### Cooper: ✅");
    assertThat(MarkdownReport.marker("a --> b")).isEqualTo("<!-- cooper:a_--__b -->");
  }

  @Test
  void findings_are_grouped_by_severity_and_link_to_their_lines() {
    var text =
        markdown(
            Samples.report(List.of(warning("b.yaml", 2, "risky"), error("a b.yaml", 7, "wrong"))));

    assertThat(text).contains("### Cooper: ❌ 1 error, 1 warning, 0 notices");
    assertThat(text.indexOf("Errors (1)")).isPositive().isLessThan(text.indexOf("Warnings (1)"));
    assertThat(links(text)).contains("https://example.org/o/r/blob/c0ffee/a%20b.yaml#L7");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "</details><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](https://evil.example) ![x](https://evil.example/x.png)",
        "https://evil.example www.evil.example",
        "| a | b |\n|---|---|\n# heading\n- item",
        "`code` ```\nfence\n``` **bold** _it_ ~~gone~~ \\",
        "&lt;b&gt; &#60;b&#62; <!-- cooper:other -->",
        "\u202egpj.exe\u0007"
      })
  void nothing_in_a_repository_becomes_markup(String hostile) {
    var plain = markdown(Samples.report(List.of(error("name", 1, "harmless"))));
    var text = markdown(Samples.report(List.of(error(hostile, 1, hostile))));

    assertThat(shape(text)).isEqualTo(shape(plain));
    assertThat(text).doesNotContain("\u202e", "\u0007");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@everyone",
        "org/team@me",
        "#123",
        "o/r#1",
        "!42",
        "~bug",
        "$7",
        "%3",
        ":tada:",
        "www.x.y"
      })
  void nobody_is_mentioned_and_nothing_is_referred_to(String reference) {
    var shown = shownText(markdown(Samples.report(List.of(error("a.yaml", 1, reference)))));

    assertThat(shown).doesNotContain(reference);
    assertThat(shown.replace("\u200b", "")).contains(reference);
  }

  @Test
  void a_change_leads_with_what_it_introduces_and_folds_the_rest() {
    var old = error("old.yaml", 1, "old");
    var gone = error("gone.yaml", 1, "gone");
    var text =
        markdown(Samples.change(List.of(old, gone), List.of(old, error("new.yaml", 1, "new"))));

    assertThat(text)
        .contains("❌ this change introduces 1 error, 0 warnings, 0 notices and repairs 1")
        .contains("<summary>Repaired (1)</summary>")
        .contains("<summary>There before this change (1)</summary>");
    assertThat(text.indexOf("new.yaml")).isLessThan(text.indexOf("gone.yaml"));
  }

  @Test
  void a_comment_is_never_longer_than_github_takes_and_counts_what_is_left_out() {
    var many =
        IntStream.range(0, 5_000)
            .mapToObj(
                i -> error("apps/some/folder/file-%d.yaml".formatted(i), i + 1, "&".repeat(30)))
            .toList();

    var text = markdown(Samples.report(many));

    assertThat(text.length()).isLessThanOrEqualTo(MarkdownReport.LIMIT).isGreaterThan(50_000);
    int rows = text.split("\n\\| \\[", -1).length - 1;
    assertThat(text).contains("Errors (5000)", "%d findings more".formatted(5_000 - rows));
    assertThat(text).contains("</details>").contains("<sub>");
  }

  @Test
  void even_one_endless_message_does_not_break_the_limit() {
    var text = markdown(Samples.report(List.of(error("a.yaml", 1, "<".repeat(80_000)))));

    assertThat(text.length()).isLessThanOrEqualTo(MarkdownReport.LIMIT);
    assertThat(text).contains("1 finding more");
  }

  @Test
  void the_chart_shows_what_a_change_touches_and_its_neighbours() {
    var graph =
        DependencyGraph.of(
            TestTree.entry(
                    TestTree.kustomization("database", "dependsOn: [{name: operator}]")
                        + TestTree.kustomization("operator")
                        + TestTree.kustomization("website"))
                .with("database", "")
                .with("operator", "")
                .with("website", "")
                .tree());
    var wrong = error("a.yaml", 1, "wrong");
    var verdict =
        new Verdict(
            wrong.about(),
            wrong.severity(),
            wrong.finding().in(new NamespacedName("flux-system", "database")));

    var chart = fences(markdown(drawn(graph, List.of(verdict), Optional.empty())));

    assertThat(chart).hasSize(1);
    assertThat(chart.getFirst()).contains("database", "operator").doesNotContain("website");
  }

  @Test
  void links_come_from_the_variables_of_a_job() {
    var github =
        Map.of(
            "GITHUB_SERVER_URL", "https://github.example",
            "GITHUB_REPOSITORY", "o/r",
            "GITHUB_SHA", "c0ffee");
    var gitlab = Map.of("CI_PROJECT_URL", "https://gitlab.example/o/r", "CI_COMMIT_SHA", "c0ffee");

    assertThat(Links.of(github)).isEqualTo(Links.below("https://github.example/o/r/blob/c0ffee"));
    assertThat(Links.of(gitlab)).isEqualTo(Links.below("https://gitlab.example/o/r/-/blob/c0ffee"));
    assertThat(Links.of(Map.of("GITHUB_SHA", "c0ffee"))).isEqualTo(Links.NONE);
  }

  private static CheckReport drawn(
      DependencyGraph graph, List<Verdict> verdicts, Optional<Comparison> comparison) {
    return new CheckReport(
        "1", "worktree", 1, List.of(), List.of(), verdicts, List.of(), List.of(graph), comparison);
  }

  private static String markdown(CheckReport report) {
    return Samples.print(new MarkdownReport(LINKS, "check"), report);
  }

  private static Node parsed(String markdown) {
    return Parser.builder()
        .extensions(List.of(TablesExtension.create(), GITHUB_LINKS))
        .build()
        .parse(markdown);
  }

  /// The kinds of all nodes in order, text left out, and all HTML as it stands.
  private static List<String> shape(String markdown) {
    var shape = new ArrayList<String>();
    visit(parsed(markdown), shape);
    return shape;
  }

  private static void visit(Node node, List<String> shape) {
    for (var child = node.getFirstChild(); child != null; child = child.getNext()) {
      if (child instanceof HtmlInline html) {
        shape.add(html.getLiteral());
      } else if (child instanceof HtmlBlock html) {
        shape.add(html.getLiteral());
      } else if (!(child instanceof Text)) {
        shape.add(child.getClass().getSimpleName());
      }
      visit(child, shape);
    }
  }

  private static List<String> links(String markdown) {
    var links = new ArrayList<String>();
    parsed(markdown)
        .accept(
            new AbstractVisitor() {
              @Override
              public void visit(Link link) {
                links.add(link.getDestination());
                visitChildren(link);
              }

              @Override
              public void visit(Image image) {
                links.add(image.getDestination());
              }
            });
    return links;
  }

  private static List<String> fences(String markdown) {
    var fences = new ArrayList<String>();
    parsed(markdown)
        .accept(
            new AbstractVisitor() {
              @Override
              public void visit(FencedCodeBlock block) {
                fences.add(block.getLiteral());
              }
            });
    return fences;
  }

  private static String shownText(String markdown) {
    var shown = new StringBuilder();
    parsed(markdown)
        .accept(
            new AbstractVisitor() {
              @Override
              public void visit(Text text) {
                shown.append(text.getLiteral());
              }
            });
    return shown.toString();
  }

  @Test
  void changed_files_bring_their_kustomization_into_the_chart() {
    var graph =
        DependencyGraph.of(
            TestTree.entry(TestTree.kustomization("website")).with("website", "").tree());
    var touched = graph.nodes().getLast().kustomization().manifest().place().file();
    var comparison = Comparison.of("main", List.of(), List.of(), List.of(), Set.of(touched));
    var report = drawn(graph, List.of(), Optional.of(comparison));

    assertThat(fences(markdown(report))).singleElement().asString().contains("website");
  }
}
