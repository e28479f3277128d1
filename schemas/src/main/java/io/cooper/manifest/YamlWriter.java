package io.cooper.manifest;

import java.math.BigDecimal;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.StreamDataWriter;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.emitter.Emitter;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.ImplicitTuple;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.events.StreamEndEvent;
import org.snakeyaml.engine.v2.events.StreamStartEvent;

/// Writes values as YAML that every reader takes for the same: block style, keys in their order,
/// strings quoted wherever YAML 1.1 or 1.2 would read them as something else, texts of several
/// lines as literal blocks.
public final class YamlWriter {
  private static final DumpSettings SETTINGS =
      DumpSettings.builder()
          .setExplicitStart(true)
          .setIndent(2)
          .setWidth(Integer.MAX_VALUE)
          .setSplitLines(false)
          .build();

  private YamlWriter() {}

  /// The documents, each after a line `---`.
  public static String write(Iterable<? extends Value> documents) {
    var out = new Text();
    var emitter = new Emitter(SETTINGS, out);
    emitter.emit(new StreamStartEvent());
    for (var document : documents) {
      emitter.emit(new DocumentStartEvent(true, java.util.Optional.empty(), java.util.Map.of()));
      value(emitter, document);
      emitter.emit(new DocumentEndEvent(false));
    }
    emitter.emit(new StreamEndEvent());
    return out.text.toString();
  }

  private static void value(Emitter emitter, Value value) {
    switch (value) {
      case Scalar scalar -> scalar(emitter, scalar);
      case Sequence list -> {
        emitter.emit(
            new SequenceStartEvent(
                java.util.Optional.empty(), java.util.Optional.empty(), true, FlowStyle.BLOCK));
        list.items().forEach(item -> value(emitter, item));
        emitter.emit(new SequenceEndEvent());
      }
      case Mapping mapping -> {
        emitter.emit(
            new MappingStartEvent(
                java.util.Optional.empty(), java.util.Optional.empty(), true, FlowStyle.BLOCK));
        mapping
            .entries()
            .forEach(entry -> {
              text(emitter, String.valueOf(entry.key().plain()));
              value(emitter, entry.value());
            });
        emitter.emit(new MappingEndEvent());
      }
    }
  }

  private static void scalar(Emitter emitter, Scalar scalar) {
    switch (scalar.plain()) {
      case null -> plain(emitter, "null");
      case String text -> text(emitter, text);
      case Double number -> plain(emitter, number(number));
      case Object other -> plain(emitter, other.toString());
    }
  }

  /// Spelt so that both versions of YAML read a number: an exponent has a point and a sign.
  private static String number(double value) {
    if (Double.isNaN(value)) {
      return ".nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? ".inf" : "-.inf";
    }
    var text = Double.toString(value);
    return text.contains("E") ? new BigDecimal(text).toPlainString() : text;
  }

  private static void text(Emitter emitter, String text) {
    if (isAmbiguous(text)) {
      emit(emitter, text, ScalarStyle.DOUBLE_QUOTED, false);
    } else if (text.indexOf('\n') >= 0) {
      emit(emitter, text, ScalarStyle.LITERAL, false);
    } else {
      plain(emitter, text);
    }
  }

  private static boolean isAmbiguous(String text) {
    return !(Dialect.KUBERNETES.resolve(text) instanceof String)
        || !(Dialect.KUSTOMIZE.resolve(text) instanceof String)
        || text.codePoints().anyMatch(YamlWriter::isInvisible)
        || text.equals("<<")
        || text.equals("=")
        || looksLikeDate(text)
        || looksLikeBaseSixty(text);
  }

  /// Characters that a reader takes for a line break or a space, or that must be escaped.
  private static boolean isInvisible(int c) {
    return (c < ' ' && c != '\n' && c != '\t')
        || (c >= 0x7F && c <= 0xA0)
        || c == 0x2028
        || c == 0x2029
        || c == 0xFEFF;
  }

  private static boolean looksLikeDate(String text) {
    return text.length() >= 8 && text.matches("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?");
  }

  private static boolean looksLikeBaseSixty(String text) {
    return text.indexOf(':') > 0 && text.matches("[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?");
  }

  private static void plain(Emitter emitter, String text) {
    emit(emitter, text, ScalarStyle.PLAIN, true);
  }

  private static void emit(Emitter emitter, String text, ScalarStyle style, boolean plain) {
    emitter.emit(
        new ScalarEvent(
            java.util.Optional.empty(),
            java.util.Optional.empty(),
            new ImplicitTuple(plain, true),
            text,
            style));
  }

  private static final class Text implements StreamDataWriter {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void write(String part) {
      text.append(part);
    }

    @Override
    public void write(String part, int from, int length) {
      text.append(part, from, from + length);
    }
  }
}
