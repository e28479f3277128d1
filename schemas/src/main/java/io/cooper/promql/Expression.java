package io.cooper.promql;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/// One expression, with all below it. Positions are indexes in the text that was parsed.
public sealed interface Expression {
  /// Where it begins.
  int at();

  /// What it evaluates to.
  Type type();

  /// The expressions directly below, in the order of the text.
  List<Expression> children();

  /// This expression and all below it, outer ones first, in the order of the text.
  default Stream<Expression> all() {
    // Not recursive: a sum of ten thousand terms is as deep as it is long.
    var found = new ArrayList<Expression>();
    var open = new ArrayDeque<Expression>();
    open.push(this);
    while (!open.isEmpty()) {
      var next = open.pop();
      found.add(next);
      var below = new ArrayList<>(next.children());
      Collections.reverse(below);
      below.forEach(open::push);
    }
    return found.stream();
  }

  /// The names of the series that it reads, with their places. A name that is matched by a regular
  /// expression counts where the expression can only mean certain names: `a|b` or `a_(b|c)`.
  default Stream<MetricName> metrics() {
    return all()
        .flatMap(
            each -> each instanceof Selector selector ? selector.names().stream() : Stream.empty());
  }

  /// The same without the parentheses around it.
  default Expression bare() {
    Expression inner = this;
    while (inner instanceof Parentheses parentheses) {
      inner = parentheses.inner();
    }
    return inner;
  }

  /// A name that an expression reads.
  ///
  /// @param at where it stands
  record MetricName(String name, int at) {}

  /// A number, or a duration in seconds.
  record NumberLiteral(int at, double value) implements Expression {
    @Override
    public Type type() {
      return Type.SCALAR;
    }

    @Override
    public List<Expression> children() {
      return List.of();
    }
  }

  /// A string.
  record StringLiteral(int at, String value) implements Expression {
    @Override
    public Type type() {
      return Type.STRING;
    }

    @Override
    public List<Expression> children() {
      return List.of();
    }
  }

  /// How a label is compared.
  enum Match {
    EQUAL,
    NOT_EQUAL,
    LIKE,
    NOT_LIKE
  }

  /// One `label="value"`.
  ///
  /// @param at where the label stands
  record Matcher(int at, String label, Match match, String value) {}

  /// The newest sample of each series that has these labels.
  ///
  /// @param name that stands before the braces; empty if there is none
  /// @param matchers in the braces; a quoted name in there is a matcher of `__name__`
  record Selector(int at, Optional<String> name, List<Matcher> matchers) implements Expression {
    public Selector {
      matchers = List.copyOf(matchers);
    }

    @Override
    public Type type() {
      return Type.VECTOR;
    }

    @Override
    public List<Expression> children() {
      return List.of();
    }

    List<MetricName> names() {
      if (name.isPresent()) {
        return List.of(new MetricName(name.get(), at));
      }
      return matchers.stream()
          .filter(matcher -> matcher.label().equals("__name__"))
          .flatMap(matcher ->
              (switch (matcher.match()) {
                    case EQUAL -> List.of(matcher.value());
                    case LIKE -> Alternatives.of(matcher.value());
                    case NOT_EQUAL, NOT_LIKE -> List.<String>of();
                  })
                  .stream()
                      .filter(each -> !each.isEmpty())
                      .map(each -> new MetricName(each, matcher.at())))
          .toList();
    }
  }

  /// All samples of a selector in a range of time: `selector[5m]`.
  ///
  /// @param seconds how long; empty where only the server can tell
  record Range(Selector selector, OptionalDouble seconds) implements Expression {
    @Override
    public int at() {
      return selector.at();
    }

    @Override
    public Type type() {
      return Type.MATRIX;
    }

    @Override
    public List<Expression> children() {
      return List.of(selector);
    }
  }

  /// An expression, evaluated again and again over a range of time: `expression[1h:5m]`.
  record Subquery(Expression inner, OptionalDouble seconds) implements Expression {
    @Override
    public int at() {
      return inner.at();
    }

    @Override
    public Type type() {
      return Type.MATRIX;
    }

    @Override
    public List<Expression> children() {
      return List.of(inner);
    }
  }

  /// An expression at another time: `offset`, `@`; or `anchored` and `smoothed`.
  record Shifted(Expression inner) implements Expression {
    @Override
    public int at() {
      return inner.at();
    }

    @Override
    public Type type() {
      return inner.type();
    }

    @Override
    public List<Expression> children() {
      return List.of(inner);
    }
  }

  /// A call of a function.
  record Call(int at, String function, List<Expression> arguments, Type type)
      implements Expression {
    public Call {
      arguments = List.copyOf(arguments);
    }

    @Override
    public List<Expression> children() {
      return arguments;
    }
  }

  /// `sum by (label) (expression)` and the like.
  ///
  /// @param operator in lower case
  /// @param parameter of those that have one: `topk(5, …)`
  /// @param without whether the labels are those that are dropped
  /// @param labels that the result is grouped by, or not
  record Aggregation(
      int at,
      String operator,
      Optional<Expression> parameter,
      Expression inner,
      boolean without,
      List<String> labels)
      implements Expression {
    public Aggregation {
      labels = List.copyOf(labels);
    }

    @Override
    public Type type() {
      return Type.VECTOR;
    }

    @Override
    public List<Expression> children() {
      return Stream.concat(parameter.stream(), Stream.of(inner)).toList();
    }
  }

  /// Two expressions and what stands between them.
  ///
  /// @param operator such as `+`, `==`, `unless`
  /// @param operatorAt where the operator stands
  /// @param bool whether a comparison gives 0 or 1 and drops nothing
  record Binary(
      Expression left, String operator, int operatorAt, boolean bool, Expression right, Type type)
      implements Expression {
    @Override
    public int at() {
      return left.at();
    }

    @Override
    public List<Expression> children() {
      return List.of(left, right);
    }

    /// Whether it compares.
    public boolean compares() {
      return Words.COMPARISONS.contains(operator);
    }
  }

  /// `-expression` or `+expression`.
  record Signed(int at, boolean negative, Expression inner) implements Expression {
    @Override
    public Type type() {
      return inner.type();
    }

    @Override
    public List<Expression> children() {
      return List.of(inner);
    }
  }

  /// `(expression)`.
  record Parentheses(int at, Expression inner) implements Expression {
    @Override
    public Type type() {
      return inner.type();
    }

    @Override
    public List<Expression> children() {
      return List.of(inner);
    }
  }
}
