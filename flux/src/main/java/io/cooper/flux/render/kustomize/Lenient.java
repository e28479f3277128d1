package io.cooper.flux.render.kustomize;

import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// Reads a kustomization file as Go's lenient decoder does: unknown fields are dropped, scalars
/// become strings where a string is wanted, empty values vanish. Places survive.
final class Lenient {
  private final List<RenderProblem> problems = new ArrayList<>();

  /// What was dropped, and what no decoder could take.
  List<RenderProblem> problems() {
    return List.copyOf(problems);
  }

  Mapping read(Mapping file) {
    return struct(file, Shape.KUSTOMIZATION, "");
  }

  private Mapping struct(Mapping mapping, Shape.Struct shape, String path) {
    var kept = new LinkedHashMap<String, Mapping.Entry>();
    mapping
        .entries()
        .forEach(entry -> {
          var name = String.valueOf(entry.key().plain());
          var field = shape.field(name);
          if (field.isEmpty()) {
            dropped(entry.key().place(), path + name);
            return;
          }
          convert(entry.value(), field.get().getValue(), path + field.get().getKey())
              .filter(value -> !isEmpty(value))
              .ifPresent(
                  value -> kept.put(field.get().getKey(), new Mapping.Entry(entry.key(), value)));
        });
    return new Mapping(mapping.place(), kept);
  }

  private Optional<Value> convert(Value value, Shape shape, String path) {
    if (value instanceof Scalar scalar && scalar.isNull()) {
      return shape == Shape.One.TEXT || shape == Shape.One.STRICT_TEXT
          ? Optional.of(text(scalar, ""))
          : Optional.empty();
    }
    return switch (shape) {
      case Shape.One one -> single(value, one, path);
      case Shape.Many(var item) when value instanceof Sequence list -> {
        var items = new ArrayList<Value>();
        for (int i = 0; i < list.items().size(); i++) {
          convert(list.items().get(i), item, "%s[%d].".formatted(path, i)).ifPresent(items::add);
        }
        yield Optional.of(new Sequence(list.place(), items));
      }
      case Shape.Named(var each) when value instanceof Mapping map -> {
        var entries = new LinkedHashMap<String, Mapping.Entry>();
        map.entries()
            .forEach(entry -> {
              var name = String.valueOf(entry.key().plain());
              convert(entry.value(), each, path + "." + name)
                  .ifPresent(kept -> entries.put(name, new Mapping.Entry(entry.key(), kept)));
            });
        yield Optional.of(new Mapping(map.place(), entries));
      }
      case Shape.Struct struct when value instanceof Mapping map ->
          Optional.of(struct(map, struct, path.endsWith(".") ? path : path + "."));
      default -> refused(value, shape, path);
    };
  }

  private Optional<Value> single(Value value, Shape.One shape, String path) {
    if (shape == Shape.One.ANY) {
      return Optional.of(value);
    }
    if (!(value instanceof Scalar scalar)) {
      return refused(value, shape, path);
    }
    var content = scalar.plain();
    if (shape == Shape.One.TEXT) {
      var text = content instanceof Double number ? goFloat(number) : String.valueOf(content);
      return Optional.of(text(scalar, text));
    }
    boolean fits =
        switch (shape) {
          case FLAG -> content instanceof Boolean;
          case NUMBER -> content instanceof Number;
          default -> content instanceof String;
        };
    return fits ? Optional.of(scalar) : refused(value, shape, path);
  }

  private static Scalar text(Scalar scalar, String text) {
    return new Scalar(scalar.place(), text, text);
  }

  /// Go's `strconv.FormatFloat(v, 'g', -1, 64)`.
  static String goFloat(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e21) {
      return new java.math.BigDecimal(value).toPlainString();
    }
    return Double.toString(value)
        .replaceFirst("\\.0(?=E|$)", "")
        .replaceFirst("E(\\d)", "e+$1")
        .replace("E-", "e-");
  }

  /// What `omitempty` leaves out.
  private static boolean isEmpty(Value value) {
    return switch (value) {
      case Scalar scalar ->
          (scalar.source().isEmpty() && scalar.isString()) || Boolean.FALSE.equals(scalar.plain());
      case Sequence list -> list.items().isEmpty();
      case Mapping _ -> false;
    };
  }

  private void dropped(Place place, String field) {
    problems.add(
        new RenderProblem(
            Kind.DROPPED,
            place,
            "Flux drops the field %s, which kustomize does not know, without a word"
                .formatted(field),
            "correct the name of the field, or remove it",
            Optional.of(field)));
  }

  private Optional<Value> refused(Value value, Shape shape, String path) {
    var field = path.replaceFirst("\\.$", "");
    problems.add(
        new RenderProblem(
            Kind.BUILD,
            value.place(),
            "%s is no %s".formatted(field, shape.word()),
            "write a %s there, in quotes if it is a text".formatted(shape.word()),
            Optional.of(field)));
    return Optional.empty();
  }
}
