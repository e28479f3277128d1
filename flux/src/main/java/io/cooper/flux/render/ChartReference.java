package io.cooper.flux.render;

import io.cooper.manifest.Manifest;
import java.util.List;

/// A copy of a release's manifest that a chart keeps untouched beside its templates, and what the
/// templates make of the chart's own values.
///
/// @param chart path of the chart
/// @param file of the copy, whose name holds the version
/// @param copy its objects
/// @param made all objects that the chart makes
public record ChartReference(String chart, String file, List<Manifest> copy, List<Manifest> made) {
  public ChartReference {
    copy = List.copyOf(copy);
    made = List.copyOf(made);
  }
}
