package io.cooper.flux.render.substitute;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The variables of one Kustomization.
public final class Variables {
  private static final Pattern NAME = Pattern.compile("[_a-zA-Z][_a-zA-Z0-9]*");

  private final Map<String, String> values = new TreeMap<>();
  private Map<String, String> known = Map.of();
  private boolean open;

  /// Adds a variable, over one of the same name; line breaks are removed from its value, as Flux
  /// does.
  public void put(String name, String value) {
    values.put(name, value.replace("\n", ""));
  }

  /// Says what variables that only the cluster has are worth. They count only for names that have
  /// no value otherwise, and do not switch substitution on by themselves.
  public void fallBackTo(Map<String, String> valuesOfTheCluster) {
    known = Map.copyOf(valuesOfTheCluster);
  }

  /// Says that there may be more in the cluster: from now on every other name has a placeholder.
  public void leaveOpen() {
    open = true;
  }

  /// Whether there are none, for certain.
  public boolean isEmpty() {
    return values.isEmpty() && !open;
  }

  /// Names that Flux refuses. One of them makes it refuse the whole Kustomization.
  public Set<String> badNames() {
    var bad = new TreeSet<>(values.keySet());
    bad.removeIf(name -> NAME.matcher(name).matches());
    return bad;
  }

  /// The value of a variable, or a placeholder, or nothing.
  public Optional<String> find(String name) {
    var value = values.getOrDefault(name, known.get(name));
    return value != null
        ? Optional.of(value)
        : open ? Optional.of(Placeholder.of(name)) : Optional.empty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Variables that
        && values.equals(that.values)
        && known.equals(that.known)
        && open == that.open;
  }

  /// All that decides what is found: values, those of the cluster, and whether there may be more.
  @Override
  public String toString() {
    return "%s %s %s".formatted(values, new TreeMap<>(known), open);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }
}
