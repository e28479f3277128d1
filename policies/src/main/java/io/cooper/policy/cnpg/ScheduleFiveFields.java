package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.edit.YamlChange;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.ManifestPolicy;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// `cnpg/schedule-five-fields`
public final class ScheduleFiveFields implements ManifestPolicy {
  private static final int PREVIEW = 5;
  private static final String SIX_FIELDS = "Write the schedule with six fields";
  private static final List<String> SCHEDULE = List.of("spec", "schedule");

  private final InstantSource clock;

  /// Previews runs from now on.
  public ScheduleFiveFields() {
    this(InstantSource.system());
  }

  ScheduleFiveFields(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public About about() {
    return new About(
        "cnpg/schedule-five-fields",
        ERROR,
        "A ScheduledBackup's schedule has six fields, the first of which is the second.",
        """
        CloudNativePG reads seconds first. The five fields of Unix cron therefore all move by one: `0 3 * * *`, meant as
        'daily at three', runs at minute 3 of *every hour*, 24 times a day. The operator's webhook only warns. Clusters
        were found with 7,500 and 17,000 Backup objects from this mistake.

        Five fields that make sense with the second first, such as `0 0 3 * *` for daily at three, are a warning: they
        run as written, and who reads them as Unix cron reads 'on the third of every month'.
        """,
        "Put a 0 in front: 0 0 3 * * * runs daily at 03:00:00 UTC.");
  }

  @Override
  public Stream<Finding> check(Manifest manifest) {
    if (!manifest.is(Databases.CNPG, "ScheduledBackup")) {
      return Stream.empty();
    }
    return manifest
        .text("spec", "schedule")
        .map(String::strip)
        .filter(schedule -> !schedule.startsWith("@"))
        .flatMap(schedule -> finding(manifest, schedule))
        .stream();
  }

  private Optional<Finding> finding(Manifest manifest, String schedule) {
    int fields = schedule.split("\\s+").length;
    if (fields == Schedule.FIELDS_MEANT_AS_UNIX) {
      return Optional.of(five(manifest, schedule));
    }
    return Schedule.parse(schedule).isPresent()
        ? Optional.empty()
        : Optional.of(
            Finding.about(
                    manifest,
                    "%s has schedule \"%s\", which cannot be read"
                        .formatted(manifest.id(), schedule),
                    "spec",
                    "schedule")
                .withRemedy(
                    "Write second, minute, hour, day of month, month, day of week: 0 0 3 * * *."));
  }

  private Finding five(Manifest manifest, String schedule) {
    if (Schedule.isTimeOfDay(schedule) && Schedule.parse(schedule).isPresent()) {
      return complete(manifest, schedule);
    }
    var meant = "0 " + schedule;
    var message =
        "%s has schedule \"%s\": five fields, read as %s. Next runs: %s. If \"%s\" was meant: %s"
            .formatted(
                manifest.id(),
                schedule,
                Schedule.reading(schedule),
                runs(schedule),
                meant,
                runs(meant));
    return Finding.about(manifest, message, "spec", "schedule")
        .withRemedy("Write \"%s\" if Unix cron was meant.".formatted(meant))
        .repairedBy(SIX_FIELDS, manifest, new YamlChange.Replace(SCHEDULE, meant));
  }

  /// The author may well have counted the second and left out the day of the week.
  private Finding complete(Manifest manifest, String schedule) {
    var whole = schedule + " *";
    return Finding.about(
            manifest,
            "%s has schedule \"%s\": five fields, read as %s. Next runs: %s"
                .formatted(manifest.id(), schedule, Schedule.reading(schedule), runs(schedule)),
            "spec",
            "schedule")
        .withSeverity(WARNING)
        .withRemedy(
            "Write \"%s\", which says the same, or \"0 %s\" if Unix cron was meant."
                .formatted(whole, schedule))
        .repairedBy(SIX_FIELDS, manifest, new YamlChange.Replace(SCHEDULE, whole));
  }

  private String runs(String schedule) {
    return Schedule.parse(schedule)
        .map(parsed -> String.join(", ", parsed.next(clock.instant(), PREVIEW)))
        .orElse("cannot be read");
  }
}
