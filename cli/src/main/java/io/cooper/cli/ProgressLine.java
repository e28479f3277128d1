package io.cooper.cli;

import io.cooper.flux.api.NamespacedName;
import io.cooper.flux.render.walk.Progress;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// A progress bar on standard error while a person watches, and nothing otherwise.
final class ProgressLine implements Progress, AutoCloseable {
  private static final int EVERY_MILLIS = 200;

  private final Optional<ProgressBar> bar;

  private ProgressLine(Optional<ProgressBar> bar) {
    this.bar = bar;
  }

  static ProgressLine of(Terminal terminal) {
    return new ProgressLine(
        terminal.interactive()
            ? Optional.of(
                new ProgressBarBuilder()
                    .setTaskName("rendering")
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(EVERY_MILLIS)
                    .clearDisplayOnFinish()
                    .setConsumer(new ConsoleProgressBarConsumer(System.err, terminal.width()))
                    .build())
            : Optional.empty());
  }

  @Override
  public void advanced(int done, int known, NamespacedName last) {
    bar.ifPresent(line -> {
      line.maxHint(known);
      line.stepTo(done);
      line.setExtraMessage(" " + last.name());
    });
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
