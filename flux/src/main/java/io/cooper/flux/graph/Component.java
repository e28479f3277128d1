package io.cooper.flux.graph;

import io.cooper.flux.api.HelmRelease;
import io.cooper.manifest.Manifest;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A well-known piece of software and the API groups that come with it, however it is installed.
///
/// @param name as its authors write it
/// @param charts charts that install it; `part/chart` wants `part` in the chart's address too
/// @param manifests parts of the addresses of its released manifests and Git repositories
/// @param images images of its own controller, without tag
/// @param groups API groups whose kinds come with it; `*.x` is every group below `x`
/// @param crds what decides whether a chart brings the kinds along
/// @param source where all this can be looked up
public record Component(
    String name,
    List<String> charts,
    List<String> manifests,
    List<String> images,
    List<String> groups,
    List<String> crds,
    String source) {
  public Component {
    charts = List.copyOf(charts);
    manifests = List.copyOf(manifests);
    images = List.copyOf(images);
    groups = List.copyOf(groups);
    crds = List.copyOf(crds);
  }

  /// Whether kinds of this API group come with it.
  public boolean brings(String group) {
    return groups.stream()
        .anyMatch(
            each -> each.startsWith("*.") ? group.endsWith(each.substring(1)) : each.equals(group));
  }

  /// Whether an address is one of its released manifests or its repository.
  boolean isAt(String address) {
    return manifests.stream()
        .anyMatch(part -> {
          int at = address.indexOf(part);
          int end = at + part.length();
          return at >= 0 && (end == address.length() || "/.?@".indexOf(address.charAt(end)) >= 0);
        });
  }

  /// Whether a chart installs it.
  ///
  /// @param chart name or path of the chart
  /// @param address of the repository it comes from; empty if that is unknown
  boolean isChart(String chart, String address) {
    var name = chart.substring(chart.lastIndexOf('/') + 1);
    return charts.stream()
        .anyMatch(each -> {
          int slash = each.indexOf('/');
          return slash < 0
              ? each.equals(name)
              : each.substring(slash + 1).equals(name)
                  && (address + "/" + chart).contains(each.substring(0, slash));
        });
  }

  /// Whether a release of one of its charts brings the kinds along, judged by the inline values.
  boolean bringsKinds(HelmRelease release) {
    return crds.stream()
        .anyMatch(rule ->
            switch (rule) {
              case "always" -> true;
              case "folder" -> !release.skipsCrds();
              default -> {
                int equals = rule.indexOf('=');
                var value = release.value(rule.substring(0, equals));
                yield value
                    .map(it -> Boolean.TRUE.equals(it.plain()))
                    .orElse(Boolean.parseBoolean(rule.substring(equals + 1)));
              }
            });
  }

  /// The images that a workload runs, without tags: to be compared with [#images].
  static Set<String> imagesOf(Manifest workload) {
    return Stream.of("containers", "initContainers")
        .flatMap(list -> workload.root().mappings("spec", "template", "spec", list))
        .flatMap(container -> container.text("image").stream())
        .map(Component::withoutTag)
        .collect(Collectors.toSet());
  }

  private static String withoutTag(String image) {
    int digest = image.indexOf('@');
    var name = digest < 0 ? image : image.substring(0, digest);
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
  }

  @Override
  public String toString() {
    return name;
  }
}
