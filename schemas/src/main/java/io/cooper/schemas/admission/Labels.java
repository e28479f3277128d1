package io.cooper.schemas.admission;

import io.cooper.manifest.Mapping;
import io.cooper.schemas.validate.Violation;
import java.util.Optional;
import java.util.stream.Stream;

/// The keys and values of labels, and the keys of annotations.
final class Labels implements AdmissionRule {
  @Override
  public Stream<Violation> check(Subject object) {
    var template =
        object.is("batch", "CronJob")
            ? object.at("spec", "jobTemplate", "spec", "template", "metadata")
            : isWorkload(object)
                ? object.at("spec", "template", "metadata")
                : Optional.<Subject>empty();
    return Stream.of(object.at("metadata"), template)
        .flatMap(Optional::stream)
        .flatMap(Labels::ofMetadata);
  }

  private static boolean isWorkload(Subject object) {
    return object.manifest().group().equals("apps") || object.is("batch", "Job");
  }

  private static Stream<Violation> ofMetadata(Subject metadata) {
    var labels = metadata.at("labels").stream();
    var annotations = metadata.at("annotations").stream();
    return Stream.concat(
        labels.flatMap(each -> Stream.concat(keys(each, "label"), values(each))),
        annotations.flatMap(each -> keys(each, "annotation")));
  }

  private static Stream<Violation> keys(Subject map, String what) {
    return map.here()
        .keys()
        .filter(key -> !map.undecided().test(key))
        .filter(key ->
            !Syntax.isQualifiedName(
                what.equals("annotation") ? key.toLowerCase(java.util.Locale.ROOT) : key))
        .map(key ->
            map.wrong(
                " is no key of "
                    + (what.equals("label") ? "a label" : "an annotation")
                    + ": it may have letters, digits, -, _ and ., at most 63, behind a domain and a slash if any",
                key));
  }

  private static Stream<Violation> values(Subject labels) {
    return labels
        .here()
        .entries()
        .map(Mapping.Entry::name)
        .flatMap(key ->
            labels.text(key).stream()
                .filter(value -> !Syntax.isLabelValue(value))
                .map(_ ->
                    labels.wrong(
                        " may have letters, digits, -, _ and . only, a letter or digit at both ends, and 63 characters",
                        key)));
  }
}
