package io.cooper.policy.cnpg;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import java.util.stream.Stream;

/// The containers of workloads, and the parts of the names of their images.
final class Containers {
  private Containers() {}

  /// Containers of a Pod, a workload with a Pod template, or a CronJob; initial ones first.
  static Stream<Mapping> of(Manifest workload) {
    return Stream.of(
            new String[] {"spec"},
            new String[] {"spec", "template", "spec"},
            new String[] {"spec", "jobTemplate", "spec", "template", "spec"})
        .flatMap(path -> workload.root().mapping(path).stream())
        .flatMap(pod -> Stream.concat(pod.mappings("initContainers"), pod.mappings("containers")));
  }

  /// The last part of an image's name, without tag and digest: `plugin-barman-cloud`.
  static String imageName(Mapping container) {
    return container.text("image").map(Containers::imageName).orElse("");
  }

  /// The same of an image.
  static String imageName(String image) {
    var last = withoutRegistry(image);
    int colon = last.indexOf(':');
    return colon < 0 ? last : last.substring(0, colon);
  }

  /// The tag of an image; empty if it has none.
  static String tag(String image) {
    var last = withoutRegistry(image);
    int colon = last.indexOf(':');
    return colon < 0 ? "" : last.substring(colon + 1);
  }

  /// The last part of an image, with its tag and without its digest.
  private static String withoutRegistry(String image) {
    int digest = image.indexOf('@');
    var tagged = digest < 0 ? image : image.substring(0, digest);
    return tagged.substring(tagged.lastIndexOf('/') + 1);
  }
}
