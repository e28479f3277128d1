package io.cooper.impact;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Compares sizes as Kubernetes writes them: `512Mi`, `1.5Gi`, `10G`.
final class Quantities {
  private static final Pattern FORM =
      Pattern.compile("([0-9.]+)(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei)?");
  private static final Map<String, BigDecimal> FACTORS =
      Map.ofEntries(
          Map.entry("m", new BigDecimal("0.001")),
          Map.entry("k", BigDecimal.valueOf(1_000L)),
          Map.entry("M", BigDecimal.valueOf(1_000_000L)),
          Map.entry("G", BigDecimal.valueOf(1_000_000_000L)),
          Map.entry("T", BigDecimal.valueOf(1_000_000_000_000L)),
          Map.entry("P", BigDecimal.valueOf(1_000_000_000_000_000L)),
          Map.entry("E", BigDecimal.valueOf(1_000_000_000_000_000_000L)),
          Map.entry("Ki", BigDecimal.valueOf(1L << 10)),
          Map.entry("Mi", BigDecimal.valueOf(1L << 20)),
          Map.entry("Gi", BigDecimal.valueOf(1L << 30)),
          Map.entry("Ti", BigDecimal.valueOf(1L << 40)),
          Map.entry("Pi", BigDecimal.valueOf(1L << 50)),
          Map.entry("Ei", BigDecimal.valueOf(1L << 60)));

  private Quantities() {}

  /// Whether one is less than another; false where one of them cannot be read.
  static boolean isLess(String one, String other) {
    var left = read(one);
    var right = read(other);
    return left.isPresent() && right.isPresent() && left.get().compareTo(right.get()) < 0;
  }

  private static Optional<BigDecimal> read(String text) {
    var form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    try {
      var number = new BigDecimal(form.group(1));
      var unit = form.group(2);
      return Optional.of(
          unit == null ? number : number.multiply(FACTORS.getOrDefault(unit, BigDecimal.ONE)));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }
}
