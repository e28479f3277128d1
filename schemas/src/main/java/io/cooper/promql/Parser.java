package io.cooper.promql;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.cooper.problem.Nearest;
import io.cooper.promql.Expression.Aggregation;
import io.cooper.promql.Expression.Binary;
import io.cooper.promql.Expression.Call;
import io.cooper.promql.Expression.Match;
import io.cooper.promql.Expression.Matcher;
import io.cooper.promql.Expression.NumberLiteral;
import io.cooper.promql.Expression.Parentheses;
import io.cooper.promql.Expression.Range;
import io.cooper.promql.Expression.Selector;
import io.cooper.promql.Expression.Shifted;
import io.cooper.promql.Expression.Signed;
import io.cooper.promql.Expression.StringLiteral;
import io.cooper.promql.Expression.Subquery;
import io.cooper.promql.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// From tokens to an expression, by precedence climbing. Types are checked on the way up, so an
/// expression that exists is one that Prometheus would evaluate.
final class Parser {
  /// Beyond this nobody reads it, and a thread's stack is finite.
  private static final int DEPTH = 400;

  /// Signs bind as `*` does: `-2 ^ 2` is `-(2 ^ 2)`, `-a * b` is `(-a) * b`.
  private static final int BELOW_SIGN = 6;

  /// What stands behind a selector, until its expression is complete.
  private record Shifts(boolean offset, boolean at, boolean anchored, boolean smoothed) {
    static final Shifts NONE = new Shifts(false, false, false, false);
  }

  private final List<Token> tokens;
  private int next;
  private int depth;

  Parser(List<Token> tokens) {
    this.tokens = tokens;
  }

  /// The one expression that all tokens are.
  Expression query() {
    if (here().kind() == Kind.END) {
      throw new Refusal(0, "there is no expression");
    }
    var expression = expression(1);
    if (here().kind() != Kind.END) {
      throw unexpected("an operator or the end");
    }
    selectsSomething(expression);
    return expression;
  }

  private Expression expression(int strength) {
    if (++depth > DEPTH) {
      throw new Refusal(here().at(), "nested more than %d levels deep".formatted(DEPTH));
    }
    var left = operand();
    while (true) {
      var token = here();
      var operator = operator(token);
      int binds = Words.strength(operator);
      if (binds < strength || binds == 0) {
        depth--;
        return left;
      }
      next++;
      left = binary(left, token, operator, binds);
    }
  }

  private static String operator(Token token) {
    return switch (token.kind()) {
      case SIGN -> token.text();
      case WORD -> token.keyword();
      case NAME, NUMBER, DURATION, STRING, END -> "";
    };
  }

  /// What stands between an operator and its right side: which labels have to be equal.
  private record Matching(boolean bool, boolean labels, boolean grouped, boolean fill) {}

  private Expression binary(Expression left, Token token, String operator, int binds) {
    var matching = matching(operator, token);
    // Only ^ groups from the right.
    var right = expression(operator.equals("^") ? binds : binds + 1);
    return checked(left, token, operator, matching, right);
  }

  private Matching matching(String operator, Token token) {
    boolean bool = takeWord("bool");
    if (bool && !Words.COMPARISONS.contains(operator)) {
      throw new Refusal(token.at(), "`bool` goes with comparisons only");
    }
    boolean grouped = false;
    Set<String> labels = Set.of();
    boolean on = here().isWord("on");
    if (on || here().isWord("ignoring")) {
      next++;
      labels = new HashSet<>(labels());
      if (here().isWord("group_left") || here().isWord("group_right")) {
        grouped = true;
        var group = take();
        var included = here().is("(") ? labels() : List.<String>of();
        if (on) {
          for (var label : included) {
            if (labels.contains(label)) {
              throw new Refusal(
                  group.at(), "label `%s` is in `on` and in the group".formatted(label));
            }
          }
        }
      }
    }
    return new Matching(bool, !labels.isEmpty(), grouped, fills());
  }

  private boolean fills() {
    var seen = new HashSet<String>();
    while (here().kind() == Kind.WORD
        && Set.of("fill", "fill_left", "fill_right").contains(here().keyword())
        && ahead(1).is("(")) {
      var word = take();
      if (!seen.add(word.keyword()) || (seen.contains("fill") && seen.size() > 1)) {
        throw new Refusal(word.at(), "unexpected " + word);
      }
      expect("(");
      takeSign();
      number();
      expect(")");
    }
    return !seen.isEmpty();
  }

  private static Expression checked(
      Expression left, Token token, String operator, Matching matching, Expression right) {
    isNumeric(left, operator);
    isNumeric(right, operator);
    boolean vectors = left.type() == Type.VECTOR && right.type() == Type.VECTOR;
    boolean scalars = left.type() == Type.SCALAR && right.type() == Type.SCALAR;
    boolean set = Words.SET_OPERATORS.contains(operator);
    if (!vectors && (matching.labels() || matching.fill())) {
      throw new Refusal(token.at(), "labels are matched between two instant vectors only");
    }
    if (set && (matching.grouped() || matching.fill())) {
      throw new Refusal(token.at(), "`%s` knows no groups".formatted(operator));
    }
    if (set && !vectors) {
      throw new Refusal(token.at(), "`%s` combines two instant vectors only".formatted(operator));
    }
    if (scalars && Words.COMPARISONS.contains(operator) && !matching.bool()) {
      throw new Refusal(token.at(), "comparing two scalars needs `bool`");
    }
    return new Binary(
        left, operator, token.at(), matching.bool(), right, scalars ? Type.SCALAR : Type.VECTOR);
  }

  private static void isNumeric(Expression side, String operator) {
    if (side.type() != Type.SCALAR && side.type() != Type.VECTOR) {
      throw new Refusal(
          side.at(),
          "`%s` needs scalars or instant vectors, and this is %s"
              .formatted(operator, side.type().title()));
    }
  }

  private Expression operand() {
    var token = here();
    if (token.is("-") || token.is("+")) {
      next++;
      var inner = expression(BELOW_SIGN);
      if (inner.type() != Type.SCALAR && inner.type() != Type.VECTOR) {
        throw new Refusal(token.at(), "a sign stands before %s".formatted(inner.type().title()));
      }
      return new Signed(token.at(), token.is("-"), inner);
    }
    return suffixed(primary());
  }

  /// Ranges, subqueries, `offset` and `@` bind tighter than any operator.
  private Expression suffixed(Expression first) {
    var expression = first;
    var shifts = Shifts.NONE;
    while (true) {
      var token = here();
      if (token.is("[")) {
        expression = bracketed(expression, shifts);
        if (expression instanceof Subquery) {
          shifts = Shifts.NONE;
        }
      } else if (token.isWord("offset")) {
        next++;
        boolean zero = offset();
        if (shifts.offset()) {
          throw new Refusal(token.at(), "`offset` is set twice");
        }
        shifts = new Shifts(!zero, shifts.at(), shifts.anchored(), shifts.smoothed());
        expression = shifted(expression, token);
      } else if (token.is("@")) {
        next++;
        instant();
        if (shifts.at()) {
          throw new Refusal(token.at(), "`@` is set twice");
        }
        shifts = new Shifts(shifts.offset(), true, shifts.anchored(), shifts.smoothed());
        expression = shifted(expression, token);
      } else if (token.isWord("anchored") || token.isWord("smoothed")) {
        next++;
        boolean anchored = shifts.anchored() || token.isWord("anchored");
        boolean smoothed = shifts.smoothed() || token.isWord("smoothed");
        if (anchored && smoothed) {
          throw new Refusal(token.at(), "`anchored` and `smoothed` exclude each other");
        }
        if (isSubquery(expression)) {
          throw new Refusal(token.at(), "a subquery cannot be " + token.keyword());
        }
        shifts = new Shifts(shifts.offset(), shifts.at(), anchored, smoothed);
        expression = shifted(expression, token);
      } else {
        return expression;
      }
    }
  }

  private static boolean isSubquery(Expression expression) {
    var inner = expression;
    while (inner instanceof Shifted shifted) {
      inner = shifted.inner();
    }
    return inner instanceof Subquery;
  }

  private static Expression shifted(Expression expression, Token token) {
    if (expression instanceof Selector
        || expression instanceof Range
        || expression instanceof Subquery
        || expression instanceof Shifted) {
      return expression instanceof Shifted ? expression : new Shifted(expression);
    }
    throw new Refusal(
        token.at(), "%s follows a selector, a range or a subquery only".formatted(token));
  }

  private Expression bracketed(Expression base, Shifts shifts) {
    var open = take();
    var range = new Durations(this).inBrackets();
    if (here().is(":")) {
      next++;
      if (!here().is("]")) {
        new Durations(this).inBrackets();
      }
      expect("]");
      if (base.type() != Type.VECTOR) {
        throw new Refusal(
            base.at(), "a subquery needs an instant vector, and this is " + base.type().title());
      }
      return new Subquery(base, range);
    }
    expect("]");
    return switch (base) {
      case Selector selector -> new Range(selector, range);
      case Shifted(Selector selector) when !shifts.offset() && !shifts.at() ->
          new Range(selector, range);
      case Shifted(Selector _) ->
          throw new Refusal(open.at(), "`offset` and `@` come behind the range, not before it");
      default ->
          throw new Refusal(
              open.at(), "only a selector has a range; a subquery has a colon: [1h:5m]");
    };
  }

  /// Whether the offset is nothing at all.
  private boolean offset() {
    var seconds = new Durations(this).offset();
    return seconds.isPresent() && seconds.getAsDouble() == 0;
  }

  private void instant() {
    if ((here().isWord("start") || here().isWord("end")) && ahead(1).is("(")) {
      next += 2;
      expect(")");
      return;
    }
    takeSign();
    var token = here();
    double seconds = number();
    if (!Double.isFinite(seconds) || Math.abs(seconds) >= Long.MAX_VALUE) {
      throw new Refusal(token.at(), "no time is that far away");
    }
  }

  private Expression primary() {
    var token = here();
    return switch (token.kind()) {
      case NUMBER, DURATION -> new NumberLiteral(token.at(), number());
      case STRING -> new StringLiteral(take().at(), token.text());
      case NAME -> selector(Optional.of(take()));
      case WORD -> word(token);
      case SIGN -> {
        if (token.is("(")) {
          next++;
          var inner = expression(1);
          expect(")");
          yield new Parentheses(token.at(), inner);
        }
        if (token.is("{")) {
          yield selector(Optional.empty());
        }
        throw unexpected("an expression");
      }
      case END -> throw unexpected("an expression");
    };
  }

  private Expression word(Token token) {
    var keyword = token.keyword();
    if (keyword.equals("inf") || keyword.equals("nan")) {
      return new NumberLiteral(token.at(), number());
    }
    if (Words.NEVER_NAMES.contains(keyword)) {
      throw unexpected("an expression");
    }
    next++;
    if (Words.AGGREGATIONS.containsKey(keyword)
        && (here().is("(") || here().isWord("by") || here().isWord("without"))) {
      return aggregation(token, keyword);
    }
    if (here().is("(") && !Words.NEVER_FUNCTIONS.contains(keyword)) {
      return call(token);
    }
    return selector(Optional.of(token));
  }

  private Expression aggregation(Token token, String operator) {
    boolean without = here().isWord("without");
    boolean before = without || here().isWord("by");
    List<String> labels = List.of();
    if (before) {
      next++;
      labels = labels();
    }
    var arguments = arguments();
    if (!before && (here().isWord("by") || here().isWord("without"))) {
      without = take().isWord("without");
      labels = labels();
    }
    boolean parameter = Words.AGGREGATIONS.getOrDefault(operator, false);
    int wanted = parameter ? 2 : 1;
    if (arguments.size() != wanted) {
      throw new Refusal(
          token.at(),
          "`%s` takes %d argument%s, and here are %d"
              .formatted(operator, wanted, wanted == 1 ? "" : "s", arguments.size()));
    }
    if (parameter) {
      isOf(
          operator.equals("count_values") ? Type.STRING : Type.SCALAR,
          arguments.getFirst(),
          operator);
    }
    isOf(Type.VECTOR, arguments.getLast(), operator);
    return new Aggregation(
        token.at(),
        operator,
        parameter ? Optional.of(arguments.getFirst()) : Optional.empty(),
        arguments.getLast(),
        without,
        labels);
  }

  private Expression call(Token token) {
    var function =
        Functions.named(token.text())
            .orElseThrow(() ->
                new Refusal(
                    token.at(),
                    "there is no function `%s`%s"
                        .formatted(token.text(), Nearest.hint(token.text(), Functions.names()))));
    var arguments = arguments();
    if (arguments.size() < function.least() || arguments.size() > function.most()) {
      throw new Refusal(
          token.at(),
          "`%s` takes %s, and here are %d"
              .formatted(function.name(), countOf(function), arguments.size()));
    }
    for (int i = 0; i < arguments.size(); i++) {
      isOf(function.parameter(i), arguments.get(i), function.name());
    }
    if (function.name().equals("info")
        && arguments.size() == 2
        && !(arguments.get(1) instanceof Selector labels && labels.name().isEmpty())) {
      throw new Refusal(arguments.get(1).at(), "`info` takes labels here, without a name");
    }
    return new Call(token.at(), function.name(), arguments, function.result());
  }

  private static String countOf(Functions.Signature function) {
    if (function.most() == Integer.MAX_VALUE) {
      return "at least %d arguments".formatted(function.least());
    }
    return function.least() == function.most()
        ? "%d argument%s".formatted(function.least(), function.least() == 1 ? "" : "s")
        : "%d to %d arguments".formatted(function.least(), function.most());
  }

  private static void isOf(Type wanted, Expression argument, String function) {
    if (argument.type() != wanted) {
      throw new Refusal(
          argument.at(),
          "`%s` takes %s here, and this is %s%s"
              .formatted(
                  function,
                  wanted.title(),
                  argument.type().title(),
                  wanted == Type.MATRIX && argument.bare() instanceof Selector
                      ? "; a range such as [5m] is missing"
                      : ""));
    }
  }

  private List<Expression> arguments() {
    expect("(");
    var arguments = new ArrayList<Expression>();
    if (!here().is(")")) {
      arguments.add(expression(1));
      while (here().is(",")) {
        var comma = take();
        if (here().is(")")) {
          throw new Refusal(comma.at(), "a comma stands before `)`");
        }
        arguments.add(expression(1));
      }
    }
    expect(")");
    return arguments;
  }

  private List<String> labels() {
    expect("(");
    var labels = new ArrayList<String>();
    while (!here().is(")")) {
      var label = take();
      boolean quoted = label.kind() == Kind.STRING && !label.text().isEmpty();
      boolean plain =
          (label.kind() == Kind.WORD || label.kind() == Kind.NAME)
              && !Set.of("without", "inf", "nan").contains(label.keyword());
      if (!quoted && !plain) {
        throw new Refusal(label.at(), "%s, where a label belongs".formatted(label));
      }
      labels.add(label.text());
      if (!here().is(")")) {
        expect(",");
      }
    }
    next++;
    return labels;
  }

  private Expression selector(Optional<Token> name) {
    var first = name.orElseGet(this::here);
    var matchers = here().is("{") ? matchers() : List.<Matcher>of();
    if (name.isPresent() && matchers.stream().anyMatch(each -> each.label().equals("__name__"))) {
      throw new Refusal(first.at(), "the name of the metric is given twice");
    }
    return new Selector(first.at(), name.map(Token::text), matchers);
  }

  private List<Matcher> matchers() {
    expect("{");
    var matchers = new ArrayList<Matcher>();
    while (!here().is("}")) {
      matchers.add(matcher());
      if (!here().is("}")) {
        expect(",");
      }
    }
    next++;
    return matchers;
  }

  private Matcher matcher() {
    var label = take();
    if (label.kind() != Kind.WORD && label.kind() != Kind.STRING) {
      throw new Refusal(label.at(), "%s, where a label belongs".formatted(label));
    }
    if (label.kind() == Kind.STRING && (here().is(",") || here().is("}"))) {
      return new Matcher(label.at(), "__name__", Match.EQUAL, label.text());
    }
    var sign = take();
    var match =
        switch (sign.kind() == Kind.SIGN ? sign.text() : "") {
          case "=" -> Match.EQUAL;
          case "!=" -> Match.NOT_EQUAL;
          case "=~" -> Match.LIKE;
          case "!~" -> Match.NOT_LIKE;
          default ->
              throw new Refusal(sign.at(), "%s, where one of = != =~ !~ belongs".formatted(sign));
        };
    var value = take();
    if (value.kind() != Kind.STRING) {
      throw new Refusal(value.at(), "%s, where a quoted value belongs".formatted(value));
    }
    if (match == Match.LIKE || match == Match.NOT_LIKE) {
      regex(value.text(), value.at());
    }
    return new Matcher(label.at(), label.text(), match, value.text());
  }

  private static Pattern regex(String text, int at) {
    try {
      return Pattern.compile("^(?s:" + text + ")$");
    } catch (PatternSyntaxException e) {
      throw new Refusal(at, "no regular expression of RE2: %s".formatted(e.getDescription()));
    }
  }

  /// A selector without a name must leave something out, or it would read everything there is. What
  /// `info` looks for is no such selector.
  private static void selectsSomething(Expression whole) {
    var exempt =
        whole
            .all()
            .flatMap(each ->
                each instanceof Call call && call.function().equals("info")
                    ? call.arguments().stream().skip(1).map(Expression::at)
                    : Stream.empty())
            .collect(Collectors.toSet());
    whole
        .all()
        .filter(each ->
            each instanceof Selector selector
                && selector.name().isEmpty()
                && !exempt.contains(selector.at())
                && selector.matchers().stream().allMatch(Parser::matchesNothing))
        .findFirst()
        .ifPresent(each -> {
          throw new Refusal(each.at(), "a selector needs a name, or a label that is not empty");
        });
  }

  private static boolean matchesNothing(Matcher matcher) {
    return switch (matcher.match()) {
      case EQUAL -> matcher.value().isEmpty();
      case NOT_EQUAL -> !matcher.value().isEmpty();
      case LIKE -> regex(matcher.value(), matcher.at()).matches("");
      case NOT_LIKE -> !regex(matcher.value(), matcher.at()).matches("");
    };
  }

  /// A number or a duration, in seconds.
  double number() {
    var token = take();
    return switch (token.kind()) {
      case NUMBER -> Durations.number(token);
      case DURATION -> Durations.seconds(token);
      case WORD -> {
        if (token.isWord("inf")) {
          yield Double.POSITIVE_INFINITY;
        }
        if (token.isWord("nan")) {
          yield Double.NaN;
        }
        throw new Refusal(token.at(), "%s, where a number belongs".formatted(token));
      }
      case NAME, STRING, SIGN, END ->
          throw new Refusal(token.at(), "%s, where a number belongs".formatted(token));
    };
  }

  /// Takes `+` or `-` if it is there; whether it was a minus.
  boolean takeSign() {
    if (here().is("-") || here().is("+")) {
      return take().is("-");
    }
    return false;
  }

  boolean takeWord(String keyword) {
    if (here().isWord(keyword)) {
      next++;
      return true;
    }
    return false;
  }

  Token here() {
    return ahead(0);
  }

  Token ahead(int count) {
    return tokens.get(Math.min(next + count, tokens.size() - 1));
  }

  Token take() {
    var token = here();
    next++;
    return token;
  }

  void expect(String sign) {
    if (!here().is(sign)) {
      throw unexpected("`" + sign + "`");
    }
    next++;
  }

  Refusal unexpected(String wanted) {
    return new Refusal(here().at(), "%s, where %s belongs".formatted(here(), wanted));
  }
}
