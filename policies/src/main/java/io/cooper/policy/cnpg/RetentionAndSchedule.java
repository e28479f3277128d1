package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.NOTICE;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.ObjectId;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// `cnpg/retention-and-schedule`
public final class RetentionAndSchedule implements RepositoryPolicy {
  private static final int ENOUGH_INTERVALS = 2;
  private static final int TOO_MANY = 500;
  private static final int DAYS_OF_A_WEEK = 7;
  private static final int DAYS_OF_A_MONTH = 30;

  private static final Pattern RETENTION = Pattern.compile("([1-9][0-9]{0,5})([dwm])");

  private final InstantSource clock;

  /// Looks at the runs that come next.
  public RetentionAndSchedule() {
    this(InstantSource.system());
  }

  RetentionAndSchedule(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public About about() {
    return new About(
        "cnpg/retention-and-schedule",
        WARNING,
        "Backups are kept for at least two intervals of their schedule, and do not pile up.",
        """
        `retentionPolicy` is a recovery window: every instant in it stays restorable, for which a base backup from before
        its beginning is kept. A window shorter than two intervals of the schedule is kept up by one or two base backups:
        if one of them fails, or turns out to be damaged, there is no other.

        The other end is a notice: a window that holds more than 500 base backups costs storage and time, since each look
        at the retention policy lists them all, and each of them is a Backup object in the cluster.

        Of several schedules for one Cluster the most frequent one counts. The interval is the longest pause among the
        next runs.
        """,
        "Keep backups longer, or take them more often.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    var pauses = new HashMap<String, Optional<Duration>>();
    return Databases.in(repository)
        .flatMap(databases -> {
          var schedules = schedules(databases);
          return databases.clusters().stream()
              .flatMap(cluster ->
                  check(
                      databases,
                      cluster,
                      schedules.getOrDefault(cluster.id(), List.of()).stream()
                          .flatMap(backup -> interval(backup, pauses).stream()))
                      .stream());
        });
  }

  /// The schedules that run, by the Cluster that they are for.
  private static Map<ObjectId, List<Manifest>> schedules(Databases databases) {
    var schedules = new HashMap<ObjectId, List<Manifest>>();
    databases.backups().stream()
        .filter(backup -> backup.kind().equals("ScheduledBackup"))
        .filter(backup -> !backup.root().flag("spec", "suspend").orElse(false))
        .forEach(backup ->
            databases
                .clusterOf(backup)
                .ifPresent(cluster ->
                    schedules.computeIfAbsent(cluster.id(), _ -> new ArrayList<>()).add(backup)));
    return schedules;
  }

  private record Interval(Manifest schedule, Duration length) {}

  private static Optional<Finding> check(
      Databases databases, Manifest cluster, Stream<Interval> intervals) {
    return intervals
        .min(Comparator.comparing(Interval::length))
        .flatMap(interval ->
            window(databases, cluster).flatMap(window -> unfit(cluster, interval, window)));
  }

  /// @param pauses the longest pause of each schedule, by its text; filled here, as it is dear
  private Optional<Interval> interval(Manifest backup, Map<String, Optional<Duration>> pauses) {
    return backup
        .text("spec", "schedule")
        .filter(text -> text.strip().split("\\s+").length != Schedule.FIELDS_MEANT_AS_UNIX)
        .flatMap(text -> pauses.computeIfAbsent(text, this::longestPause))
        .map(length -> new Interval(backup, length));
  }

  private Optional<Duration> longestPause(String text) {
    return Schedule.parse(text).flatMap(schedule -> schedule.longestPause(clock.instant()));
  }

  /// How long backups are kept, and who says so.
  private record Window(Manifest store, String text, Duration length) {}

  private static Optional<Window> window(Databases databases, Manifest cluster) {
    return Databases.pluginsOf(cluster)
        .filter(plugin -> plugin.enabled() && plugin.isBarman())
        .flatMap(plugin -> plugin.store().stream())
        .flatMap(name -> Databases.named(databases.stores(), cluster.namespace(), name).stream())
        .findFirst()
        .flatMap(store ->
            store
                .text("spec", "retentionPolicy")
                .flatMap(text -> days(text).map(length -> new Window(store, text, length))));
  }

  private static Optional<Duration> days(String text) {
    var written = RETENTION.matcher(text);
    if (!written.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(written.group(1));
    return Optional.of(
        Duration.ofDays(
            switch (written.group(2)) {
              case "w" -> count * DAYS_OF_A_WEEK;
              case "m" -> count * DAYS_OF_A_MONTH;
              default -> count;
            }));
  }

  private static Optional<Finding> unfit(Manifest cluster, Interval interval, Window window) {
    // In seconds: the arithmetic of Duration goes by way of decimal numbers.
    long kept = window.length().toSeconds() / interval.length().toSeconds();
    if (kept < ENOUGH_INTERVALS) {
      return Optional.of(
          Finding.about(
                  window.store(),
                  "%s keeps backups for %s, but %s takes one of Cluster %s only every %s"
                      .formatted(
                          window.store().id(),
                          window.text(),
                          interval.schedule().id(),
                          cluster.name(),
                          words(interval.length())),
                  "spec",
                  "retentionPolicy")
              .withRemedy(
                  "Keep them for %s or longer, or take them more often."
                      .formatted(words(interval.length().multipliedBy(ENOUGH_INTERVALS)))));
    }
    return kept > TOO_MANY
        ? Optional.of(
            Finding.about(
                    interval.schedule(),
                    "%s takes a base backup every %s and %s keeps them for %s: about %d of them"
                        .formatted(
                            interval.schedule().id(),
                            words(interval.length()),
                            window.store().id(),
                            window.text(),
                            kept),
                    "spec",
                    "schedule")
                .withSeverity(NOTICE)
                .withRemedy(
                    "Take base backups less often: the archived WAL restores every instant between"
                        + " two of them."))
        : Optional.empty();
  }

  private static String words(Duration length) {
    var parts =
        List.of(length.toDays() + "d", length.toHoursPart() + "h", length.toMinutesPart() + "m");
    var shown = parts.stream().filter(part -> !part.startsWith("0")).toList();
    return shown.isEmpty() ? length.toSeconds() + "s" : String.join(" ", shown);
  }
}
