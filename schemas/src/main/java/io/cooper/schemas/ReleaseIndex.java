package io.cooper.schemas;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// What one release serves: its kinds, and where the definitions of its schemas lie in the pack.
final class ReleaseIndex {
  /// A kind in one version, as the index tells it.
  record Served(
      String apiVersion, String kind, boolean namespaced, String definition, String deprecation) {}

  private static final Map<Release, ReleaseIndex> READ = new ConcurrentHashMap<>();

  private final Map<String, Served> kinds = new LinkedHashMap<>();
  private final Map<String, Long> definitions = new HashMap<>();

  private ReleaseIndex() {}

  /// The index of a release, which is read once.
  static ReleaseIndex of(Release release) {
    return READ.computeIfAbsent(release, ReleaseIndex::read);
  }

  private static ReleaseIndex read(Release release) {
    var index = new ReleaseIndex();
    for (var row :
        Table.read("catalogue/" + release.product().key() + "-" + release.number() + ".tsv")) {
      index.add(row);
    }
    return index;
  }

  private void add(Table.Row row) {
    if (row.cell(0).equals("kind")) {
      kinds.put(
          key(row.cell(1), row.cell(2)),
          new Served(
              row.cell(1),
              row.cell(2),
              row.cell(3).equals("Namespaced"),
              row.cell(4),
              row.cell(5)));
    } else {
      definitions.put(row.cell(1), Long.parseUnsignedLong(row.cell(2), 16));
    }
  }

  private static String key(String apiVersion, String kind) {
    return apiVersion + " " + kind;
  }

  Optional<Served> find(String apiVersion, String kind) {
    return Optional.ofNullable(kinds.get(key(apiVersion, kind)));
  }

  Stream<Served> kinds() {
    return kinds.values().stream();
  }

  /// The id of a definition in the pack of the product.
  Optional<Long> definition(String name) {
    return Optional.ofNullable(definitions.get(name));
  }
}
