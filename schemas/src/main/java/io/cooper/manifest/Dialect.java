package io.cooper.manifest;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How scalars become typed values and names. Both dialects follow Go libraries, since those decide
/// what a cluster gets; the rules were read off go-yaml v2 and v3 (`resolve.go`) and are compared
/// with the real libraries in the interop tests.
public enum Dialect {
  /// What `kubectl`, the API server and Flux's substitution read: sigs.k8s.io/yaml over go-yaml v2,
  /// that is YAML 1.1. Text that kustomize has written is read like this, and `kustomization.yaml`.
  KUBERNETES,
  /// What kustomize makes of a resource: kyaml over go-yaml v3. `on`, `yes` and `n` are strings, a
  /// date becomes a time stamp of RFC 3339, and an empty value between braces an empty string.
  KUSTOMIZE;

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
  private static final Pattern LONE_UNDERSCORE = Pattern.compile("(?<=[0-9])_(?=[0-9])");
  private static final BigInteger UNSIGNED_64 = BigInteger.ONE.shiftLeft(64);
  private static final BigInteger SIGNED_64 = BigInteger.ONE.shiftLeft(63);

  /// As many decimal digits as always fit a `long`.
  private static final int LONG_DIGITS = 18;

  /// From here on Go's `%g` writes the shortest form of a number with an exponent.
  private static final int FIRST_EXPONENT = 6;

  private static final String TAGS = "tag:yaml.org,2002:";

  /// Says why a scalar cannot be what it claims to be; the reader adds the place.
  static final class Refused extends Exception {
    private final String what;
    private final String remedy;

    Refused(String what, String remedy) {
      super(what, null, false, false);
      this.what = what;
      this.remedy = remedy;
    }

    String what() {
      return what;
    }

    String remedy() {
      return remedy;
    }
  }

  /// The value of a plain scalar: `String`, `Boolean`, `Long`, `BigInteger`, `Double` or null.
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

  /// The value of a plain scalar without a tag.
  ///
  /// @param flow whether it stands in a list or map written with brackets: kustomize reprints them
  ///   before it reads them a second time, with quotes around nothing and around what has a colon
  @Nullable Object resolve(String text, boolean flow) {
    boolean quoted = flow && this == KUSTOMIZE && (text.isEmpty() || text.indexOf(':') >= 0);
    return quoted ? text : resolve(text);
  }

  /// Refuses the floats that JSON cannot hold.
  static @Nullable Object finite(String text, @Nullable Object value) throws Refused {
    if (value instanceof Double number && !Double.isFinite(number)) {
      throw new Refused("%s is no number that JSON knows".formatted(text), "quote it");
    }
    return value;
  }

  /// The value of a scalar with a tag.
  ///
  /// @param tag as the parser gives it: the standard ones at full length
  /// @param plain whether the text stands there without quotes
  @Nullable Object resolve(String tag, String text, boolean plain) throws Refused {
    if (tag.equals("!") && plain && this == KUSTOMIZE) {
      return resolve(text);
    }
    if (!tag.startsWith(TAGS)) {
      return text;
    }
    return switch (tag.substring(TAGS.length())) {
      case "int" -> typed(text, "!!int", isInteger(resolve(text), text));
      case "float" -> typed(text, "!!float", resolve(text) instanceof Number);
      case "bool" -> typed(text, "!!bool", resolve(text) instanceof Boolean);
      case "null" -> typed(text, "!!null", resolve(text) == null);
      case "timestamp" -> {
        var stamp = Timestamp.rfc3339(text);
        if (stamp.isEmpty()) {
          throw noSuch(text, "!!timestamp");
        }
        yield this == KUSTOMIZE ? stamp.get() : text;
      }
      case "binary" -> decoded(text);
      default -> text;
    };
  }

  private @Nullable Object typed(String text, String tag, boolean fits) throws Refused {
    if (!fits) {
      throw noSuch(text, tag);
    }
    return resolve(text);
  }

  private static Refused noSuch(String text, String tag) {
    return new Refused("`%s` is no %s".formatted(text, tag), "remove the tag");
  }

  /// Bytes that are no UTF-8 become U+FFFD each, as they do in Go.
  private static String decoded(String text) throws Refused {
    try {
      var bytes = Base64.getDecoder().decode(text.replaceAll("[\r\n]", ""));
      return Utf8.asGoReads(bytes);
    } catch (IllegalArgumentException _) {
      throw new Refused("!!binary is not base64", "remove the tag");
    }
  }

  /// The name that a key becomes. JSON knows only strings as names: Kubernetes writes the value
  /// anew, so that `0x10` becomes `16` and `on` becomes `true`. kustomize takes the text as it
  /// stands at the top of a document, and below it refuses what is no string.
  ///
  /// @param text the key as it stands, unquoted
  /// @param content what it resolves to
  /// @param top whether the map is the document itself
  String name(String text, @Nullable Object content, boolean top) throws Refused {
    if (content == null) {
      throw new Refused("a key that is null", "write a key, in quotes if need be");
    }
    boolean stamp = this == KUSTOMIZE && !text.equals(content);
    if (content instanceof String name && !(stamp && isStamp(text, name))) {
      return name;
    }
    if (this == KUSTOMIZE) {
      if (!top) {
        throw new Refused(
            "key %s is no string, which kustomize refuses".formatted(text), "quote it");
      }
      return text;
    }
    return switch (content) {
      case BigInteger _ ->
          throw new Refused("key %s does not fit 64 bits".formatted(text), "quote it");
      case Number number when !isInteger(number, text) -> asGoPrints(asFloat(text));
      case Object other -> other.toString();
    };
  }

  private static boolean isStamp(String text, String content) {
    return Timestamp.rfc3339(text).filter(content::equals).isPresent();
  }

  private static float asFloat(String text) {
    var special = SPECIAL_FLOATS.get(text);
    return special == null ? (float) Double.parseDouble(digits(text)) : special.floatValue();
  }

  private @Nullable Object word(String text) {
    return switch (text) {
      case "~", "null", "Null", "NULL" -> null;
      default -> {
        var flag = BOOLEANS.get(text);
        if (flag == null && this == KUBERNETES) {
          flag = OLD_BOOLEANS.get(text);
        }
        yield flag == null ? text : flag;
      }
    };
  }

  private Object number(String text) {
    if (isShortDecimal(text)) {
      return Long.parseLong(text);
    }
    var special = SPECIAL_FLOATS.get(text);
    if (special != null) {
      return special;
    }
    if (this == KUSTOMIZE) {
      var stamp = Timestamp.rfc3339(text);
      if (stamp.isPresent()) {
        return stamp.get();
      }
    }
    if (!isNumeric(text)) {
      return text;
    }
    var digits = digits(text);
    return integer(digits).or(() -> floating(digits)).orElse(text);
  }

  /// Whether the text is a decimal number that needs no second look; most numbers are.
  private static boolean isShortDecimal(String text) {
    if (text.length() > LONG_DIGITS || (text.charAt(0) == '0' && text.length() > 1)) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /// Whether there are only characters that occur in numbers; versions and images are sorted out
  /// here.
  private static boolean isNumeric(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (!digit && "xXoO_.+-".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  /// Go drops every underscore of a number that begins with a digit or a sign; behind a leading dot
  /// it allows only single ones between digits.
  private static String digits(String text) {
    if (text.indexOf('_') < 0) {
      return text;
    }
    return text.charAt(0) == '.'
        ? LONE_UNDERSCORE.matcher(text).replaceAll("")
        : text.replace("_", "");
  }

  private static boolean isInteger(@Nullable Object content, String text) {
    return content instanceof Number && integer(digits(text)).isPresent();
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
    var sign = matcher.group(1);
    if (sign.equals("-")) {
      value = value.negate();
    }
    // Go reads unsigned numbers without a sign only.
    var limit = sign.isEmpty() ? UNSIGNED_64 : SIGNED_64;
    if (value.compareTo(limit) >= 0 || value.compareTo(SIGNED_64.negate()) < 0) {
      return Optional.empty();
    }
    return Optional.of(value.bitLength() < Long.SIZE ? (Object) value.longValueExact() : value);
  }

  private static Optional<Object> floating(String digits) {
    if (!FLOAT.matcher(digits).matches()) {
      return Optional.empty();
    }
    double value = Double.parseDouble(digits);
    return Double.isInfinite(value) ? Optional.empty() : Optional.of(asJson(value));
  }

  /// JSON does not tell 1.0 from 1: what Go writes without a fraction, Kubernetes reads as an
  /// integer, by the digits that Go printed, which are the fewest that tell the number from its
  /// neighbours.
  private static Object asJson(double value) {
    return value == Math.rint(value) && Math.abs(value) < Long.MAX_VALUE
        ? (Object) new BigDecimal(Double.toString(value)).longValueExact()
        : value;
  }

  /// As `strconv.FormatFloat(value, 'g', -1, 32)`, with YAML's words for what is no number.
  private static String asGoPrints(float value) {
    if (Float.isNaN(value)) {
      return ".nan";
    }
    if (Float.isInfinite(value)) {
      return value > 0 ? ".inf" : "-.inf";
    }
    if (value == 0) {
      return Math.copySign(1, value) < 0 ? "-0" : "0";
    }
    var shortest = new BigDecimal(Float.toString(value)).stripTrailingZeros();
    var oneDigit = shortest.round(new MathContext(1));
    if (oneDigit.floatValue() == value) {
      // Java never prints fewer than two digits.
      shortest = oneDigit;
    }
    int digits = shortest.precision();
    int exponent = digits - shortest.scale() - 1;
    if (exponent >= -4 && exponent < FIRST_EXPONENT) {
      return shortest.toPlainString();
    }
    var mantissa = new BigDecimal(shortest.unscaledValue(), digits - 1).toPlainString();
    return "%se%s%02d".formatted(mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }
}
