package io.cooper.backup.throughput;

import io.cooper.backup.format.Codec;
import io.cooper.backup.throughput.Throughput.Measured;
import io.cooper.backup.throughput.Throughput.Packing;
import io.cooper.backup.throughput.Throughput.Rate;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What measured rates ask of the settings in an ObjectStore: the fewest connections that reach
/// what the most reach, and the compression that gets most bytes of the database through.
///
/// @param setting below `spec.configuration`, e.g. `data`
/// @param parallelism the field of it that says how many, e.g. `jobs`
/// @param before what is there where nothing is said
/// @param after what the measurement says
public record Advice(String setting, String parallelism, Choice before, Choice after) {
  /// What is given up for each connection less.
  private static final double ENOUGH = 0.9;

  /// What barman's and the ObjectStore's data archives can be compressed by (CRD of the Barman
  /// Cloud plugin 0.13, `facts/cnpg-i.md`).
  private static final Set<Codec> DATA =
      EnumSet.of(Codec.NONE, Codec.GZIP, Codec.BZIP2, Codec.SNAPPY, Codec.LZ4);

  private static final Set<Codec> WAL = EnumSet.allOf(Codec.class);

  /// A number of connections and a compression.
  ///
  /// @param rate bytes of the database a second
  public record Choice(int connections, Codec codec, double rate) {}

  /// Whether there is anything to gain.
  public boolean isWorthwhile() {
    return after.rate * ENOUGH > before.rate;
  }

  /// For WAL, which goes one file at a time where nothing is said, and for base backups, which take
  /// two connections.
  ///
  /// @param cores that compress
  public static List<Advice> of(Measured measured, int cores) {
    return Stream.of(
            of(measured, cores, "wal", "maxParallel", 1, WAL),
            of(measured, cores, "data", "jobs", 2, DATA))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<Advice> of(
      Measured measured, int cores, String setting, String field, int usual, Set<Codec> codecs) {
    var none = new Packing(Codec.NONE, 1, Double.POSITIVE_INFINITY);
    var packings =
        measured.packings().isEmpty()
            ? List.of(none)
            : measured.packings().stream().filter(each -> codecs.contains(each.codec())).toList();
    var all =
        measured.rates().stream()
            .flatMap(rate -> packings.stream().map(packing -> choice(rate, packing, cores)))
            .toList();
    return all.stream()
        .filter(choice -> choice.connections == usual && choice.codec == Codec.NONE)
        .findAny()
        .map(before -> new Advice(setting, field, before, best(all)));
  }

  private static Choice choice(Rate rate, Packing packing, int cores) {
    double packed = Math.min(cores, rate.connections()) * packing.speed();
    return new Choice(
        rate.connections(), packing.codec(), Math.min(packed, rate.up() * packing.ratio()));
  }

  /// The one with the fewest connections among those that are about as good as the best; a
  /// compression has to earn its cost in the same way.
  private static Choice best(List<Choice> all) {
    double most = all.stream().mapToDouble(Choice::rate).max().orElseThrow();
    return all.stream()
        .filter(choice -> choice.rate >= ENOUGH * most)
        .min(
            Comparator.comparingInt(Choice::connections)
                .thenComparing(choice -> choice.codec == Codec.NONE ? 0 : 1)
                .thenComparing(Choice::rate, Comparator.reverseOrder()))
        .orElseThrow();
  }
}
