package io.cooper.schemas.validate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.AbsoluteIri;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.ValidationLimitExceededException;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.path.PathType;
import com.networknt.schema.resource.SchemaLoader;
import io.cooper.manifest.Manifest;
import io.cooper.schemas.Catalogue;
import io.cooper.schemas.KindSchema;
import io.cooper.schemas.cel.SchemaRules;
import io.cooper.schemas.cel.SchemaRules.Failure;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Judges objects by the schemas of a catalogue, as strictly as an API server that is asked with
/// `fieldValidation=Strict`. Safe for use by several threads: schemas are made ready when the first
/// object needs them, and kept.
///
/// As there, conditions in CEL are asked of objects that are sound otherwise.
public final class ObjectValidator {
  /// More steps than any honest object costs: a schema that sends the library in circles ends here.
  private static final long MAX_STEPS = 20_000_000;

  /// Deeper than objects are read.
  private static final int MAX_DEPTH = 1_000;

  private sealed interface Prepared {
    record Ready(Schema schema, Optional<SchemaRules> rules) implements Prepared {}

    record Broken(String reason) implements Prepared {}
  }

  private final Catalogue catalogue;
  private final Predicate<String> undecided;
  private final SchemaRegistry builtIn = registry(Flavour.BUILT_IN);
  private final SchemaRegistry custom = registry(Flavour.CUSTOM);
  private final Map<URI, Prepared> prepared = new ConcurrentHashMap<>();

  /// @param catalogue of the kinds there are
  /// @param undecided whether a text stands for a value that only the cluster has, and so cannot be
  ///   judged; what SOPS has encrypted never is
  public ObjectValidator(Catalogue catalogue, Predicate<String> undecided) {
    this.catalogue = catalogue;
    this.undecided = undecided.or(ObjectValidator::isEncrypted);
  }

  private static boolean isEncrypted(String text) {
    return text.startsWith("ENC[") && text.endsWith("]");
  }

  /// Judges one object.
  public Outcome validate(Manifest manifest) {
    var known = catalogue.find(manifest.apiVersion(), manifest.kind());
    if (known.isEmpty()) {
      return new Outcome.UnknownKind();
    }
    var schema = known.get();
    return switch (prepared.computeIfAbsent(schema.definition(), _ -> prepare(schema))) {
      case Prepared.Broken(var reason) -> new Outcome.Unusable(schema, reason);
      case Prepared.Ready ready -> validate(manifest, schema, ready);
    };
  }

  private Outcome validate(Manifest manifest, KindSchema schema, Prepared.Ready ready) {
    try {
      var errors = ready.schema().validate(Instance.of(manifest.root()));
      var complaints = new Complaints(manifest, undecided);
      if (!errors.isEmpty() || ready.rules().isEmpty()) {
        return new Outcome.Judged(schema, complaints.of(errors), List.of());
      }
      var failures = ready.rules().get().check(manifest.root());
      return new Outcome.Judged(schema, complaints.ofRules(failures), unjudged(failures));
    } catch (SchemaException e) {
      return new Outcome.Unusable(schema, said(e));
    } catch (ValidationLimitExceededException | StackOverflowError _) {
      return new Outcome.Unusable(schema, "it leads in circles");
    }
  }

  private static List<String> unjudged(List<Failure> failures) {
    return failures.stream()
        .filter(failure -> !failure.judged())
        .map(Failure::message)
        .distinct()
        .toList();
  }

  private Prepared prepare(KindSchema schema) {
    try {
      var source = catalogue.schema(schema.definition());
      if (!source.isObject()) {
        return new Prepared.Broken("it is no object but " + source.getNodeType());
      }
      var flavour = Flavour.of(schema);
      var address = schema.definition();
      var strict = strict(flavour, address).ofObject(source);
      return new Prepared.Ready(
          registryOf(flavour).getSchema(SchemaLocation.of(address.toString()), strict),
          SchemaRules.of(source));
    } catch (SchemaException | IllegalArgumentException | JacksonException e) {
      return new Prepared.Broken(said(e));
    } catch (StackOverflowError _) {
      return new Prepared.Broken("it is nested too deeply");
    }
  }

  private SchemaRegistry registryOf(Flavour flavour) {
    return switch (flavour) {
      case BUILT_IN -> builtIn;
      case CUSTOM -> custom;
    };
  }

  private static String said(RuntimeException e) {
    var message = String.valueOf(e.getMessage());
    int line = message.indexOf('\n');
    return line < 0 ? message : message.substring(0, line);
  }

  private StrictSchema strict(Flavour flavour, URI base) {
    return new StrictSchema(
        flavour,
        reference -> {
          var address = base.resolve(reference);
          return address.equals(base) ? Optional.empty() : definition(address);
        });
  }

  private Optional<JsonNode> definition(URI address) {
    try {
      return Optional.of(catalogue.schema(address));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private SchemaRegistry registry(Flavour flavour) {
    var dialect =
        Dialect.builder("https://cooper.io/schema/strict", Dialects.getDraft202012())
            .keyword(new KnownFields())
            .keyword(new UniqueItems())
            .formats(formats -> {
              formats.clear();
              KubernetesFormats.all().forEach(format -> formats.put(format.getName(), format));
            })
            .build();
    var limits =
        ExecutionConfig.builder()
            .maxEvaluationSteps(MAX_STEPS)
            .maxEvaluationDepth(MAX_DEPTH)
            .formatAssertionsEnabled(true)
            .build();
    var config =
        SchemaRegistryConfig.builder()
            .pathType(PathType.JSON_POINTER)
            .formatAssertionsEnabled(true)
            .regularExpressionFactory(ObjectValidator::expression)
            .executionContextCustomizer((context, _) -> context.setExecutionConfig(limits))
            .build();
    return SchemaRegistry.withDefaultDialect(
        dialect,
        builder ->
            builder
                .schemaRegistryConfig(config)
                .schemaLoader(
                    new SchemaLoader((AbsoluteIri address) -> {
                      var definition = URI.create(address.toString());
                      return definition(definition)
                          .map(found -> bytes(strict(flavour, definition), found))
                          .<com.networknt.schema.resource.InputStreamSource>map(
                              bytes -> () -> new ByteArrayInputStream(bytes))
                          .orElseThrow(() ->
                              new SchemaException(
                                  "it refers to %s, which is not there".formatted(address)));
                    })));
  }

  private static byte[] bytes(StrictSchema strict, JsonNode definition) {
    return JsonMapper.shared().writeValueAsBytes(strict.ofDefinition(definition));
  }

  /// The syntax of Go, in time that is linear in the text.
  private static com.networknt.schema.regex.RegularExpression expression(String pattern) {
    try {
      var compiled = Pattern.compile(pattern);
      return text -> compiled.matcher(text).find();
    } catch (PatternSyntaxException e) {
      throw new SchemaException(
          "the pattern %s is no regular expression: %s".formatted(pattern, e.getDescription()));
    }
  }
}
