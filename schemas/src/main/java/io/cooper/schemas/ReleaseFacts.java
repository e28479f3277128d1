package io.cooper.schemas;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What is known of releases beside their schemas. The tables `facts.tsv` and `changes.tsv` lie
/// beside this class and are meant to be read.
public final class ReleaseFacts {
  /// One change that a release brought.
  ///
  /// @param release that has it first
  /// @param sort what it means to somebody who comes from an older release
  /// @param what the change, as a clause
  /// @param toDo what must be done; empty unless the sort is [Sort#STEP]
  public record Change(Release release, Sort sort, String what, Optional<String> toDo) {}

  /// What a change means to somebody who comes from an older release.
  public enum Sort {
    /// Something must be done or looked at.
    STEP,
    /// Something can be used.
    NEW,
    /// A fault is gone.
    FIX
  }

  /// A release and what it has to do with a fact.
  ///
  /// @param release first one for which the fact holds
  /// @param what the fact, as a clause
  public record Fact(Release release, String what) {}

  private static final List<Table.Row> FACTS = Table.read("facts.tsv");

  private ReleaseFacts() {}

  /// The operator release that removes `barmanObjectStore`, as upstream says today.
  public static Fact removalOfInTreeBarman() {
    return only("removes-in-tree-barman");
  }

  /// The releases that were to remove it according to earlier announcements, oldest first.
  public static List<Fact> earlierRemovalsOfInTreeBarman() {
    return all("announced-in-tree-barman-removal").toList();
  }

  /// The operator release that deprecated `barmanObjectStore`.
  public static Fact deprecationOfInTreeBarman() {
    return only("deprecates-in-tree-barman");
  }

  /// The first operator release that knows `isWALArchiver`.
  public static Fact walArchiverByName() {
    return only("wal-archiver-by-name");
  }

  /// The least operator release that the Barman Cloud plugin supports.
  public static Fact leastOperatorForPlugin() {
    return only("supports-plugin");
  }

  /// The least operator release that the Barman Cloud plugin's project advises.
  public static Fact advisedOperatorForPlugin() {
    return only("supports-plugin-well");
  }

  /// What changed after one release of a product, up to and with another one, oldest first. Only
  /// the Barman Cloud plugin has such a list.
  public static List<Change> changes(Release from, Release to) {
    return changes(from.product())
        .filter(change -> change.release().compareTo(from) > 0)
        .filter(change -> change.release().compareTo(to) <= 0)
        .toList();
  }

  /// Everything that changed in releases of a product, oldest first.
  public static Stream<Change> changes(Product product) {
    return Table.read("changes.tsv").stream()
        .filter(row -> row.cell(0).equals(product.key()))
        .map(row ->
            new Change(
                Release.of(product, row.cell(1)),
                Sort.valueOf(row.cell(2).toUpperCase(Locale.ROOT)),
                row.cell(3),
                Optional.of(row.cell(4)).filter(text -> !text.isEmpty())));
  }

  private static Fact only(String name) {
    return all(name)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("facts.tsv lacks " + name));
  }

  private static Stream<Fact> all(String name) {
    return FACTS.stream()
        .filter(row -> row.cell(0).equals(name))
        .map(row ->
            new Fact(Release.of(Product.of(row.cell(1)).orElseThrow(), row.cell(2)), row.cell(3)));
  }
}
