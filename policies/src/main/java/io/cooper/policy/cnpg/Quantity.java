package io.cooper.policy.cnpg;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Amounts of memory as Kubernetes writes them: `128Mi`, `0.5G`, `134217728`, `1e9`.
final class Quantity {
  private static final Pattern AMOUNT =
      Pattern.compile("([0-9]+(?:\\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?)([kKMGTPE]i?|m)?");
  private static final int KILO = 1000;
  private static final int KIBI = 1024;
  private static final Map<Character, Integer> POWERS =
      Map.of('k', 1, 'K', 1, 'M', 2, 'G', 3, 'T', 4, 'P', 5, 'E', 6);

  private Quantity() {}

  /// How many bytes; empty if the text is no amount.
  static Optional<Long> bytes(String text) {
    var matcher = AMOUNT.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var number = new BigDecimal(matcher.group(1));
    var unit = Optional.ofNullable(matcher.group(2)).orElse("");
    return Optional.of(number.multiply(factor(unit)).longValue());
  }

  private static BigDecimal factor(String unit) {
    if (unit.isEmpty()) {
      return BigDecimal.ONE;
    }
    if (unit.equals("m")) {
      return new BigDecimal("0.001");
    }
    int power = POWERS.getOrDefault(unit.charAt(0), 0);
    return BigDecimal.valueOf(unit.endsWith("i") ? KIBI : KILO).pow(power);
  }
}
