package io.cooper.schemas.value;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// An amount such as `500m`, `1.5Gi` or `12e6` (k8s.io/apimachinery `resource.Quantity`).
///
/// @param amount its exact value
public record Quantity(BigDecimal amount) implements Comparable<Quantity> {
  private static final Pattern FORM =
      Pattern.compile("([+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+))([a-zA-Z]{0,2}|[eE][+-]?[0-9]{1,9})");
  private static final Map<String, BigDecimal> SUFFIXES =
      Map.ofEntries(
          Map.entry("", BigDecimal.ONE),
          Map.entry("n", BigDecimal.ONE.movePointLeft(9)),
          Map.entry("u", BigDecimal.ONE.movePointLeft(6)),
          Map.entry("m", BigDecimal.ONE.movePointLeft(3)),
          Map.entry("k", BigDecimal.ONE.movePointRight(3)),
          Map.entry("M", BigDecimal.ONE.movePointRight(6)),
          Map.entry("G", BigDecimal.ONE.movePointRight(9)),
          Map.entry("T", BigDecimal.ONE.movePointRight(12)),
          Map.entry("P", BigDecimal.ONE.movePointRight(15)),
          Map.entry("E", BigDecimal.ONE.movePointRight(18)),
          Map.entry("Ki", binary(1)),
          Map.entry("Mi", binary(2)),
          Map.entry("Gi", binary(3)),
          Map.entry("Ti", binary(4)),
          Map.entry("Pi", binary(5)),
          Map.entry("Ei", binary(6)));

  /// Beyond this no amount of anything is meant; the exponent is bounded before it is computed.
  private static final int MAX_EXPONENT = 100;

  private static BigDecimal binary(int power) {
    return BigDecimal.valueOf(1024).pow(power);
  }

  /// The amount that a text stands for; empty if the API server would not read it.
  public static Optional<Quantity> parse(String text) {
    var match = FORM.matcher(text);
    if (!match.matches()) {
      return Optional.empty();
    }
    var number = new BigDecimal(match.group(1));
    var suffix = match.group(2);
    var factor = SUFFIXES.get(suffix);
    if (factor != null) {
      return Optional.of(new Quantity(number.multiply(factor)));
    }
    if (suffix.length() < 2 || "eE".indexOf(suffix.charAt(0)) < 0) {
      return Optional.empty();
    }
    try {
      int exponent = Integer.parseInt(suffix.substring(1));
      return Math.abs(exponent) > MAX_EXPONENT
          ? Optional.empty()
          : Optional.of(new Quantity(number.scaleByPowerOfTen(exponent)));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  @Override
  public int compareTo(Quantity other) {
    return amount.compareTo(other.amount);
  }
}
