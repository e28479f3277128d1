package io.cooper.backup.format;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.util.regex.Pattern;

/// A place in the WAL: the number of bytes before it, unsigned. Written as PostgreSQL does,
/// `16/B374D848`.
public record Lsn(long bytes) implements Comparable<Lsn> {
  private static final Pattern TEXT = Pattern.compile("([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");

  /// Reads `X/X`.
  ///
  /// @throws io.cooper.problem.ProblemException with [Code#BAD_INPUT] if it is none
  public static Lsn parse(String text) {
    var parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new Problem(
              Code.BAD_INPUT,
              "LSN '%s'".formatted(text),
              "is not two hexadecimal numbers of up to 8 digits with a slash between them",
              "write it as PostgreSQL prints it, such as 0/3000028")
          .asException();
    }
    return new Lsn(Long.parseLong(parts.group(1), 16) << 32 | Long.parseLong(parts.group(2), 16));
  }

  /// The place so many bytes further.
  public Lsn plus(long more) {
    return new Lsn(bytes + more);
  }

  /// How many bytes lie between another place and this one; negative if this one is earlier.
  public long minus(Lsn other) {
    return bytes - other.bytes;
  }

  /// Orders by place, as unsigned numbers.
  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public String toString() {
    return "%X/%X".formatted(bytes >>> 32, bytes & 0xFFFF_FFFFL);
  }
}
