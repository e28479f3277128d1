package io.cooper.schemas.validate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.AbsoluteIri;
import com.networknt.schema.Error;
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
import io.cooper.manifest.Mapping;
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
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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

  /// What is known of a schema: whether it is of use at all, and by what objects are judged.
  ///
  /// @param broken why it is of no use
  /// @param sound says of most objects that they are
  /// @param library says of the others what is wrong with them
  private record Prepared(
      Optional<String> broken, Soundness sound, Library library, Optional<SchemaRules> rules) {
    static Prepared broken(String reason) {
      return new Prepared(
          Optional.of(reason),
          Soundness.never(),
          new Library(
              () -> {
                throw new SchemaException(reason);
              },
              Instance::of),
          Optional.empty());
    }
  }

  /// A schema as the library wants it, made when the first object needs it.
  private static final class Library {
    private final Supplier<Schema> make;
    private final Function<Mapping, JsonNode> instance;
    private volatile @Nullable Schema made;

    /// @param make the schema
    /// @param instance the object as the schema wants it
    Library(Supplier<Schema> make, Function<Mapping, JsonNode> instance) {
      this.make = make;
      this.instance = instance;
    }

    List<Error> errors(Manifest manifest) {
      return schema().validate(instance.apply(manifest.root()));
    }

    Schema schema() {
      var known = made;
      if (known == null) {
        known = make.get();
        made = known;
      }
      return known;
    }
  }

  private final Catalogue catalogue;
  private final Predicate<String> undecided;
  private final Map<Flavour, SchemaRegistry> registries = new ConcurrentHashMap<>();
  private final Map<URI, Prepared> prepared = new ConcurrentHashMap<>();
  private final Map<Flavour, Map<URI, Soundness>> sound =
      Map.of(
          Flavour.BUILT_IN, new ConcurrentHashMap<>(), Flavour.CUSTOM, new ConcurrentHashMap<>());

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
    var ready = ready(schema);
    if (ready.broken().isPresent()) {
      return new Outcome.Unusable(schema, ready.broken().get());
    }
    return validate(manifest, schema, ready);
  }

  private Outcome validate(Manifest manifest, KindSchema schema, Prepared ready) {
    try {
      var complaints = new Complaints(manifest, undecided);
      if (!ready.sound().accepts(manifest.root())) {
        var errors = ready.library().errors(manifest);
        if (!errors.isEmpty()) {
          return new Outcome.Judged(schema, complaints.of(errors), List.of());
        }
      }
      if (ready.rules().isEmpty()) {
        return new Outcome.Judged(schema, List.of(), List.of());
      }
      var failures = ready.rules().get().check(manifest.root());
      return new Outcome.Judged(schema, complaints.ofRules(failures), unjudged(failures));
    } catch (SchemaException | IllegalArgumentException e) {
      return new Outcome.Unusable(schema, said(e));
    } catch (ValidationLimitExceededException | StackOverflowError _) {
      return new Outcome.Unusable(schema, "it leads in circles");
    }
  }

  /// Whether an object of a known kind is accepted without the library's help.
  boolean isSurelySound(Manifest manifest) {
    return ready(manifest).sound().accepts(manifest.root());
  }

  /// What the library finds wrong with an object of a known kind.
  List<Error> errors(Manifest manifest) {
    return ready(manifest).library().errors(manifest);
  }

  private Prepared ready(Manifest manifest) {
    return ready(catalogue.find(manifest.apiVersion(), manifest.kind()).orElseThrow());
  }

  private Prepared ready(KindSchema schema) {
    var known = prepared.get(schema.definition());
    return known == null
        ? prepared.computeIfAbsent(schema.definition(), _ -> prepare(schema))
        : known;
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
        return Prepared.broken("it is no object but " + source.getNodeType());
      }
      var flavour = Flavour.of(schema);
      var address = schema.definition();
      var strict = strict(flavour, address).ofObject(source);
      var compiled =
          Soundness.of(strict, flavour, reference -> referred(flavour, address, reference));
      var library =
          new Library(
              () -> registryOf(flavour).getSchema(SchemaLocation.of(address.toString()), strict),
              flavour == Flavour.CUSTOM ? root -> Instance.of(root, source) : Instance::of);
      // Those of releases are known to be of use; of any other the library has to say so first.
      if (!compiled.whole() && schema.from().isEmpty()) {
        library.schema();
      }
      return new Prepared(Optional.empty(), compiled.sound(), library, SchemaRules.of(source));
    } catch (SchemaException | IllegalArgumentException | JacksonException e) {
      return Prepared.broken(said(e));
    } catch (StackOverflowError _) {
      return Prepared.broken("it is nested too deeply");
    }
  }

  /// What a reference of a definition leads to.
  private Soundness referred(Flavour flavour, URI base, String reference) {
    var known = sound.getOrDefault(flavour, Map.of());
    try {
      var address = base.resolve(reference);
      var there = known.get(address);
      if (there == null) {
        there =
            definition(address)
                .map(found ->
                    Soundness.of(
                            strict(flavour, address).ofDefinition(found),
                            flavour,
                            next -> referred(flavour, address, next))
                        .sound())
                .orElseGet(Soundness::never);
        known.put(address, there);
      }
      return there;
    } catch (IllegalArgumentException _) {
      return Soundness.never();
    }
  }

  private SchemaRegistry registryOf(Flavour flavour) {
    return registries.computeIfAbsent(flavour, this::registry);
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
