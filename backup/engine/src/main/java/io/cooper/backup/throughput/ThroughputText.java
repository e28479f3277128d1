package io.cooper.backup.throughput;

import io.cooper.backup.format.Codec;
import io.cooper.backup.throughput.Throughput.Measured;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A measurement and its advice as people and programs read them. Rates are in MB (10^6 bytes) a
/// second in text, in bytes a second in JSON.
public final class ThroughputText {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final int SCHEMA_VERSION = 1;
  private static final double MB = 1e6;

  private ThroughputText() {}

  /// Two small tables, and a line for each setting that would gain something.
  public static String text(Measured measured, List<Advice> advice) {
    var text = new StringBuilder();
    text.append("%s, probes of %s MB%n".formatted(measured.store(), mb(measured.objectBytes())));
    text.append("%n%11s %12s %12s%n".formatted("CONNECTIONS", "WRITE MB/s", "READ MB/s"));
    for (var rate : measured.rates()) {
      text.append("%11d %12s %12s%n".formatted(rate.connections(), mb(rate.up()), mb(rate.down())));
    }
    if (!measured.packings().isEmpty()) {
      text.append("%n%-11s %12s %12s%n".formatted("COMPRESSION", "RATIO", "MB/s A CORE"));
      for (var packing : measured.packings()) {
        text.append(
            "%-11s %12s %12s%n"
                .formatted(
                    packing.codec().option(),
                    number(packing.ratio()),
                    packing.codec() == Codec.NONE ? "-" : mb(packing.speed())));
      }
    }
    text.append("%n".formatted());
    advice.forEach(each -> text.append(line(each)).append("%n".formatted()));
    if (measured.packings().isEmpty()) {
      text.append("compression: give --sample FILE, a WAL segment or a table's file%n".formatted());
    }
    return text.toString();
  }

  private static String line(Advice advice) {
    var setting = "spec.configuration." + advice.setting();
    return advice.isWorthwhile()
        ? "%s: %s – %s MB/s instead of %s MB/s with %s"
            .formatted(
                setting,
                fields(advice, advice.after()),
                mb(advice.after().rate()),
                mb(advice.before().rate()),
                fields(advice, advice.before()))
        : "%s: leave it at %s – %s MB/s, and nothing measured is a tenth faster"
            .formatted(setting, fields(advice, advice.before()), mb(advice.before().rate()));
  }

  private static String fields(Advice advice, Advice.Choice choice) {
    return "%s %d, %s"
        .formatted(
            advice.parallelism(),
            choice.connections(),
            choice.codec() == Codec.NONE
                ? "no compression"
                : "compression " + choice.codec().option());
  }

  /// The same for programs.
  public static String json(Measured measured, List<Advice> advice) {
    var root = JSON.createObjectNode();
    root.put("schemaVersion", SCHEMA_VERSION)
        .put("store", measured.store())
        .put("objectBytes", measured.objectBytes());
    var rates = root.putArray("rates");
    measured
        .rates()
        .forEach(rate ->
            rates
                .addObject()
                .put("connections", rate.connections())
                .put("writeBytesPerSecond", Math.round(rate.up()))
                .put("readBytesPerSecond", Math.round(rate.down())));
    if (!measured.packings().isEmpty()) {
      var packings = root.putArray("compressions");
      measured.packings().stream()
          .filter(packing -> packing.codec() != Codec.NONE)
          .forEach(packing ->
              packings
                  .addObject()
                  .put("compression", packing.codec().option())
                  .put("ratio", packing.ratio())
                  .put("bytesPerSecondOfACore", Math.round(packing.speed())));
    }
    var lines = root.putArray("advice");
    advice.forEach(each -> {
      var line = lines.addObject().put("setting", "spec.configuration." + each.setting());
      line.put("worthwhile", each.isWorthwhile());
      describe(line.putObject("before"), each, each.before());
      describe(line.putObject("after"), each, each.after());
    });
    return JSON.writeValueAsString(root);
  }

  private static void describe(ObjectNode node, Advice advice, Advice.Choice choice) {
    node.put(advice.parallelism(), choice.connections())
        .put("compression", choice.codec().option())
        .put("bytesPerSecond", Math.round(choice.rate()));
  }

  private static String mb(double bytes) {
    return number(bytes / MB);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
