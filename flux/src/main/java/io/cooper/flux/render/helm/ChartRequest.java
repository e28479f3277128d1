package io.cooper.flux.render.helm;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.api.NamespacedName;
import io.cooper.manifest.Place;
import java.util.List;
import java.util.Optional;

/// One release of a chart of the repository, as somebody asks for it.
///
/// @param id of the release
/// @param release the object that asks; empty for a chart that is installed by hand
/// @param owner the Kustomization that renders that object
/// @param title for messages
/// @param name of Helm's release
/// @param namespace that the objects go to
/// @param chart path of the chart
/// @param place where the path is written
/// @param valuesFiles paths of files that take the place of the chart's own values; none for those
/// @param ignoreMissing whether files that are absent count as empty
/// @param values of the release
/// @param crds whether the chart's `crds/` folder is applied
/// @param schema whether values are held against the chart's schema
record ChartRequest(
    NamespacedName id,
    Optional<HelmRelease> release,
    Optional<NamespacedName> owner,
    String title,
    String name,
    String namespace,
    String chart,
    Place place,
    List<ValuesFile> valuesFiles,
    boolean ignoreMissing,
    ReleaseValues values,
    boolean crds,
    boolean schema) {

  /// An entry of `valuesFiles`.
  record ValuesFile(String path, Place place) {}
}
