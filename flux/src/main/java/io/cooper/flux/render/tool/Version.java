package io.cooper.flux.render.tool;

/// A version such as 5.8.1.
public record Version(int major, int minor, int patch) implements Comparable<Version> {
  @Override
  public int compareTo(Version other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : minor != other.minor
            ? Integer.compare(minor, other.minor)
            : Integer.compare(patch, other.patch);
  }

  @Override
  public String toString() {
    return "%d.%d.%d".formatted(major, minor, patch);
  }
}
