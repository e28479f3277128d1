package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// The schedule of a CronJob: five fields, or a word such as `@daily` (robfig/cron, standard
/// parser).
final class CronJobs implements AdmissionRule {
  private static final Set<String> WORDS =
      Set.of("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");
  private static final Pattern EVERY = Pattern.compile("@every .+");
  private static final String MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec";
  private static final String DAYS = "sun mon tue wed thu fri sat";
  private static final int[][] RANGES = {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}};

  @Override
  public void check(Subject object, Consumer<Violation> refused) {
    if (object.is("batch", "CronJob")) {
      object
          .text("spec", "schedule")
          .filter(schedule -> !isSchedule(schedule))
          .ifPresent(schedule ->
              refused.accept(
                  object.wrong(
                      " is \""
                          + schedule
                          + "\", which is no schedule: minute, hour, day of month, month, day of week",
                      "spec",
                      "schedule")));
    }
  }

  static boolean isSchedule(String text) {
    if (text.startsWith("@")) {
      return WORDS.contains(text) || EVERY.matcher(text).matches();
    }
    // A time zone in the schedule is refused on creation; spec.timeZone is the place for it.
    var fields = text.strip().split("\\s+");
    if (fields.length != RANGES.length) {
      return false;
    }
    for (int i = 0; i < fields.length; i++) {
      for (var part : fields[i].split(",", -1)) {
        if (!isPart(part, i)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isPart(String part, int field) {
    var stepped = part.split("/", -1);
    if (stepped.length > 2 || (stepped.length == 2 && !stepped[1].matches("0*[1-9][0-9]{0,3}"))) {
      return false;
    }
    var range = stepped[0];
    if (range.equals("*") || range.equals("?")) {
      return true;
    }
    var ends = range.split("-", -1);
    int from = number(ends[0], field);
    int to = ends.length == 1 ? from : number(ends[ends.length - 1], field);
    return ends.length <= 2 && from >= RANGES[field][0] && to <= RANGES[field][1] && from <= to;
  }

  private static int number(String text, int field) {
    if (text.matches("[0-9]{1,4}")) {
      return Integer.parseInt(text);
    }
    var names = field == 3 ? MONTHS : field == 4 ? DAYS : "";
    int index = text.length() == 3 ? names.indexOf(text.toLowerCase(Locale.ROOT)) : -1;
    return index < 0 ? -1 : index / 4 + (field == 3 ? 1 : 0);
  }
}
