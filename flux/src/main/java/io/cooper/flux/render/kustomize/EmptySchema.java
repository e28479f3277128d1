package io.cooper.flux.render.kustomize;

import io.cooper.flux.render.kustomize.FluxBuild.Built;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/// Spares kustomize the parsing of its schema of Kubernetes, 100 ms of a build of 110, where
/// nothing can come of it.
///
/// kustomize looks at the schema only to merge a strategic-merge patch into an object (kyaml
/// `walk.Walker.GetSchema`), by the apiVersion and kind of the object, of the patch, or of an
/// object embedded in either. Whether a kind is cluster-scoped comes from a table in the code. So
/// if no strategic-merge patch meets a kind of Kubernetes itself, the built-in schema and an empty
/// one in its place give the same. Whether a patch can meet one is known only from the result, so
/// it is checked on the result ([#served]), and if it can, the build is run again as it is.
/// Compared with the plain build in the tests.
final class EmptySchema {
  static final String FILE = ".cooper-schema.json";
  static final byte[] CONTENT = "{\"definitions\":{}}".getBytes(StandardCharsets.UTF_8);

  /// Comments and directives that let a patch or an object refer to a schema or delete objects.
  private static final List<String> TELLING =
      List.of("$patch", "$openapi", "$ref", "$setElementOrder");

  private static final Pattern KIND = Pattern.compile("(?m)^ *[\"']?kind[\"']?: *[\"']?(\\w+)");

  private EmptySchema() {}

  static Mapping reference(Place place) {
    var entries = new LinkedHashMap<String, Mapping.Entry>();
    entries.put(
        "path",
        new Mapping.Entry(new Scalar(place, "path", "path"), new Scalar(place, FILE, FILE)));
    return new Mapping(place, entries);
  }

  /// Whether it is worth trying.
  static boolean mayServe(Inputs inputs, SourceFiles sources) {
    var merging = inputs.patches().stream().filter(patch -> !isJson(patch)).toList();
    return !inputs.unusual()
        && !merging.isEmpty()
        && inputs.patches().stream().allMatch(EmptySchema::isPlain)
        && merging.stream().flatMap(EmptySchema::documents).noneMatch(EmptySchema::isBuiltIn)
        && merging.stream()
            .filter(patch -> patch.target().isPresent())
            .allMatch(patch -> seemsToMissBuiltIns(patch, inputs, sources));
  }

  /// Whether the result proves that the schema did not matter.
  static boolean served(Inputs inputs, List<Built> objects) {
    var merging = inputs.patches().stream().filter(patch -> !isJson(patch)).toList();
    return objects.stream()
        .map(Built::root)
        .filter(object -> merging.stream().anyMatch(patch -> mayMeet(patch, object)))
        .noneMatch(object -> isBuiltIn(object) || embedsBuiltIn(object));
  }

  private static boolean isJson(Inputs.Patch patch) {
    var text = patch.text().stripLeading();
    return text.startsWith("[") || documents(patch).findFirst().orElse(null) instanceof Sequence;
  }

  private static boolean isPlain(Inputs.Patch patch) {
    return TELLING.stream().noneMatch(patch.text()::contains)
        && !(isJson(patch)
            && (patch.text().contains("/kind") || patch.text().contains("/apiVersion")))
        && documents(patch).findAny().isPresent();
  }

  private static Stream<Value> documents(Inputs.Patch patch) {
    var parsed = YamlReader.ofSources().read("patch", patch.text());
    return parsed.faults().isEmpty() ? parsed.documents().stream() : Stream.of();
  }

  /// A guess from the text of the files, so that a build is rarely run twice.
  private static boolean seemsToMissBuiltIns(
      Inputs.Patch patch, Inputs inputs, SourceFiles sources) {
    var kind = patch.target().flatMap(target -> target.text("kind")).orElse("");
    var group = patch.target().flatMap(target -> target.text("group")).orElse("");
    if (!group.isEmpty()
        && Pattern.matches("[a-z0-9.-]+\\.[a-z]+", group)
        && !isBuiltInGroup(group)) {
      return true;
    }
    if (Set.of("HelmRelease", "Kustomization", "OCIRepository", "HelmRepository", "GitRepository")
        .contains(kind)) {
      return true;
    }
    return inputs.files().stream()
        .filter(file -> file.endsWith(".yaml") || file.endsWith(".yml"))
        .map(file -> new String(sources.read(file), StandardCharsets.UTF_8))
        .flatMap(text -> KIND.matcher(text).results().map(found -> found.group(1)))
        .noneMatch(found -> matches(kind, found) && BUILT_IN_KINDS.contains(found));
  }

  private static final Set<String> BUILT_IN_KINDS =
      Set.of(
          "Namespace",
          "ConfigMap",
          "Secret",
          "Service",
          "ServiceAccount",
          "PersistentVolumeClaim",
          "PersistentVolume",
          "Pod",
          "Deployment",
          "StatefulSet",
          "DaemonSet",
          "ReplicaSet",
          "Job",
          "CronJob",
          "Ingress",
          "NetworkPolicy",
          "Role",
          "RoleBinding",
          "ClusterRole",
          "ClusterRoleBinding",
          "StorageClass",
          "PodDisruptionBudget",
          "HorizontalPodAutoscaler",
          "CustomResourceDefinition",
          "PriorityClass",
          "LimitRange",
          "ResourceQuota");

  private static boolean mayMeet(Inputs.Patch patch, Mapping object) {
    if (patch.target().isEmpty()) {
      return documents(patch)
          .anyMatch(
              document -> document.find("kind").flatMap(Value::text).equals(object.text("kind")));
    }
    var target = patch.target().get();
    var version = object.text("apiVersion").orElse("");
    var group = io.cooper.manifest.ObjectId.groupOf(version);
    return matches(target.text("kind").orElse(""), object.text("kind").orElse(""))
        && matches(target.text("group").orElse(""), group)
        && matches(target.text("version").orElse(""), version.substring(version.indexOf('/') + 1));
  }

  private static boolean matches(String pattern, String text) {
    try {
      return pattern.isEmpty() || Pattern.matches(pattern, text);
    } catch (PatternSyntaxException _) {
      return true;
    }
  }

  private static boolean embedsBuiltIn(Value value) {
    return switch (value) {
      case Scalar _ -> false;
      case Sequence list -> list.items().stream().anyMatch(EmptySchema::isOrEmbedsBuiltIn);
      case Mapping mapping ->
          mapping.entries().map(Mapping.Entry::value).anyMatch(EmptySchema::isOrEmbedsBuiltIn);
    };
  }

  private static boolean isOrEmbedsBuiltIn(Value value) {
    return (Manifest.looksLikeOne(value) && isBuiltIn(value)) || embedsBuiltIn(value);
  }

  private static boolean isBuiltIn(Value object) {
    return isBuiltInGroup(
        io.cooper.manifest.ObjectId.groupOf(
            object.find("apiVersion").flatMap(Value::text).orElse("")));
  }

  private static boolean isBuiltInGroup(String group) {
    return !group.contains(".") || group.endsWith(".k8s.io");
  }
}
