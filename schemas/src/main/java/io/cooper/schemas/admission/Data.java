package io.cooper.schemas.admission;

import io.cooper.manifest.Mapping;
import io.cooper.schemas.validate.Violation;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What ConfigMaps and Secrets hold: one mebibyte in all, under keys that are file names.
final class Data implements AdmissionRule {
  /// `core.MaxSecretSize`, which counts for both.
  private static final long MAX_BYTES = 1024 * 1024;

  @Override
  public Stream<Violation> check(Subject object) {
    if (object.is("", "ConfigMap")) {
      return Stream.of(keys(object, "data", "binaryData"), size(object, "data"), twice(object))
          .flatMap(it -> it);
    }
    return object.is("", "Secret")
        ? Stream.concat(keys(object, "data", "stringData"), size(object, "stringData"))
        : Stream.empty();
  }

  private static Stream<Violation> keys(Subject object, String... maps) {
    return Stream.of(maps)
        .flatMap(map -> object.at(map).stream())
        .flatMap(map ->
            map.here()
                .keys()
                .filter(key -> !Syntax.isDataKey(key) && !map.undecided().test(key))
                .map(key ->
                    map.wrong(" is no key: it may have letters, digits, -, _ and . only", key)));
  }

  private static Stream<Violation> size(Subject object, String texts) {
    long bytes =
        bytes(object, texts, text -> text.getBytes(StandardCharsets.UTF_8).length)
            + Stream.of("data", "binaryData")
                .filter(map -> !map.equals(texts))
                .mapToLong(map -> bytes(object, map, text -> text.length() / 4 * 3))
                .sum();
    return bytes > MAX_BYTES
        ? Stream.of(
            new Violation(
                java.util.List.of(texts),
                "the data has %d bytes, more than the %d that the API server takes"
                    .formatted(bytes, MAX_BYTES),
                java.util.Optional.of("split it, or keep the data in a volume or an image")))
        : Stream.empty();
  }

  private static long bytes(
      Subject object, String map, java.util.function.ToIntFunction<String> size) {
    return object.at(map).stream()
        .flatMap(each -> each.here().entries().map(Mapping.Entry::value))
        .flatMap(value -> value.text().stream())
        .mapToLong(size::applyAsInt)
        .sum();
  }

  private static Stream<Violation> twice(Subject object) {
    Set<String> texts =
        object.at("data").stream().flatMap(each -> each.here().keys()).collect(Collectors.toSet());
    return object.at("binaryData").stream()
        .flatMap(each ->
            each.here()
                .keys()
                .filter(texts::contains)
                .map(key -> each.wrong(" is in data too", key)));
  }
}
