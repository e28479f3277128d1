package io.cooper.schemas.validate;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.format.Format;
import io.cooper.schemas.value.Addresses;
import io.cooper.schemas.value.GoDuration;
import io.cooper.schemas.value.Quantity;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The formats of strings that the API server checks, and no others: it ignores the name of a
/// format that it does not know.
final class KubernetesFormats {
  /// go-openapi's durations: Go's, and numbers with words.
  private static final Pattern DURATION_IN_WORDS =
      Pattern.compile(
          "(?i)\\s*(?:[0-9]+(?:\\.[0-9]+)?\\s*(?:ns|nano\\w*|us|µs|micro\\w*|ms|milli\\w*|s|sec\\w*|m|min\\w*|h|hr|hour\\w*|d|day\\w*|w|wk|week\\w*)\\s*)+");

  private static final Pattern UUID =
      Pattern.compile("(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}");
  private static final Pattern MAC = Pattern.compile("(?i)[0-9a-f]{2}([:-][0-9a-f]{2}){5,7}");

  private static final Pattern BASE64 = Pattern.compile("[A-Za-z0-9+/]*+={0,2}");

  private static final List<Checked> CHECKED =
      List.of(
          new Checked("quantity", text -> Quantity.parse(text).isPresent()),
          new Checked("byte", KubernetesFormats::isBase64),
          new Checked("date", KubernetesFormats::isDate),
          new Checked("date-time", KubernetesFormats::isTime),
          new Checked(
              "duration",
              text ->
                  GoDuration.parse(text).isPresent() || DURATION_IN_WORDS.matcher(text).matches()),
          new Checked("uuid", text -> UUID.matcher(text).matches()),
          new Checked("mac", text -> MAC.matcher(text).matches()),
          new Checked("ipv4", text -> Addresses.isIpv4(text)),
          new Checked("ipv6", text -> Addresses.isIpv6(text)),
          new Checked("cidr", Addresses::isCidr));

  private KubernetesFormats() {}

  /// All of them, for the library.
  static List<Format> all() {
    return List.copyOf(CHECKED);
  }

  /// What a format demands; empty if it is not checked.
  static Optional<Predicate<String>> test(String name) {
    for (var format : CHECKED) {
      if (format.name().equals(name)) {
        return Optional.of(format.test());
      }
    }
    return Optional.empty();
  }

  private record Checked(String name, Predicate<String> test) implements Format {
    @Override
    public String getName() {
      return name;
    }

    @Override
    public boolean matches(ExecutionContext context, String text) {
      return test.test(text);
    }
  }

  /// As Go's encoding/json decodes bytes: standard base64 with padding, line breaks ignored.
  private static boolean isBase64(String text) {
    var joined = text.indexOf('\n') < 0 ? text : text.replaceAll("[\r\n]", "");
    return joined.length() % 4 == 0 && BASE64.matcher(joined).matches();
  }

  private static boolean isDate(String text) {
    try {
      return LocalDate.parse(text) != null;
    } catch (DateTimeException _) {
      return false;
    }
  }

  private static boolean isTime(String text) {
    try {
      return OffsetDateTime.parse(text.toUpperCase(java.util.Locale.ROOT).replace(' ', 'T'))
          != null;
    } catch (DateTimeException _) {
      return false;
    }
  }
}
