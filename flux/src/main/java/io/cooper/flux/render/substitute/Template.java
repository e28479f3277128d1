package io.cooper.flux.render.substitute;

import io.cooper.flux.render.substitute.Scanner.Accept;
import io.cooper.flux.render.substitute.Scanner.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A text with `${…}` expressions, parsed by the grammar of fluxcd/pkg/envsubst 1.8 (`parse.go`,
/// `template.go`): close to bash and, where it differs, different on purpose here too.
///
/// `$$` stands for one `$`. `:=`, `:-`, `=`, `:+` and `:?` all mean "or else this". Lengths and
/// offsets count bytes.
public final class Template {
  /// What Flux would refuse, with the reason.
  public static final class Refused extends Exception {
    Refused(String message) {
      super(message, null, false, false);
    }
  }

  /// What a variable is worth.
  @FunctionalInterface
  public interface Values {
    /// The value; empty if the variable is not set.
    Optional<String> of(String name);
  }

  /// A text without expressions.
  ///
  /// @param text after expansion
  /// @param unset variables that were read, are not set, and have no default
  public record Expanded(String text, Set<String> unset) {}

  private sealed interface Node {}

  private record Text(String bytes) implements Node {}

  private record Call(String variable, String operator, List<Node> arguments) implements Node {}

  /// Hostile nesting ends here; nobody nests defaults a hundred deep.
  private static final int DEPTH = 100;

  private static final String NO_CLOSE = "an expression is not closed by }";
  private static final String BAD = "an expression is not one that Flux knows";

  private static final Accept NAME =
      (rune, _) -> Character.isLetter(rune) || isDecimalDigit(rune) || rune == '_';
  private static final Accept UP_TO_CLOSE = (rune, _) -> rune != '}';
  private static final Accept UP_TO_COLON = (rune, _) -> rune != ':' && rune != '}';
  private static final Accept UP_TO_SLASH = (rune, _) -> rune != '/';
  private static final Accept ONE_HASH = (rune, end) -> rune == '#' && end == 1;
  private static final Accept ONE_COLON = (rune, end) -> rune == ':' && end == 1;
  private static final Accept ONE_EQUAL = (rune, end) -> rune == '=' && end == 1;
  private static final Accept COLONS = (rune, _) -> rune == ':';
  private static final Accept SLASHES = (rune, _) -> rune == '/';
  private static final Accept DEFAULT =
      (rune, end) -> (end == 1 && rune == ':') || (end == 2 && "=-?+".indexOf(rune) >= 0);
  private static final Accept REPLACE =
      (rune, end) -> (end == 1 && rune == '/') || (end == 2 && "/#%".indexOf(rune) >= 0);
  private static final Accept CASING = (rune, end) -> (rune == ',' || rune == '^') && end < 3;

  private final List<Node> nodes;

  private Template(List<Node> nodes) {
    this.nodes = nodes;
  }

  /// Whether expansion could change a text at all.
  public static boolean concerns(String text) {
    int dollar = text.indexOf('$');
    while (dollar >= 0 && dollar + 1 < text.length()) {
      char next = text.charAt(dollar + 1);
      if (next == '{' || next == '$') {
        return true;
      }
      dollar = text.indexOf('$', dollar + 1);
    }
    return false;
  }

  /// Parses a text.
  ///
  /// @throws Refused if Flux would refuse it
  public static Template parse(String text) throws Refused {
    return new Template(new Parser(new Scanner(Bytes.of(text))).all());
  }

  /// Replaces every expression. A variable that is not set counts as empty and is reported.
  ///
  /// @throws Refused if the result is no text, as after cutting a character in two
  public Expanded expand(Values values) throws Refused {
    var unset = new TreeSet<String>();
    var out = new StringBuilder();
    for (var node : nodes) {
      out.append(value(node, values, unset));
    }
    var text = Bytes.text(out);
    if (text.isEmpty()) {
      throw new Refused("an expression cuts a character in two: offsets count bytes");
    }
    return new Expanded(text.get(), unset);
  }

  private static String value(Node node, Values values, Set<String> unset) {
    return switch (node) {
      case Text(var bytes) -> bytes;
      case Call(var variable, var operator, var arguments) -> {
        var evaluated = arguments.stream().map(each -> value(each, values, unset)).toList();
        var name = Bytes.text(variable).orElse(variable);
        var value = values.of(name);
        if (value.isEmpty() && !Operator.isDefault(operator)) {
          unset.add(name);
        }
        yield Operator.apply(operator, Bytes.of(value.orElse("")), evaluated);
      }
    };
  }

  /// Go's `unicode.IsDigit`: decimal digits of any script.
  private static boolean isDecimalDigit(int rune) {
    return Character.isDigit(rune);
  }

  private static final class Parser {
    private final Scanner scanner;
    private int depth;

    Parser(Scanner scanner) {
      this.scanner = scanner;
    }

    List<Node> all() throws Refused {
      var nodes = new ArrayList<Node>();
      while (true) {
        scanner.expect((_, _) -> true, true, true, false, true);
        scanner.escapesBackslash = false;
        switch (scanner.scan()) {
          case IDENT -> nodes.add(new Text(scanner.token()));
          case OPEN -> nodes.add(call());
          case END -> {
            return nodes;
          }
          default -> throw new Refused(BAD);
        }
      }
    }

    private Call call() throws Refused {
      if (++depth > DEPTH) {
        throw new Refused("expressions are nested deeper than %d levels".formatted(DEPTH));
      }
      scanner.escapesBackslash = true;
      if (scanner.peek() == '#') {
        var length = length();
        depth--;
        return length;
      }
      scanner.expect(NAME, true, false, false, false);
      if (scanner.scan() != Token.IDENT) {
        throw new Refused("${ is not followed by the name of a variable");
      }
      var name = scanner.token();
      var call =
          switch (scanner.peek()) {
            case ':' -> defaultOrSubstring(name);
            case '=' -> orElse(name);
            case ',', '^' -> casing(name);
            case '/' -> replace(name);
            case '#' -> remove(name, '#');
            case '%' -> remove(name, '%');
            default -> plain(name);
          };
      depth--;
      return call;
    }

    private Call plain(String name) throws Refused {
      scanner.expect(NAME, false, false, true, false);
      if (scanner.scan() != Token.CLOSE) {
        throw new Refused("${%s is not closed by }".formatted(shown(name)));
      }
      return new Call(name, "", List.of());
    }

    private Call defaultOrSubstring(String name) throws Refused {
      scanner.read();
      int next = scanner.peek();
      scanner.unread();
      return "=-?+".indexOf(next) >= 0 && next != 0 ? orElse(name) : substring(name);
    }

    private Call orElse(String name) throws Refused {
      var operator = operator(scanner.peek() == '=' ? ONE_EQUAL : DEFAULT);
      var arguments = new ArrayList<Node>();
      while (scanner.peek() != '}') {
        arguments.add(argument(UP_TO_CLOSE, false));
      }
      return closed(name, operator, arguments);
    }

    private Call substring(String name) throws Refused {
      var operator = operator(ONE_COLON);
      var arguments = new ArrayList<Node>();
      arguments.add(argument(UP_TO_COLON, false));
      scanner.expect(COLONS, true, false, true, false);
      switch (scanner.scan()) {
        case CLOSE -> {
          return new Call(name, operator, arguments);
        }
        case IDENT -> arguments.add(argument(UP_TO_CLOSE, false));
        default -> throw new Refused(BAD);
      }
      return closed(name, operator, arguments);
    }

    private Call remove(String name, char sign) throws Refused {
      var operator = operator((rune, end) -> rune == sign && end < 3);
      return closed(name, operator, List.of(argument(UP_TO_CLOSE, false)));
    }

    private Call replace(String name) throws Refused {
      var operator = operator(REPLACE);
      var arguments = new ArrayList<Node>();
      arguments.add(argument(UP_TO_SLASH, true));
      operator(SLASHES);
      if (scanner.peek() != '}') {
        arguments.add(argument(UP_TO_CLOSE, true));
      }
      return closed(name, operator, arguments);
    }

    private Call casing(String name) throws Refused {
      return closed(name, operator(CASING), List.of());
    }

    private Call length() throws Refused {
      var operator = operator(ONE_HASH);
      return closed(operator(NAME), operator, List.of());
    }

    private String operator(Accept accepted) throws Refused {
      scanner.expect(accepted, true, false, false, false);
      if (scanner.scan() != Token.IDENT) {
        throw new Refused(BAD);
      }
      return scanner.token();
    }

    private Node argument(Accept accepted, boolean escape) throws Refused {
      scanner.expect(accepted, true, true, false, escape);
      return switch (scanner.scan()) {
        case OPEN -> call();
        case IDENT -> new Text(scanner.token());
        default -> throw new Refused(NO_CLOSE);
      };
    }

    private Call closed(String name, String operator, List<Node> arguments) throws Refused {
      scanner.expect(scanner.accept, false, false, true, false);
      if (scanner.scan() != Token.CLOSE) {
        throw new Refused("${%s%s… is not closed by }".formatted(shown(name), operator));
      }
      return new Call(name, operator, List.copyOf(arguments));
    }

    private static String shown(String name) {
      return Bytes.text(name).orElse(name);
    }
  }
}
