package io.cooper.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cooper.flux.api.NamespacedName;
import io.cooper.manifest.ObjectId;
import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import io.cooper.policy.catalog.BuiltInPolicies;
import io.cooper.policy.report.CheckReport;
import io.cooper.policy.report.Comparison;
import io.cooper.policy.report.Links;
import io.cooper.policy.report.html.HtmlReport;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/// The HTML report in a real browser. Skipped where there is no chromium with its driver.
@Tag("interop")
@Tag("S31")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HtmlReportBrowserTest {
  private static final About RULE =
      BuiltInPolicies.rules().stream()
          .filter(about -> about.id().equals("cnpg/store-missing"))
          .findFirst()
          .orElseThrow();
  private static final About OTHER =
      BuiltInPolicies.rules().stream()
          .filter(about -> about.id().equals("flux/timeout"))
          .findFirst()
          .orElseThrow();
  private static final String HOSTILE =
      "\"><img src=x onerror=document.title='owned'><script>document.title='owned'</script>";

  @TempDir private Path scratch;
  private ChromeDriver browser;

  @BeforeAll
  void openTheBrowser() {
    var driver = onPath("chromedriver");
    var chromium = onPath("chromium").or(() -> onPath("chromium-browser"));
    assumeTrue(
        driver.isPresent() && chromium.isPresent(),
        "no chromium and chromedriver on the PATH; scripts/interop-setup installs them");
    var options = new ChromeOptions();
    options.setBinary(chromium.orElseThrow());
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
    var logging = new LoggingPreferences();
    logging.enable(LogType.BROWSER, java.util.logging.Level.ALL);
    options.setCapability("goog:loggingPrefs", logging);
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(driver.orElseThrow()).build(),
            options);
  }

  @AfterAll
  void closeTheBrowser() {
    if (browser != null) {
      browser.quit();
    }
  }

  @AfterEach
  void theConsoleStaysEmpty() {
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll()).isEmpty();
  }

  @Test
  void the_example_is_shown_with_its_graph_and_its_objects() throws IOException {
    var example = new Workspace(scratch.resolve("example"));
    for (var tree : List.of("clusters", "infrastructure", "apps")) {
      example.copy(Workspace.PROJECT.resolve(tree), tree + "/");
    }
    var backup = "apps/home-automation/postgresql/postgresql-backup.yaml";
    var file = example.root().resolve(backup);
    example.commit();
    Files.writeString(file, Files.readString(file).replace("0 0 3 * * *", "0 3 * * *"));
    var page = scratch.resolve("example.html");
    Run.of("check", example.root().toString(), "--format", "html", "--output", page.toString());

    browser.get(page.toUri().toString());

    assertThat(text("h1")).isEqualTo("1 error, 0 warnings, 0 notices");
    assertThat(shown()).singleElement().asString().contains(backup);
    assertThat(browser.findElements(By.cssSelector("svg.graph [data-id]"))).hasSize(8);
    assertThat(browser.findElements(By.cssSelector(".group"))).hasSize(8);
    browser.findElement(By.cssSelector("[data-group='flux-system/apps-grafana'] summary")).click();
    assertThat(text("[data-group='flux-system/apps-grafana'] table")).contains("ObjectStore");

    // A box of the picture filters, by mouse and by key.
    box("flux-system/apps-grafana").sendKeys(Keys.ENTER);
    assertThat(shown()).isEmpty();
    assertThat(text("#none")).contains("No finding matches");
    box("flux-system/apps-home-automation-postgresql").sendKeys(" ");
    assertThat(shown()).hasSize(1);
  }

  @Test
  void findings_are_filtered_by_severity_rule_and_text() {
    open(
        report(
            List.of(
                verdict(RULE, Severity.ERROR, "apps/one.yaml", "first"),
                verdict(OTHER, Severity.WARNING, "apps/two.yaml", "second"),
                verdict(OTHER, Severity.ERROR, "apps/three.yaml", "third"))));

    tile("error").click();
    assertThat(shown()).hasSize(2);
    assertThat(tile("error").getAttribute("aria-pressed")).isEqualTo("true");
    browser.findElement(By.cssSelector("#rule option[value='flux/timeout']")).click();
    assertThat(shown()).singleElement().asString().contains("third");
    browser.findElement(By.id("clear")).click();
    assertThat(shown()).hasSize(3);

    browser.findElement(By.tagName("body")).sendKeys("/");
    browser.switchTo().activeElement().sendKeys("TWO second");
    assertThat(shown()).singleElement().asString().contains("second");
    assertThat(text("#shown")).isEqualTo("1 of 3");
    browser.switchTo().activeElement().sendKeys(Keys.ESCAPE);
    assertThat(shown()).hasSize(3);
  }

  @Test
  void a_change_is_filtered_by_what_it_did() {
    var old = verdict(RULE, Severity.ERROR, "old.yaml", "old");
    var gone = verdict(RULE, Severity.ERROR, "gone.yaml", "gone");
    var added = verdict(OTHER, Severity.WARNING, "new.yaml", "new");
    var before = List.of(old, gone);
    var after = List.of(old, added);
    open(
        new CheckReport(
            "1",
            "worktree",
            1,
            List.of(),
            List.of(),
            after,
            List.of(),
            List.of(),
            Optional.of(Comparison.of("main@sha1:0", before, after, List.of(), Set.of()))));

    assertThat(text("h1")).isEqualTo("This change introduces 0 errors, 1 warning, 0 notices");
    assertThat(shown()).hasSize(3).first().asString().contains("new.yaml");
    browser.findElement(By.cssSelector(".tile.repaired button")).click();
    assertThat(shown()).singleElement().asString().contains("gone.yaml");
    browser.findElement(By.cssSelector(".tile.repaired button")).click();
    assertThat(shown()).hasSize(3);
  }

  @Test
  void nothing_in_a_repository_becomes_part_of_the_page() {
    var finding =
        new Finding(
            new Place(HOSTILE + ".yaml", 1, 1),
            HOSTILE,
            Optional.of(HOSTILE),
            Optional.empty(),
            Optional.of(new Finding.Subject("v1", new ObjectId("", "Service", "db", HOSTILE))),
            Optional.of(new NamespacedName("flux-system", HOSTILE)),
            Optional.empty());
    open(report(List.of(new Verdict(RULE, Severity.ERROR, finding))), "javascript:alert(1)//");

    assertThat(browser.getTitle()).isEqualTo("Cooper: 1 error, 0 warnings, 0 notices");
    assertThat(browser.findElements(By.cssSelector("img, #list script, [onerror]"))).isEmpty();
    assertThat(text(".message")).isEqualTo(HOSTILE);
    assertThat(browser.findElements(By.cssSelector("[href^='javascript']"))).isEmpty();
  }

  @Test
  void no_script_of_others_would_run() {
    open(report(List.of(verdict(RULE, Severity.ERROR, "a.yaml", "x"))));

    browser.executeScript(
        "const s = document.createElement('script'); s.textContent = 'document.title = \"owned\"';"
            + "document.body.append(s);");

    assertThat(browser.getTitle()).doesNotContain("owned");
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
        .anyMatch(entry -> entry.getMessage().contains("Content Security Policy"));
  }

  @Test
  void five_thousand_findings_are_filtered_at_once() {
    open(
        report(
            IntStream.range(0, 5_000)
                .mapToObj(i ->
                    verdict(
                        i % 2 == 0 ? RULE : OTHER,
                        i % 3 == 0 ? Severity.ERROR : Severity.NOTICE,
                        "apps/%d/object.yaml".formatted(i),
                        "finding number %d about something".formatted(i)))
                .toList()));

    var millis =
        (Number)
            answer(
                """
                const text = document.getElementById('text'), begun = performance.now();
                text.value = 'number 4999';
                text.dispatchEvent(new Event('input'));
                document.body.getBoundingClientRect();
                return performance.now() - begun;
                """);

    assertThat(shown()).hasSize(1);
    assertThat(millis.doubleValue()).as("milliseconds until the page is laid out").isLessThan(500);
  }

  @Test
  void the_page_is_dark_where_the_reader_is_and_can_be_turned_by_hand() {
    var media = List.of(Map.of("name", "prefers-color-scheme", "value", "dark"));
    browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", media));
    try {
      open(report(List.of(verdict(RULE, Severity.ERROR, "a.yaml", "x"))));
      assertThat(background()).isEqualTo("rgb(13, 17, 23)");

      browser.findElement(By.id("theme")).click();
      assertThat(background()).isEqualTo("rgb(255, 255, 255)");
      browser.findElement(By.id("theme")).click();
      assertThat(background()).isEqualTo("rgb(13, 17, 23)");
    } finally {
      browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    }
  }

  @Test
  void all_is_reached_by_key_and_has_a_name() {
    open(
        report(
            List.of(
                verdict(RULE, Severity.ERROR, "a.yaml", "x"),
                verdict(OTHER, Severity.NOTICE, "b.yaml", "y"))));

    var unnamed =
        browser
            .findElements(By.cssSelector("button, a, input, select, summary, [role=button]"))
            .stream()
            .filter(WebElement::isDisplayed)
            .filter(
                element -> Objects.requireNonNullElse(element.getAccessibleName(), "").isBlank())
            .map(element -> element.getAttribute("outerHTML"))
            .toList();

    assertThat(unnamed).isEmpty();
    assertThat(contrast(".badge")).isGreaterThan(4.5);
    assertThat(contrast(".facts li")).isGreaterThan(4.5);
  }

  private String background() {
    return String.valueOf(
        browser.executeScript("return getComputedStyle(document.body).backgroundColor"));
  }

  /// The contrast of a text with what lies behind it (w3.org/TR/WCAG21, contrast ratio).
  private double contrast(String selector) {
    var ratio =
        answer(
            """
            const parse = colour => colour.match(/[\\d.]+/g).map(Number);
            const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
              .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
              .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
            const element = document.querySelector(arguments[0]);
            let behind = element, paper;
            do {
              paper = parse(getComputedStyle(behind).backgroundColor);
              behind = behind.parentElement;
            } while (paper[3] === 0 && behind);
            const [a, b] = [light(parse(getComputedStyle(element).color)), light(paper)];
            return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            """,
            selector);
    return ((Number) ratio).doubleValue();
  }

  private Object answer(String script, Object... arguments) {
    return Objects.requireNonNull(browser.executeScript(script, arguments));
  }

  private WebElement box(String id) {
    return browser.findElement(By.cssSelector("svg.graph [data-id='%s']".formatted(id)));
  }

  private WebElement tile(String severity) {
    return browser.findElement(By.cssSelector(".tile.%s button".formatted(severity)));
  }

  private String text(String selector) {
    return browser.findElement(By.cssSelector(selector)).getText();
  }

  private List<String> shown() {
    var texts = new ArrayList<String>();
    for (var each :
        (List<?>)
            answer(
                "return Array.from(document.querySelectorAll('#list > .finding:not([hidden])'), e => e.textContent)")) {
      texts.add(String.valueOf(each));
    }
    return texts;
  }

  private void open(CheckReport report) {
    open(report, "");
  }

  private void open(CheckReport report, String links) {
    var page = scratch.resolve("page.html");
    try (var out = new PrintWriter(Files.newBufferedWriter(page))) {
      new HtmlReport(links.isEmpty() ? Links.NONE : Links.below(links)).print(report, out);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    browser.get(page.toUri().toString());
  }

  private static CheckReport report(List<Verdict> verdicts) {
    return new CheckReport("1.2.3", "worktree", 1500, List.of(), List.of(), verdicts);
  }

  private static Verdict verdict(About about, Severity severity, String file, String message) {
    return new Verdict(about, severity, Finding.at(new Place(file, 1, 1), message));
  }

  private static Optional<File> onPath(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> new File(folder, name))
        .filter(File::canExecute)
        .findFirst();
  }
}
