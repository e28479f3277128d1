package io.cooper.flux.ignore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.zeroturnaround.exec.ProcessExecutor;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// The truth about `.sourceignore` is Flux's own package, wrapped by
/// `test-fixtures/interop/sourceignore`. A longer run is `-Dcooper.ignore.trees=20000`.
@Tag("interop")
@Tag("S17")
class SourceIgnoreAgainstFluxTest {
  private static final int TREES = Integer.getInteger("cooper.ignore.trees", 2_000);
  private static final long SEED = Long.getLong("cooper.ignore.seed", 0);
  private static final JsonFactory JSON = new JsonFactory();

  private record Case(RandomTree tree, Optional<String> spec) {}

  private record Answer(boolean excluded, String rule) {}

  @Test
  void the_artifact_holds_what_flux_would_put_into_it() throws Exception {
    var tool = tool("flux-sourceignore");
    assumeTrue(
        tool.isPresent(), "skipped: no flux-sourceignore below COOPER_INTEROP/bin or on the PATH");
    var cases = new ArrayList<Case>();
    for (long seed = SEED; seed < SEED + TREES; seed++) {
      var random = new Random(~seed);
      cases.add(
          new Case(
              random.nextInt(10) == 0
                  ? withoutLists(RandomTree.of(seed, ".sourceignore"))
                  : RandomTree.of(seed, ".sourceignore"),
              random.nextInt(3) == 0 ? Optional.of(RandomTree.list(random)) : Optional.empty()));
    }
    var expected = ask(tool.orElseThrow(), cases);

    int compared = 0;
    int excluded = 0;
    for (int i = 0; i < cases.size(); i++) {
      var ours = answers(cases.get(i));
      assertThat(ours)
          .describedAs("seed %d: %s", SEED + i, cases.get(i))
          .isEqualTo(expected.get(i));
      compared += ours.size();
      excluded += (int) ours.stream().filter(Answer::excluded).count();
    }
    assertThat(compared).isGreaterThan(TREES * 15);
    assertThat(excluded).isGreaterThan(compared / 10).isLessThan(compared * 9 / 10);
  }

  private static RandomTree withoutLists(RandomTree tree) {
    var files = new LinkedHashMap<>(tree.files());
    files.keySet().removeIf(path -> path.endsWith(".sourceignore"));
    var asked = new ArrayList<>(tree.asked());
    asked.addAll(
        List.of(
            ".sops.yaml",
            "a/.sops.yaml",
            "pic.png",
            "a/pic.png",
            ".github/w.yaml",
            "x.tar.gz",
            "a/.git/config",
            ".gitignore",
            "a/.gitattributes",
            "cloudbuild.yaml"));
    return new RandomTree(files, tree.links(), asked);
  }

  private static List<Answer> answers(Case one) {
    IgnoreTexts texts =
        path ->
            Optional.ofNullable(one.tree().files().get(path))
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    var paths = one.tree().files().keySet();
    var ignore =
        one.spec()
            .map(spec -> SourceIgnore.of(paths, texts, new SpecIgnore("flux-system/x", spec)))
            .orElseGet(() -> SourceIgnore.of(paths, texts));
    return one.tree().asked().stream()
        .map(path -> {
          var rule = ignore.deciding(path);
          return new Answer(
              rule.filter(IgnoreRule::hides).isPresent(),
              rule.filter(each -> each.source() != IgnoreRule.Source.FLUX_DEFAULT)
                  .map(SourceIgnoreAgainstFluxTest::place)
                  .orElse(""));
        })
        .toList();
  }

  private static String place(IgnoreRule rule) {
    return rule.source() == IgnoreRule.Source.SPEC_IGNORE
        ? "spec:" + rule.line()
        : rule.file() + ":" + rule.line();
  }

  private static List<List<Answer>> ask(Path tool, List<Case> cases)
      throws IOException, InterruptedException, TimeoutException {
    var input = new StringWriter();
    for (var one : cases) {
      input.append(question(one)).append('\n');
    }
    var result =
        new ProcessExecutor()
            .command(tool.toString())
            .redirectInput(
                new ByteArrayInputStream(input.toString().getBytes(StandardCharsets.UTF_8)))
            .readOutput(true)
            .exitValueNormal()
            .execute();
    return result.outputUTF8().lines().map(SourceIgnoreAgainstFluxTest::answer).toList();
  }

  private static String question(Case one) {
    var text = new StringWriter();
    try (var json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeObjectPropertyStart("files");
      one.tree().files().forEach(json::writeStringProperty);
      json.writeEndObject();
      one.spec().ifPresent(spec -> json.writeStringProperty("spec", spec));
      json.writeArrayPropertyStart("paths");
      one.tree().asked().forEach(json::writeString);
      json.writeEndArray();
      json.writeEndObject();
    }
    return text.toString();
  }

  private static List<Answer> answer(String line) {
    var excluded = new ArrayList<Boolean>();
    var rules = new ArrayList<String>();
    try (var json = JSON.createParser(ObjectReadContext.empty(), line)) {
      for (var token = json.nextToken(); token != null; token = json.nextToken()) {
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
          excluded.add(token == JsonToken.VALUE_TRUE);
        } else if (token == JsonToken.VALUE_STRING) {
          rules.add(json.getString());
        }
      }
    }
    var answers = new ArrayList<Answer>();
    for (int i = 0; i < excluded.size(); i++) {
      answers.add(new Answer(excluded.get(i), rules.get(i)));
    }
    return answers;
  }

  private static Optional<Path> tool(String name) {
    var interop = System.getProperty("cooper.interop", System.getenv("COOPER_INTEROP"));
    var folders =
        Stream.concat(
            Stream.ofNullable(interop).map(folder -> Path.of(folder, "bin")),
            Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of));
    return folders.map(folder -> folder.resolve(name)).filter(Files::isExecutable).findFirst();
  }
}
