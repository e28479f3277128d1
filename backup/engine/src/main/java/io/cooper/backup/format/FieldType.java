package io.cooper.backup.format;

import io.cooper.problem.ProblemException;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// How values of `backup.info` are read and written.
///
/// @param demand what a value is, for messages: `a whole number`
/// @param reader throws [Unfit] or a library's exception for text that is none
/// @param writer gives text that the reader takes
record FieldType<T>(String demand, Function<String, T> reader, Function<T, String> writer) {
  static final FieldType<String> WORD =
      new FieldType<>("text", Function.identity(), Function.identity());

  static final FieldType<String> DIGITS =
      new FieldType<>(
          "a decimal number",
          text -> {
            demand(text.matches("\\d{1,20}"));
            return text;
          },
          Function.identity());

  static final FieldType<Long> NUMBER =
      new FieldType<>("a whole number", Long::valueOf, String::valueOf);

  static final FieldType<Lsn> LSN = new FieldType<>("an LSN", Lsn::parse, Lsn::toString);

  static final FieldType<WalName.Segment> SEGMENT =
      new FieldType<>(
          "the name of a WAL segment",
          text -> {
            if (WalName.parse(text) instanceof WalName.Segment segment) {
              return segment;
            }
            throw new Unfit();
          },
          WalName.Segment::text);

  static final FieldType<SegmentSize> SEGMENT_SIZE =
      new FieldType<>(
          "a power of two from 1 MiB to 1 GiB",
          text -> new SegmentSize(Integer.parseInt(text)),
          size -> Integer.toString(size.bytes()));

  static final FieldType<BackupInfo.Status> STATUS =
      new FieldType<>("a status", BackupInfo.Status::valueOf, BackupInfo.Status::name);

  static final FieldType<OffsetDateTime> TIME =
      new FieldType<>("a time", FieldType::time, FieldType::timeText);

  static final FieldType<PythonLiteral> LITERAL =
      new FieldType<>("a Python literal", FieldType::literal, PythonLiteral::repr);

  static final FieldType<String> QUOTED =
      new FieldType<>(
          "a quoted text", text -> text(literal(text)), text -> PythonLiteral.of(text).repr());

  static final FieldType<List<String>> TEXTS =
      new FieldType<>(
          "a list of texts",
          text -> items(literal(text)).stream().map(FieldType::text).toList(),
          texts -> new PythonLiteral.Items(texts.stream().map(PythonLiteral::of).toList()).repr());

  static final FieldType<List<BackupInfo.Tablespace>> TABLESPACES =
      new FieldType<>(
          "a list of (name, oid, path)",
          text -> items(literal(text)).stream().map(FieldType::tablespace).toList(),
          all -> new PythonLiteral.Items(all.stream().map(FieldType::tuple).toList()).repr());

  /// As `str` of Python's datetime prints it; RFC 3339 is taken too.
  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("[ ]['T']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendOffset("+HH:mm:ss", "Z")
          .optionalEnd()
          .toFormatter(Locale.ROOT);

  /// As C's `ctime` prints it, which old versions wrote: local time.
  private static final DateTimeFormatter CTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ROOT);

  private static final DateTimeFormatter WRITTEN =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .optionalStart()
          .appendFraction(ChronoField.MICRO_OF_SECOND, 6, 6, true)
          .optionalEnd()
          .appendOffset("+HH:MM:ss", "+00:00")
          .toFormatter(Locale.ROOT);

  private static final DateTimeFormatter WRITTEN_WHOLE =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd HH:mm:ss")
          .appendOffset("+HH:MM:ss", "+00:00")
          .toFormatter(Locale.ROOT);

  Optional<String> faultOf(String text) {
    try {
      read(text);
      return Optional.empty();
    } catch (Unfit unfit) {
      return Optional.of(demand + unfit.reason());
    } catch (ProblemException | IllegalArgumentException | DateTimeException _) {
      return Optional.of(demand);
    }
  }

  T read(String text) {
    return reader.apply(text);
  }

  String write(T value) {
    return writer.apply(value);
  }

  private static PythonLiteral literal(String text) {
    try {
      return PythonLiteral.parse(text);
    } catch (PythonLiteral.Malformed malformed) {
      throw new Unfit(malformed.reason());
    }
  }

  private static String text(PythonLiteral literal) {
    if (literal instanceof PythonLiteral.Text(var value)) {
      return value;
    }
    throw new Unfit();
  }

  private static List<PythonLiteral> items(PythonLiteral literal) {
    return switch (literal) {
      case PythonLiteral.Items(var items) -> items;
      case PythonLiteral.Tuple(var items) -> items;
      default -> throw new Unfit();
    };
  }

  private static BackupInfo.Tablespace tablespace(PythonLiteral literal) {
    var parts = items(literal);
    demand(parts.size() == 3);
    if (parts.get(1) instanceof PythonLiteral.Int(var oid)) {
      demand(oid.signum() > 0 && oid.bitLength() <= 32);
      return new BackupInfo.Tablespace(text(parts.get(0)), oid.longValue(), text(parts.get(2)));
    }
    throw new Unfit();
  }

  private static PythonLiteral tuple(BackupInfo.Tablespace tablespace) {
    return new PythonLiteral.Tuple(
        List.of(
            PythonLiteral.of(tablespace.name()),
            PythonLiteral.of(tablespace.oid()),
            PythonLiteral.of(tablespace.location())));
  }

  private static OffsetDateTime time(String text) {
    if (!text.isEmpty() && Character.isLetter(text.charAt(0))) {
      return local(LocalDateTime.parse(text, CTIME));
    }
    var time = ISO.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
    return time instanceof OffsetDateTime zoned ? zoned : local((LocalDateTime) time);
  }

  private static OffsetDateTime local(LocalDateTime time) {
    return time.atZone(ZoneId.systemDefault()).toOffsetDateTime();
  }

  private static String timeText(OffsetDateTime time) {
    return (time.get(ChronoField.MICRO_OF_SECOND) == 0 ? WRITTEN_WHOLE : WRITTEN).format(time);
  }

  private static void demand(boolean kept) {
    if (!kept) {
      throw new Unfit();
    }
  }

  /// A value is not what it should be.
  private static final class Unfit extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String reason;

    Unfit() {
      this.reason = "";
    }

    Unfit(String reason) {
      this.reason = " (" + reason + ")";
    }

    String reason() {
      return reason;
    }
  }
}
