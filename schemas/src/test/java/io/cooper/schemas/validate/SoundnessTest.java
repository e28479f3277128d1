package io.cooper.schemas.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.schemas.BuiltInCatalogue;
import io.cooper.schemas.KindSchema;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever says of an object that it is surely sound must not say so of one that the library
/// refuses.
@Tag("S30")
class SoundnessTest {
  private static final BuiltInCatalogue CATALOGUE = BuiltInCatalogue.newest();
  private static final ObjectValidator VALIDATOR = new ObjectValidator(CATALOGUE, _ -> false);
  private static final int OBJECTS = 30;

  static Stream<KindSchema> kinds() {
    return CATALOGUE.kinds();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void what_is_surely_sound_the_library_accepts(KindSchema kind) {
    var random = new Random(kind.definition().hashCode());
    var objects = new RandomObjects(CATALOGUE, random);
    for (int i = 0; i < OBJECTS; i++) {
      var object = objects.sound(kind);
      if (i % 3 > 0) {
        objects.spoil(object);
      }
      var manifest = RandomObjects.manifest(object);
      if (VALIDATOR.isSurelySound(manifest)) {
        assertThat(VALIDATOR.errors(manifest)).as(object.toString()).isEmpty();
      }
    }
  }

  /// Otherwise the shortcut would be right and of no use.
  @Test
  void nearly_all_that_the_library_accepts_is_surely_sound() {
    var random = new Random(4);
    var objects = new RandomObjects(CATALOGUE, random);
    int accepted = 0;
    int refused = 0;
    int surely = 0;
    for (var kind : CATALOGUE.kinds().toList()) {
      for (int i = 0; i < 6; i++) {
        var object = objects.sound(kind);
        if (i % 2 == 1) {
          objects.spoil(object);
        }
        var manifest = RandomObjects.manifest(object);
        if (VALIDATOR.errors(manifest).isEmpty()) {
          accepted++;
          surely += VALIDATOR.isSurelySound(manifest) ? 1 : 0;
        } else {
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(accepted / 4);
    assertThat(accepted).isGreaterThan(refused / 4);
    assertThat(surely).isGreaterThan(accepted * 95 / 100);
  }

  private static final String CHOICES =
      """
      type: object
      properties:
        apiVersion: {type: string}
        kind: {type: string}
        metadata: {type: object}
        spec:
          type: object
          properties:
            a: {type: integer, multipleOf: 3}
            b: {type: number, minimum: 0.5}
            c: {type: string, not: {enum: [no]}}
            d: {type: array, uniqueItems: true, items: {x-kubernetes-preserve-unknown-fields: true}}
            e: {type: integer, enum: [1, 2]}
            f: {type: object, additionalProperties: {type: integer}, maxProperties: 1}
            g: {type: string, minLength: 2, maxLength: 3}
            h: {type: number, exclusiveMinimum: true, minimum: 1}
            i: {type: integer, not: {minimum: 5}}
            j: {x-kubernetes-preserve-unknown-fields: true, oneOf: [{type: integer}, {type: number}]}
            k: {type: string, nullable: true, anyOf: [{enum: [x]}, {pattern: ^y}]}
      """;

  /// Each beside the library, on both sides of every limit.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: 3",
        "a: 4",
        "a: 3.0",
        "b: 0.5",
        "b: 0.4",
        "b: 1",
        "b: 0",
        "c: yes",
        "c: no",
        "d: [1, 1]",
        "d: [1, 1.0]",
        "d: [{a: 1}, {a: 1}]",
        "d: [{a: 1}, {a: 1, b: null}]",
        "d: [null, null]",
        "e: 1",
        "e: 1.0",
        "e: 3",
        "f: {x: 1}",
        "f: {x: 1, y: 2}",
        "f: {x: 1, y: null}",
        "f: {x: a}",
        "g: a",
        "g: ab",
        "g: 🙂🙂🙂",
        "g: 🙂🙂🙂🙂",
        "h: 1",
        "h: 1.5",
        "h: 2",
        "i: 4",
        "i: 5",
        "i: 4.0",
        "j: 1",
        "j: 1.5",
        "j: 1.0",
        "j: a",
        "k: x",
        "k: y",
        "k: z",
        "k: null",
        "l: 1",
        "a: .nan",
        "b: .inf",
        "a: 99999999999999999999",
        "b: 99999999999999999999"
      })
  void corners_are_left_to_the_library(String field) {
    var validator = new ObjectValidator(new TestCatalogue().custom("Store", CHOICES), _ -> false);
    var manifest =
        TestCatalogue.object(
            "{apiVersion: example.org/v1, kind: Store, metadata: {name: a}, spec: {%s}}"
                .formatted(field));
    if (validator.isSurelySound(manifest)) {
      assertThat(validator.errors(manifest)).isEmpty();
    }
  }

  @Test
  void a_schema_that_leads_in_circles_makes_unsure_and_ends() {
    var catalogue =
        new TestCatalogue()
            .builtIn(
                "v1",
                "Round",
                """
                type: object
                properties: {apiVersion: {type: string}, kind: {type: string}, spec: {$ref: round}}
                """)
            .definition("round", "anyOf: [{$ref: round}, {$ref: round}]");
    var manifest = TestCatalogue.object("{apiVersion: v1, kind: Round, spec: {}}");
    var validator = new ObjectValidator(catalogue, _ -> false);
    assertThat(validator.isSurelySound(manifest)).isFalse();
    assertThat(validator.validate(manifest)).isInstanceOf(Outcome.Unusable.class);
  }
}
