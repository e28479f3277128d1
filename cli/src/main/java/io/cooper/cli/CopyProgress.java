package io.cooper.cli;

import io.cooper.backup.base.Progress;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// A bar on standard error while a person watches, and nothing otherwise: bytes, rate, time left.
final class CopyProgress implements Progress, AutoCloseable {
  private static final int EVERY_MILLIS = 500;
  private static final long MEBIBYTE = 1L << 20;

  private final Optional<ProgressBar> bar;

  private CopyProgress(Optional<ProgressBar> bar) {
    this.bar = bar;
  }

  static CopyProgress of(Terminal terminal, String task) {
    return new CopyProgress(
        terminal.interactive()
            ? Optional.of(
                new ProgressBarBuilder()
                    .setTaskName(task)
                    .setUnit("MiB", MEBIBYTE)
                    .showSpeed()
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(EVERY_MILLIS)
                    .clearDisplayOnFinish()
                    .setConsumer(new ConsoleProgressBarConsumer(System.err, terminal.width()))
                    .build())
            : Optional.empty());
  }

  @Override
  public void at(State state) {
    bar.ifPresent(line -> {
      line.maxHint(Math.max(state.allBytes(), state.bytes()));
      line.stepTo(state.bytes());
      line.setExtraMessage(
          switch (state.phase()) {
            case STARTING -> " waiting for the checkpoint";
            case COPYING -> " %d files".formatted(state.files());
            case AWAITING_WAL -> " waiting for the WAL in the archive";
            case FORCING -> " forcing to the disk";
            case DONE -> " done";
          });
    });
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
