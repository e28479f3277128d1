package io.cooper.flux.ignore;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.source.Sandbox;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Twenty thousand files with nested rules: the promise is one second.
class IgnoreSpeedTest {
  @TempDir Path folder;

  @Test
  void twenty_thousand_files_with_nested_rules_take_less_than_a_second() {
    var git = Sandbox.repository(folder);
    var rules = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      rules.append(
          "*.tmp%d\n/only/here/%d\n**/deep%d/**/x\nname%d.yaml\n*a*b%d*c*\n"
              .formatted(i, i, i, i, i));
    }
    git.write(".gitignore", rules.toString());
    var paths = new ArrayList<String>();
    for (int app = 0; app < 400; app++) {
      git.write("apps/app%d/.gitignore".formatted(app), "*.log\n!keep.log\n/out/\n*-old.*\n");
      for (int file = 0; file < 50; file++) {
        paths.add("apps/app%d/sub%d/manifest-%d.yaml".formatted(app, file % 5, file));
      }
    }
    var texts = git.texts();

    long before = cpu();
    var ignore = new GitIgnore(GitIgnoreSettings.NONE, texts);
    long hidden = paths.stream().filter(path -> ignore.hiding(path, false).isPresent()).count();
    var took = Duration.ofNanos(cpu() - before);

    assertThat(paths).hasSize(20_000);
    assertThat(hidden).isZero();
    assertThat(took).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void a_pattern_made_to_be_slow_is_not() {
    var glob = Wildmatch.ofName("a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b?", false).orElseThrow();

    long before = cpu();
    assertThat(glob.matches("a".repeat(2_000))).isFalse();
    assertThat(Duration.ofNanos(cpu() - before)).isLessThan(Duration.ofSeconds(1));
  }

  /// CPU time of this thread: what others do on the machine does not count.
  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
