package io.cooper.schemas.admission;

import io.cooper.schemas.validate.Violation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/// What ConfigMaps and Secrets hold: one mebibyte in all, under keys that are file names.
final class Data implements AdmissionRule {
  /// `core.MaxSecretSize`, which counts for both.
  private static final long MAX_BYTES = 1024 * 1024;

  @Override
  public void check(Subject object, Consumer<Violation> refused) {
    if (object.is("", "ConfigMap")) {
      keys(object, "data", refused);
      keys(object, "binaryData", refused);
      size(object, "data", refused);
      twice(object, refused);
    } else if (object.is("", "Secret")) {
      keys(object, "data", refused);
      keys(object, "stringData", refused);
      size(object, "stringData", refused);
    }
  }

  private static void keys(Subject object, String field, Consumer<Violation> refused) {
    object
        .at(field)
        .ifPresent(map -> {
          for (int i = 0; i < map.here().size(); i++) {
            var key = map.here().nameAt(i);
            if (!Syntax.isDataKey(key) && !map.undecided().test(key)) {
              refused.accept(
                  map.wrong(" is no key: it may have letters, digits, -, _ and . only", key));
            }
          }
        });
  }

  private static void size(Subject object, String texts, Consumer<Violation> refused) {
    long bytes = texts(object, texts) + encoded(object, "binaryData");
    if (!texts.equals("data")) {
      bytes += encoded(object, "data");
    }
    if (bytes > MAX_BYTES) {
      refused.accept(
          new Violation(
              List.of(texts),
              "the data has %d bytes, more than the %d that the API server takes"
                  .formatted(bytes, MAX_BYTES),
              Optional.of("split it, or keep the data in a volume or an image")));
    }
  }

  private static long texts(Subject object, String field) {
    return sum(object, field, text -> text.getBytes(StandardCharsets.UTF_8).length);
  }

  private static long encoded(Subject object, String field) {
    return sum(object, field, text -> text.length() / 4 * 3);
  }

  private static long sum(Subject object, String field, ToIntFunction<String> size) {
    var map = object.at(field);
    long bytes = 0;
    for (int i = 0; map.isPresent() && i < map.get().here().size(); i++) {
      bytes += map.get().here().valueAt(i).text().map(size::applyAsInt).orElse(0);
    }
    return bytes;
  }

  private static void twice(Subject object, Consumer<Violation> refused) {
    object
        .at("binaryData")
        .ifPresent(binary -> {
          var texts = object.at("data");
          binary
              .here()
              .keys()
              .filter(key -> texts.flatMap(each -> each.here().get(key)).isPresent())
              .forEach(key -> refused.accept(binary.wrong(" is in data too", key)));
        });
  }
}
