package io.cooper.policy;

import io.cooper.flux.render.RenderedKustomization;
import io.cooper.flux.render.tool.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Remembers in which renders a rule has found nothing, so that the next check need not look at
/// them again: most of a repository is the same from one check to the next.
///
/// Only rules whose answer depends on one Kustomization's objects, and on what the name of the
/// question tells, may be remembered. What is remembered is right for one build of this program
/// only, so each has a file of its own. Safe for several threads; of several processes the last one
/// to save wins, which costs the others time and nothing else.
public final class CleanRenders {
  private static final int RENDERS_KEPT = 5_000;
  private static final int QUESTIONS_KEPT = 64;
  private static final Duration FILES_KEPT = Duration.ofDays(7);

  private final Optional<Path> file;
  private final SequencedMap<String, SequencedSet<String>> clean = new LinkedHashMap<>();
  private boolean changed;

  private CleanRenders(Optional<Path> file) {
    this.file = file;
  }

  /// Remembers nothing from one check to the next.
  public static CleanRenders none() {
    return new CleanRenders(Optional.empty());
  }

  /// What checks by the same build of this program have left under a folder.
  ///
  /// @param folder need not exist
  /// @param build names the build, in characters that a file name can have
  public static CleanRenders in(Path folder, String build) {
    var renders = new CleanRenders(Optional.of(folder.resolve("clean").resolve(build)));
    renders.read();
    return renders;
  }

  private void read() {
    try {
      for (var line : Files.readAllLines(file.orElseThrow())) {
        var fields = line.split("\t", -1);
        if (fields.length == 2) {
          clean.put(fields[0], new LinkedHashSet<>(List.of(fields[1].split(" ", -1))));
        }
      }
    } catch (IOException _) {
      // Nothing is remembered yet.
    }
  }

  /// What a question finds in a render; nothing without asking where it has found nothing before.
  ///
  /// @param question a rule, with all that its answer depends on beside the objects; empty if that
  ///   cannot be told
  /// @param answer looks at the objects
  public <T> List<T> look(
      Optional<String> question, RenderedKustomization where, Supplier<List<T>> answer) {
    if (question.isEmpty() || where.digest().isEmpty()) {
      return answer.get();
    }
    if (isClean(question.get(), where.digest().get())) {
      return List.of();
    }
    var found = answer.get();
    if (found.isEmpty()) {
      remember(question.get(), where.digest().get());
    }
    return found;
  }

  private synchronized boolean isClean(String question, String digest) {
    var digests = clean.get(question);
    if (digests == null || !digests.contains(digest)) {
      return false;
    }
    digests.addLast(digest); // what is asked for stays longest
    return true;
  }

  private synchronized void remember(String question, String digest) {
    changed |= clean.computeIfAbsent(question, _ -> new LinkedHashSet<>()).add(digest);
  }

  /// Writes what is new. A folder that cannot be written costs time in the next check, nothing
  /// else.
  public synchronized void save() {
    if (!changed || file.isEmpty()) {
      return;
    }
    try {
      Files.createDirectories(file.get().getParent());
      AtomicFile.write(file.get(), text().getBytes(StandardCharsets.UTF_8));
      removeOld();
      changed = false;
    } catch (IOException _) {
      // See above.
    }
  }

  private String text() {
    return last(clean.sequencedEntrySet(), QUESTIONS_KEPT)
        .map(each ->
            each.getKey()
                + "\t"
                + last(each.getValue(), RENDERS_KEPT).collect(Collectors.joining(" ")))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static <T> Stream<T> last(SequencedSet<T> all, int count) {
    return all.stream().skip(Math.max(0, all.size() - count));
  }

  private void removeOld() throws IOException {
    var oldest = Instant.now().minus(FILES_KEPT);
    try (var files = Files.list(file.orElseThrow().getParent())) {
      for (var each : files.toList()) {
        if (Files.getLastModifiedTime(each).toInstant().isBefore(oldest)) {
          Files.deleteIfExists(each);
        }
      }
    }
  }
}
