package io.cooper.policy.monitoring;

import static io.cooper.policy.Severity.ERROR;
import static io.cooper.policy.Severity.WARNING;

import io.cooper.flux.render.RenderedTree;
import io.cooper.manifest.Manifest;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import io.cooper.promql.Expression;
import io.cooper.promql.Expression.Aggregation;
import io.cooper.promql.Expression.Binary;
import io.cooper.promql.Expression.Call;
import io.cooper.promql.Expression.NumberLiteral;
import io.cooper.promql.Expression.Selector;
import io.cooper.promql.Expression.Signed;
import io.cooper.schemas.metrics.Metric;
import io.cooper.schemas.metrics.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// `monitoring/backup-age`
public final class BackupAge implements RepositoryPolicy {
  /// September 2001; whatever is smaller is no point in time that anybody compares with.
  private static final double FIRST_INSTANT = 1e9;

  private static final String LAST_BACKUP = "last_available_backup_timestamp";
  private static final Set<String> RATES = Set.of("rate", "irate", "increase");

  @Override
  public About about() {
    return new About(
        "monitoring/backup-age",
        WARNING,
        "Points in time are compared with `time()`, and a backup is too old only when one is overdue.",
        """
        A series such as `…_last_available_backup_timestamp` holds seconds since 1970. Compared with an age, it is
        always larger; `rate()` and `increase()` of it are 0 but for one jump. Both are errors.

        `time() - …_last_available_backup_timestamp` grows to the interval of the schedule plus the time that a backup
        takes, each time, before the next backup sets it back. An alert at 24 hours for a daily schedule therefore
        fires every day, and soon nobody looks.
        """,
        "Subtract it from time(), and allow for the interval of the schedule, the longest run and some slack: 26 * 3600 for a daily one.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return repository.trees().stream()
        .flatMap(tree -> {
          var rules = Rules.of(tree);
          return rules.all().stream()
              .flatMap(rule ->
                  rule.expression()
                      .map(Expression::all)
                      .orElse(Stream.empty())
                      .flatMap(each -> judge(each, tree).stream())
                      .map(problem ->
                          Finding.at(
                                  TextPlace.of(
                                      repository.artifact(),
                                      rule.owner().placeOf(rule.expr()),
                                      rule.text(),
                                      problem.at()),
                                  rule + problem.what())
                              .of(rule.owner())
                              .withSeverity(problem.certain() ? ERROR : WARNING)));
        });
  }

  private record Trouble(int at, String what, boolean certain) {}

  private static Optional<Trouble> judge(Expression expression, RenderedTree tree) {
    return switch (expression) {
      case Binary binary when binary.compares() ->
          compared(binary.left(), binary.right(), binary.operator(), tree)
              .or(() -> compared(binary.right(), binary.left(), turned(binary.operator()), tree));
      case Call call when RATES.contains(call.function()) ->
          call.arguments()
              .getFirst()
              .all()
              .flatMap(each -> timestamp(each).stream())
              .findFirst()
              .map(name ->
                  new Trouble(
                      call.at(),
                      " takes %s() of %s, which is a point in time"
                          .formatted(call.function(), name),
                      true));
      default -> Optional.empty();
    };
  }

  private static String turned(String operator) {
    return operator.startsWith("<")
        ? ">" + operator.substring(1)
        : operator.startsWith(">") ? "<" + operator.substring(1) : operator;
  }

  private static Optional<Trouble> compared(
      Expression side, Expression limit, String operator, RenderedTree tree) {
    var seconds = constant(limit);
    if (seconds.isEmpty() || seconds.getAsDouble() <= 0) {
      return Optional.empty();
    }
    double threshold = seconds.getAsDouble();
    var plain = timestamp(side);
    if (plain.isPresent() && threshold < FIRST_INSTANT) {
      return Optional.of(
          new Trouble(
              side.at(),
              " compares %s, which is a point in time, with %s"
                  .formatted(plain.get(), text(threshold)),
              true));
    }
    if (!operator.startsWith(">")) {
      return Optional.empty();
    }
    return age(side)
        .flatMap(name ->
            schedules(tree)
                .filter(schedule -> schedule.interval().toSeconds() >= threshold)
                .findFirst()
                .map(schedule ->
                    new Trouble(
                        limit.at(),
                        " calls a backup too old after %s, and %s makes one every %s: it fires each time"
                            .formatted(
                                text(threshold),
                                schedule.object().id(),
                                text((double) schedule.interval().toSeconds())),
                        false)));
  }

  /// A point in time as it is, or the newest or oldest of several.
  private static Optional<String> timestamp(Expression expression) {
    return switch (expression.bare()) {
      case Selector selector ->
          selector
              .name()
              .filter(name ->
                  Metrics.all().find(name, Set.of()).filter(Metric::isTimestamp).isPresent());
      case Aggregation aggregation
          when Set.of("max", "min", "avg").contains(aggregation.operator()) ->
          timestamp(aggregation.inner());
      default -> Optional.empty();
    };
  }

  /// `time() -` the time of the last backup of all clusters, filters aside.
  private static Optional<String> age(Expression expression) {
    return expression.bare() instanceof Binary difference
            && difference.operator().equals("-")
            && difference.left().bare() instanceof Call call
            && call.function().equals("time")
        ? lastBackup(difference.right())
        : expression.bare() instanceof Aggregation aggregation
            ? age(aggregation.inner())
            : Optional.empty();
  }

  private static Optional<String> lastBackup(Expression expression) {
    return switch (expression.bare()) {
      case Selector selector when selector.matchers().isEmpty() ->
          selector.name().filter(name -> name.endsWith(LAST_BACKUP));
      case Aggregation aggregation -> lastBackup(aggregation.inner());
      case Binary filter when filter.compares() -> lastBackup(filter.left());
      default -> Optional.empty();
    };
  }

  private static OptionalDouble constant(Expression expression) {
    return switch (expression.bare()) {
      case NumberLiteral number -> OptionalDouble.of(number.value());
      case Signed signed -> {
        var inner = constant(signed.inner());
        yield inner.isPresent() && signed.negative()
            ? OptionalDouble.of(-inner.getAsDouble())
            : inner;
      }
      case Binary binary -> {
        var left = constant(binary.left());
        var right = constant(binary.right());
        yield left.isEmpty() || right.isEmpty()
            ? OptionalDouble.empty()
            : calculated(left.getAsDouble(), binary.operator(), right.getAsDouble());
      }
      default -> OptionalDouble.empty();
    };
  }

  private static OptionalDouble calculated(double left, String operator, double right) {
    return switch (operator) {
      case "+" -> OptionalDouble.of(left + right);
      case "-" -> OptionalDouble.of(left - right);
      case "*" -> OptionalDouble.of(left * right);
      case "/" -> OptionalDouble.of(left / right);
      default -> OptionalDouble.empty();
    };
  }

  private record Schedule(Manifest object, Duration interval) {}

  private static Stream<Schedule> schedules(RenderedTree tree) {
    return tree.objects("postgresql.cnpg.io", "ScheduledBackup")
        .filter(each -> !each.root().flag("spec", "suspend").orElse(false))
        .flatMap(each ->
            each
                .text("spec", "schedule")
                .flatMap(BackupAge::interval)
                .map(interval -> new Schedule(each, interval))
                .stream());
  }

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /// The interval of the plain schedules: hourly, daily, weekly. Whoever lists several hours knows
  /// better than a rule.
  static Optional<Duration> interval(String schedule) {
    switch (schedule.strip()) {
      case "@hourly" -> {
        return Optional.of(Duration.ofHours(1));
      }
      case "@daily", "@midnight" -> {
        return Optional.of(Duration.ofDays(1));
      }
      case "@weekly" -> {
        return Optional.of(Duration.ofDays(7));
      }
      default -> {}
    }
    var fields = List.of(schedule.strip().split("\\s+"));
    if (fields.size() != 6
        || !isNumber(fields.get(0))
        || !isNumber(fields.get(1))
        || !isAny(fields.get(3))
        || !isAny(fields.get(4))) {
      return Optional.empty();
    }
    if (isAny(fields.get(2)) && isAny(fields.get(5))) {
      return Optional.of(Duration.ofHours(1));
    }
    if (!isNumber(fields.get(2))) {
      return Optional.empty();
    }
    return isAny(fields.get(5))
        ? Optional.of(Duration.ofDays(1))
        : Optional.of(Duration.ofDays(7)).filter(_ -> isNumber(fields.get(5)));
  }

  private static boolean isNumber(String field) {
    return NUMBER.matcher(field).matches();
  }

  private static boolean isAny(String field) {
    return field.equals("*") || field.equals("?");
  }

  private static String text(double seconds) {
    if (seconds >= 86_400 && seconds % 86_400 == 0) {
      return days((long) (seconds / 86_400));
    }
    return seconds >= 3_600 && seconds % 3_600 == 0
        ? "%d h".formatted((long) (seconds / 3_600))
        : "%d s".formatted((long) seconds);
  }

  private static String days(long count) {
    return count == 1 ? "24 h" : "%d days".formatted(count);
  }
}
