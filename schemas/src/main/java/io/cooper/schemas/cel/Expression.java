package io.cooper.schemas.cel;

import dev.cel.common.CelErrorCode;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntime.Program;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// One expression of CEL, compiled, in the language of Kubernetes: the standard macros and
/// functions, strings, sets, lists and optional values, and the functions of [the API
/// server](https://kubernetes.io/docs/reference/using-api/cel/). May be evaluated by several
/// threads.
///
/// Variables are of dynamic type, so that a field that no object has is found when it is asked for,
/// and not before.
public final class Expression {
  /// Steps of all loops of one evaluation, nested ones multiplied: a quarter of a second.
  private static final int MAX_ITERATIONS = 1_000_000;

  /// Longer expressions are not written by hand.
  private static final int MAX_CODE_POINTS = 100_000;

  private static final int MAX_DEPTH = 200;

  private static final Map<Set<String>, CelCompiler> COMPILERS = new ConcurrentHashMap<>();

  /// Loaded when the first expression is compiled.
  private static final class Language {
    static final CelOptions OPTIONS =
        CelOptions.current()
            .comprehensionMaxIterations(MAX_ITERATIONS)
            .maxExpressionCodePointSize(MAX_CODE_POINTS)
            .maxParseRecursionDepth(MAX_DEPTH)
            .enableOptionalSyntax(true)
            .enableHeterogeneousNumericComparisons(true)
            .build();
    static final CelRuntime RUNTIME =
        CelRuntimeFactory.standardCelRuntimeBuilder()
            .setOptions(OPTIONS)
            .addLibraries(
                CelExtensions.optional(),
                CelExtensions.strings(),
                CelExtensions.sets(OPTIONS),
                CelExtensions.lists())
            .addFunctionBindings(KubernetesFunctions.bindings())
            .build();

    static CelCompiler compiler(Set<String> variables) {
      var builder =
          CelCompilerFactory.standardCelCompilerBuilder()
              .setOptions(OPTIONS)
              .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
              .addLibraries(
                  CelExtensions.optional(),
                  CelExtensions.strings(),
                  CelExtensions.sets(OPTIONS),
                  CelExtensions.lists())
              .addFunctionDeclarations(KubernetesFunctions.declarations());
      variables.forEach(name -> builder.addVar(name, SimpleType.DYN));
      return builder.build();
    }

    private Language() {}
  }

  private final Program program;

  private Expression(Program program) {
    this.program = program;
  }

  /// Compiles an expression.
  ///
  /// @param variables the names it may use
  /// @throws ExpressionException with the first mistake and its place
  public static Expression compile(String source, Set<String> variables)
      throws ExpressionException {
    try {
      var compiler = COMPILERS.computeIfAbsent(new TreeSet<>(variables), Language::compiler);
      return new Expression(Language.RUNTIME.createProgram(compiler.compile(source).getAst()));
    } catch (CelValidationException e) {
      throw wrong(e);
    } catch (CelEvaluationException e) {
      throw new ExpressionException(said(e), 1, 1);
    }
  }

  private static ExpressionException wrong(CelValidationException e) {
    var first = e.getErrors().stream().findFirst();
    var at = first.map(CelIssue::getSourceLocation).orElse(CelSourceLocation.NONE);
    return new ExpressionException(
        first.map(CelIssue::getMessage).orElseGet(() -> String.valueOf(e.getMessage())),
        Math.max(1, at.getLine()),
        Math.max(0, at.getColumn()) + 1);
  }

  /// The result for these values.
  ///
  /// @param values of the variables: maps, lists, strings, numbers, booleans as
  ///   [io.cooper.manifest.Value#plain] gives them
  /// @throws ExpressionException if there is none: a field that is not there, types that do not
  ///   fit, or more work than the limit allows
  public Object evaluate(Map<String, ?> values) throws ExpressionException {
    try {
      return program.eval(values);
    } catch (CelEvaluationException e) {
      throw new ExpressionException(
          e.getErrorCode() == CelErrorCode.ITERATION_BUDGET_EXCEEDED
              ? "takes more than %d steps".formatted(MAX_ITERATIONS)
              : said(e),
          1,
          1);
    } catch (StackOverflowError | OutOfMemoryError _) {
      throw new ExpressionException("needs more memory than there is", 1, 1);
    }
  }

  private static String said(CelEvaluationException e) {
    return inOneLine(e.getMessage());
  }

  /// CEL puts `evaluation error at <input>:12: ` before everything.
  private static String inOneLine(@Nullable String message) {
    var text = String.valueOf(message).lines().findFirst().orElse("");
    return text.replaceFirst("^evaluation error(?: at [^ ]*)?: ", "");
  }
}
