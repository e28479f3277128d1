package io.cooper.promql;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The functions of Prometheus 3, those behind its experimental flag included, and `holt_winters`,
/// as Prometheus 2 called `double_exponential_smoothing`.
final class Functions {
  /// One function.
  ///
  /// @param parameters by type; the last stands for all that follow
  /// @param least how many arguments there must be
  /// @param most how many there may be
  record Signature(String name, List<Type> parameters, int least, int most, Type result) {
    Type parameter(int index) {
      return parameters.get(Math.min(index, parameters.size() - 1));
    }
  }

  /// Parameters, result, names. `m` is a range vector, `v` an instant vector, `s` a scalar, `t` a
  /// text; `?` makes the last parameter optional, `*` lets it occur any number of times, `+` up to
  /// nine times.
  private static final String TABLE =
      """
      - s end pi range start step time
      m v absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta
      m v increase irate last_over_time mad_over_time max_over_time min_over_time present_over_time
      m v rate resets stddev_over_time stdvar_over_time sum_over_time ts_of_first_over_time
      m v ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time
      ms v predict_linear
      ms? v integral
      mss v double_exponential_smoothing holt_winters
      s v vector
      sm v quantile_over_time
      ss s max_of min_of
      ssv v histogram_fraction
      sv v histogram_quantile
      v s scalar
      v v abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg
      v v histogram_count histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad sgn sin
      v v sinh sort sort_desc sqrt start_timestamp tan tanh timestamp
      v? v day_of_month day_of_week day_of_year days_in_month hour minute month year
      vs v clamp_max clamp_min
      vs? v round
      vss v clamp
      vt* v sort_by_label sort_by_label_desc
      vtss+ v histogram_quantiles
      vttt* v label_join
      vtttt v label_replace
      vv? v info
      """;

  private static final Map<String, Signature> ALL = read();

  private Functions() {}

  static Optional<Signature> named(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  static Collection<String> names() {
    return ALL.keySet();
  }

  private static Map<String, Signature> read() {
    var all = new HashMap<String, Signature>();
    TABLE
        .lines()
        .map(line -> List.of(line.split(" ")))
        .forEach(columns -> {
          for (var name : columns.subList(2, columns.size())) {
            all.put(name, signature(name, columns.get(0), columns.get(1)));
          }
        });
    return all;
  }

  private static Signature signature(String name, String parameters, String result) {
    char last = parameters.charAt(parameters.length() - 1);
    boolean marked = "?*+".indexOf(last) >= 0;
    var letters = parameters.substring(0, parameters.length() - (marked ? 1 : 0));
    var types =
        letters.equals("-")
            ? List.<Type>of()
            : letters.chars().mapToObj(letter -> type((char) letter)).toList();
    int least = types.size() - (marked ? 1 : 0);
    int most =
        switch (last) {
          case '*' -> Integer.MAX_VALUE;
          case '+' -> least + 9;
          default -> types.size();
        };
    return new Signature(name, types, least, most, type(result.charAt(0)));
  }

  private static Type type(char letter) {
    return switch (letter) {
      case 'm' -> Type.MATRIX;
      case 'v' -> Type.VECTOR;
      case 's' -> Type.SCALAR;
      default -> Type.STRING;
    };
  }
}
