package io.cooper.cli;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.util.regex.Pattern;

/// Sizes as people write them: `500MB`, `1GiB`, `1048576`.
final class ByteSize {
  private static final Pattern TEXT =
      Pattern.compile("(\\d{1,12})\\s*([KMGT]?)(i?)B?", Pattern.CASE_INSENSITIVE);
  private static final String UNITS = "KMGT";

  private ByteSize() {}

  /// Reads a size in bytes: with an `i`, in units of 1,024, without, of 1,000.
  static long parse(String text) {
    var parts = TEXT.matcher(text.strip());
    if (!parts.matches()) {
      throw new Problem(
              Code.BAD_USE, "size '%s'".formatted(text), "is none", "write it as 1GiB or 500MB")
          .asException();
    }
    var power =
        parts.group(2).isEmpty()
            ? 0
            : UNITS.indexOf(parts.group(2).toUpperCase(java.util.Locale.ROOT)) + 1;
    var bytes =
        Double.parseDouble(parts.group(1))
            * Math.pow(parts.group(3).isEmpty() ? 1000 : 1024, power);
    return (long) Math.min(bytes, Long.MAX_VALUE);
  }
}
