package io.cooper.manifest;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How plain scalars become typed values. Both dialects follow Go libraries, since those decide
/// what a cluster gets; the rules were read off go-yaml v2 and v3 (`resolve.go`) and are compared
/// with the real tools in the tests.
public enum Dialect {
  /// What `kubectl`, the API server and Flux's substitution read: sigs.k8s.io/yaml over go-yaml v2,
  /// that is YAML 1.1.
  KUBERNETES(true),
  /// What kustomize reads: go-yaml v3, where `on`, `yes` and `n` are strings.
  KUSTOMIZE(false);

  private static final Map<String, Boolean> BOOLEANS =
      Map.of(
          "true", true, "True", true, "TRUE", true, "false", false, "False", false, "FALSE", false);
  private static final Map<String, Boolean> OLD_BOOLEANS =
      Map.ofEntries(
          Map.entry("y", true),
          Map.entry("Y", true),
          Map.entry("yes", true),
          Map.entry("Yes", true),
          Map.entry("YES", true),
          Map.entry("on", true),
          Map.entry("On", true),
          Map.entry("ON", true),
          Map.entry("n", false),
          Map.entry("N", false),
          Map.entry("no", false),
          Map.entry("No", false),
          Map.entry("NO", false),
          Map.entry("off", false),
          Map.entry("Off", false),
          Map.entry("OFF", false));
  private static final Map<String, Double> SPECIAL_FLOATS =
      Map.ofEntries(
          Map.entry(".nan", Double.NaN),
          Map.entry(".NaN", Double.NaN),
          Map.entry(".NAN", Double.NaN),
          Map.entry(".inf", Double.POSITIVE_INFINITY),
          Map.entry(".Inf", Double.POSITIVE_INFINITY),
          Map.entry(".INF", Double.POSITIVE_INFINITY),
          Map.entry("+.inf", Double.POSITIVE_INFINITY),
          Map.entry("+.Inf", Double.POSITIVE_INFINITY),
          Map.entry("+.INF", Double.POSITIVE_INFINITY),
          Map.entry("-.inf", Double.NEGATIVE_INFINITY),
          Map.entry("-.Inf", Double.NEGATIVE_INFINITY),
          Map.entry("-.INF", Double.NEGATIVE_INFINITY));
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Pattern INTEGER =
      Pattern.compile("([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|([1-9][0-9]*|0))");
  private static final BigInteger UNSIGNED_64 = BigInteger.ONE.shiftLeft(64);
  private static final BigInteger SIGNED_64 = BigInteger.ONE.shiftLeft(63);

  /// From here on Go writes a float64 with an exponent, and Kubernetes no longer reads it back as
  /// an integer.
  private static final double EXPONENT_FROM = 1e21;

  private final boolean oldBooleans;

  Dialect(boolean oldBooleans) {
    this.oldBooleans = oldBooleans;
  }

  /// The value of a plain scalar: `String`, `Boolean`, `Long`, `BigInteger`, `Double` or null.
  /// Dates stay strings.
  public @Nullable Object resolve(String text) {
    if (text.isEmpty()) {
      return null;
    }
    return switch (text.charAt(0)) {
      case '~', 'n', 'N', 'y', 'Y', 't', 'T', 'f', 'F', 'o', 'O' -> word(text);
      case '+', '-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(text);
      default -> text;
    };
  }

  private @Nullable Object word(String text) {
    return switch (text) {
      case "~", "null", "Null", "NULL" -> null;
      default -> {
        var flag = BOOLEANS.get(text);
        if (flag == null && oldBooleans) {
          flag = OLD_BOOLEANS.get(text);
        }
        yield flag == null ? text : flag;
      }
    };
  }

  private static Object number(String text) {
    var special = SPECIAL_FLOATS.get(text);
    if (special != null) {
      return special;
    }
    var digits = text.replace("_", "");
    return integer(digits)
        .or(() ->
            FLOAT.matcher(digits).matches()
                ? Optional.of(shortest(Double.parseDouble(digits)))
                : Optional.empty())
        .orElse(text);
  }

  private static Optional<Object> integer(String digits) {
    var matcher = INTEGER.matcher(digits);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var value = BigInteger.ZERO;
    int[] radix = {16, 2, 8, 10};
    for (int i = 0; i < radix.length; i++) {
      var group = matcher.group(i + 2);
      if (group != null) {
        value = new BigInteger(group, radix[i]);
      }
    }
    if (matcher.group(1).equals("-")) {
      value = value.negate();
    }
    if (value.compareTo(UNSIGNED_64) >= 0 || value.compareTo(SIGNED_64.negate()) < 0) {
      return Optional.empty();
    }
    return Optional.of(value.bitLength() < Long.SIZE ? (Object) value.longValueExact() : value);
  }

  private static Object shortest(double value) {
    return value == Math.rint(value) && Math.abs(value) < Math.min(EXPONENT_FROM, Long.MAX_VALUE)
        ? (Object) (long) value
        : value;
  }
}
