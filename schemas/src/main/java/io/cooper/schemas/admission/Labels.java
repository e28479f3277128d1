package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import java.util.Optional;
import java.util.function.Consumer;

/// The keys and values of labels, and the keys of annotations.
final class Labels implements AdmissionRule {
  @Override
  public void check(Subject object, Consumer<Violation> refused) {
    object.at("metadata").ifPresent(metadata -> ofMetadata(metadata, refused));
    var template =
        object.is("batch", "CronJob")
            ? object.at("spec", "jobTemplate", "spec", "template", "metadata")
            : isWorkload(object)
                ? object.at("spec", "template", "metadata")
                : Optional.<Subject>empty();
    template.ifPresent(metadata -> ofMetadata(metadata, refused));
  }

  private static boolean isWorkload(Subject object) {
    return object.manifest().group().equals("apps") || object.is("batch", "Job");
  }

  private static void ofMetadata(Subject metadata, Consumer<Violation> refused) {
    metadata
        .at("labels")
        .ifPresent(labels -> {
          keys(labels, "a label", refused);
          values(labels, refused);
        });
    metadata.at("annotations").ifPresent(each -> keys(each, "an annotation", refused));
  }

  private static void keys(Subject map, String what, Consumer<Violation> refused) {
    for (int i = 0; i < map.here().size(); i++) {
      var key = map.here().nameAt(i);
      if (!Syntax.isQualifiedName(
              what.equals("a label") ? key : key.toLowerCase(java.util.Locale.ROOT))
          && !map.undecided().test(key)) {
        refused.accept(
            map.wrong(
                " is no key of "
                    + what
                    + ": it may have letters, digits, -, _ and ., at most 63, behind a domain and a slash if any",
                key));
      }
    }
  }

  private static void values(Subject labels, Consumer<Violation> refused) {
    for (int i = 0; i < labels.here().size(); i++) {
      var value = labels.here().valueAt(i).text().orElse("");
      if (!Syntax.isLabelValue(value) && !labels.undecided().test(value)) {
        refused.accept(
            labels.wrong(
                " may have letters, digits, -, _ and . only, a letter or digit at both ends, and 63 characters",
                labels.here().nameAt(i)));
      }
    }
  }
}
