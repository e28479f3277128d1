package io.cooper.policy.cnpg;

import static io.cooper.policy.Severity.ERROR;

import io.cooper.flux.api.HelmRelease;
import io.cooper.flux.render.RenderProblem;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Value;
import io.cooper.policy.About;
import io.cooper.policy.Finding;
import io.cooper.policy.Repository;
import io.cooper.policy.RepositoryPolicy;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// `cnpg/plugin-testing-image`
public final class PluginTestingImage implements RepositoryPolicy {
  private static final Set<String> TESTING =
      Set.of("plugin-barman-cloud-testing", "plugin-barman-cloud-sidecar-testing");
  private static final String SIDECAR = "SIDECAR_IMAGE";

  /// A file of the plugin's tree; the asset of a release is below `releases/download/`.
  private static final Pattern TREE =
      Pattern.compile(
          "(raw\\.githubusercontent\\.com/cloudnative-pg/plugin-barman-cloud/"
              + "|github\\.com/cloudnative-pg/plugin-barman-cloud/(raw|blob)/)"
              + ".*manifest\\.ya?ml.*");

  @Override
  public About about() {
    return new About(
        "cnpg/plugin-testing-image",
        ERROR,
        "The plugin and its sidecar run images of a release.",
        """
        The file `manifest.yaml` in the plugin's source tree, at whatever tag, names
        `plugin-barman-cloud-testing:main`: an image that every change on the main branch replaces. Only the asset of a
        release, `releases/download/vX/manifest.yaml`, names the images of that release.

        Who takes the file out of the tag's tree runs unreleased code on all backups, another one after each restart
        of a Pod, and cannot go back to what ran yesterday. `SIDECAR_IMAGE`, which decides what is put into database Pods,
        deserves the same look.
        """,
        "Use the manifest of the release (releases/download/…/manifest.yaml) and its images.");
  }

  @Override
  public Stream<Finding> check(Repository repository) {
    return Stream.concat(
        repository.trees().stream()
            .flatMap(tree -> tree.objects().flatMap(PluginTestingImage::check)),
        repository
            .problems(PluginTestingImage::isInTree)
            .map(finding ->
                Finding.at(
                    finding.place(),
                    "The manifest of the plugin comes from its source tree, where it names a testing"
                        + " image"))
            .distinct());
  }

  private static boolean isInTree(RenderProblem problem) {
    return (problem.kind() == RenderProblem.Kind.REMOTE_RESOURCE
            || problem.kind() == RenderProblem.Kind.REMOTE_PINNED)
        && problem.subject().filter(PluginTestingImage::isInTree).isPresent();
  }

  /// Whether a text has the address of a manifest in the plugin's source tree.
  static boolean isInTree(String text) {
    return TREE.matcher(text).find();
  }

  private static Stream<Finding> check(Manifest object) {
    if (HelmRelease.isOne(object)) {
      return Stream.of("image", "sidecarImage")
          .flatMap(name -> new HelmRelease(object).value(name + ".repository").stream())
          .flatMap(value -> finding(object, value, value.text()).stream());
    }
    if (object.is("", "Secret") || object.is("", "ConfigMap")) {
      return config(object);
    }
    return Containers.of(object)
        .flatMap(container -> Stream.concat(image(container), environment(container)))
        .flatMap(value -> finding(object, value, value.text()).stream());
  }

  private static Stream<Value> image(Mapping container) {
    return container.get("image").stream();
  }

  private static Stream<Value> environment(Mapping container) {
    return container
        .mappings("env")
        .filter(env -> env.text("name").filter(SIDECAR::equals).isPresent())
        .flatMap(env -> env.get("value").stream());
  }

  private static Stream<Finding> config(Manifest object) {
    boolean secret = object.kind().equals("Secret");
    return Stream.concat(
        object.find("data", SIDECAR).stream()
            .flatMap(
                value -> finding(object, value, secret ? decoded(value) : value.text()).stream()),
        object.find("stringData", SIDECAR).stream()
            .flatMap(value -> finding(object, value, value.text()).stream()));
  }

  private static Optional<String> decoded(Value value) {
    try {
      return value
          .text()
          .map(text -> new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<Finding> finding(Manifest object, Value at, Optional<String> image) {
    return image
        .map(String::strip)
        .filter(name -> TESTING.contains(Containers.imageName(name)))
        .map(name ->
            Finding.at(
                    object.placeOf(at),
                    "%s names the testing image %s".formatted(object.id(), name))
                .of(object));
  }
}
