package io.cooper.schemas.cel;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelErrorCode;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelEvaluationExceptionBuilder;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import io.cooper.schemas.value.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.semver4j.Semver;

/// The functions that Kubernetes adds to CEL (k8s.io/apiserver `pkg/cel/library`): lists, regular
/// expressions, `format`, addresses on the web, quantities, IP addresses and ranges, versions. Not:
/// the authorizer, which needs a server, and formats.
final class KubernetesFunctions {
  private static final CelType BOOL = SimpleType.BOOL;
  private static final CelType INT = SimpleType.INT;
  private static final CelType DOUBLE = SimpleType.DOUBLE;
  private static final CelType STRING = SimpleType.STRING;
  private static final CelType DYN = SimpleType.DYN;
  private static final CelType LIST = ListType.create(DYN);
  private static final CelType TEXTS = ListType.create(STRING);
  private static final CelType URL = OpaqueType.create("kubernetes.URL");
  private static final CelType QUANTITY = OpaqueType.create("kubernetes.Quantity");
  private static final CelType IP = OpaqueType.create("net.IP");
  private static final CelType CIDR = OpaqueType.create("net.CIDR");
  private static final CelType SEMVER = OpaqueType.create("kubernetes.Semver");

  private record Row(
      String name,
      boolean member,
      List<CelType> parameters,
      CelType result,
      CelFunctionOverload body) {
    String id() {
      var id = new StringBuilder("k8s_").append(name.replace('.', '_'));
      parameters.forEach(type -> id.append('_').append(type.name().replaceAll("[^A-Za-z]", "_")));
      return id.append(member ? "_member" : "").toString();
    }

    CelOverloadDecl declaration() {
      return member
          ? CelOverloadDecl.newMemberOverload(id(), result, parameters)
          : CelOverloadDecl.newGlobalOverload(id(), result, parameters);
    }

    CelFunctionBinding binding() {
      var types = new ArrayList<Class<?>>();
      parameters.forEach(type -> types.add(runtime(type)));
      return CelFunctionBinding.from(id(), types, body);
    }

    private static Class<?> runtime(CelType type) {
      if (type.equals(URL)) {
        return WebAddress.class;
      }
      if (type.equals(QUANTITY)) {
        return Quantity.class;
      }
      if (type.equals(IP)) {
        return IpAddress.class;
      }
      if (type.equals(CIDR)) {
        return IpRange.class;
      }
      if (type.equals(SEMVER)) {
        return Semver.class;
      }
      return switch (type.kind()) {
        case BOOL -> Boolean.class;
        case INT -> Long.class;
        case DOUBLE -> Double.class;
        case STRING -> String.class;
        case LIST -> List.class;
        default -> Object.class;
      };
    }
  }

  private static final List<Row> ROWS = rows();

  private KubernetesFunctions() {}

  static List<CelFunctionDecl> declarations() {
    var byName = new LinkedHashMap<String, List<CelOverloadDecl>>();
    for (var row : ROWS) {
      byName.computeIfAbsent(row.name(), _ -> new ArrayList<>()).add(row.declaration());
    }
    return byName.entrySet().stream()
        .map(each -> CelFunctionDecl.newFunctionDeclaration(each.getKey(), each.getValue()))
        .toList();
  }

  static List<CelFunctionBinding> bindings() {
    return ROWS.stream().map(Row::binding).toList();
  }

  private static List<Row> rows() {
    var rows = new ArrayList<Row>();
    lists(rows);
    expressions(rows);
    texts(rows);
    addresses(rows);
    quantities(rows);
    networks(rows);
    versions(rows);
    return List.copyOf(rows);
  }

  private static void lists(List<Row> rows) {
    rows.add(member("isSorted", BOOL, it -> Lists.isSorted(list(it[0])), LIST));
    rows.add(member("sum", DYN, it -> Lists.sum(list(it[0])), LIST));
    rows.add(member("min", DYN, it -> least(it, 1), LIST));
    rows.add(member("max", DYN, it -> least(it, -1), LIST));
    rows.add(member("indexOf", INT, it -> (long) list(it[0]).indexOf(it[1]), LIST, DYN));
    rows.add(member("lastIndexOf", INT, it -> (long) list(it[0]).lastIndexOf(it[1]), LIST, DYN));
  }

  private static Object least(Object[] it, int direction) throws CelEvaluationException {
    return Lists.least(list(it[0]), direction)
        .orElseThrow(() -> failed("min and max of an empty list, or of what has no order"));
  }

  private static void expressions(List<Row> rows) {
    rows.add(
        member(
            "find",
            STRING,
            it -> {
              var matcher = pattern(it[1]).matcher(text(it[0]));
              return matcher.find() ? matcher.group() : "";
            },
            STRING,
            STRING));
    rows.add(member("findAll", TEXTS, it -> findAll(it[0], it[1], Long.MAX_VALUE), STRING, STRING));
    rows.add(
        member("findAll", TEXTS, it -> findAll(it[0], it[1], (Long) it[2]), STRING, STRING, INT));
  }

  private static void texts(List<Row> rows) {
    rows.add(
        member(
            "format",
            STRING,
            it -> {
              try {
                return TextFormat.format(text(it[0]), list(it[1]));
              } catch (IllegalArgumentException e) {
                throw failed(String.valueOf(e.getMessage()));
              }
            },
            STRING,
            LIST));
  }

  private static List<String> findAll(Object text, Object pattern, long limit)
      throws CelEvaluationException {
    var found = new ArrayList<String>();
    var matcher = pattern(pattern).matcher(text(text));
    while ((limit < 0 || found.size() < limit) && matcher.find()) {
      found.add(matcher.group());
    }
    return List.copyOf(found);
  }

  private static Pattern pattern(Object source) throws CelEvaluationException {
    try {
      return Pattern.compile(text(source));
    } catch (PatternSyntaxException e) {
      throw failed("no regular expression: " + e.getDescription());
    }
  }

  private static void addresses(List<Row> rows) {
    rows.add(global("url", URL, it -> parsed(WebAddress.parse(text(it[0])), "URL", it[0]), STRING));
    rows.add(global("isURL", BOOL, it -> WebAddress.parse(text(it[0])).isPresent(), STRING));
    rows.add(member("getScheme", STRING, it -> ((WebAddress) it[0]).scheme(), URL));
    rows.add(member("getHost", STRING, it -> ((WebAddress) it[0]).host(), URL));
    rows.add(member("getHostname", STRING, it -> ((WebAddress) it[0]).hostname(), URL));
    rows.add(member("getPort", STRING, it -> ((WebAddress) it[0]).port(), URL));
    rows.add(member("getEscapedPath", STRING, it -> ((WebAddress) it[0]).path(), URL));
    rows.add(
        member("getQuery", MapType.create(STRING, TEXTS), it -> ((WebAddress) it[0]).query(), URL));
  }

  private static void quantities(List<Row> rows) {
    rows.add(
        global(
            "quantity",
            QUANTITY,
            it -> parsed(Quantity.parse(text(it[0])), "quantity", it[0]),
            STRING));
    rows.add(global("isQuantity", BOOL, it -> Quantity.parse(text(it[0])).isPresent(), STRING));
    rows.add(member("sign", INT, it -> (long) amount(it[0]).signum(), QUANTITY));
    rows.add(member("isGreaterThan", BOOL, it -> compare(it[0], it[1]) > 0, QUANTITY, QUANTITY));
    rows.add(member("isLessThan", BOOL, it -> compare(it[0], it[1]) < 0, QUANTITY, QUANTITY));
    rows.add(member("compareTo", INT, it -> (long) compare(it[0], it[1]), QUANTITY, QUANTITY));
    rows.add(member("asApproximateFloat", DOUBLE, it -> amount(it[0]).doubleValue(), QUANTITY));
    rows.add(member("isInteger", BOOL, it -> isLong(amount(it[0])), QUANTITY));
    rows.add(
        member(
            "asInteger",
            INT,
            it -> {
              if (!isLong(amount(it[0]))) {
                throw failed("a quantity that is no integer");
              }
              return amount(it[0]).longValueExact();
            },
            QUANTITY));
    rows.add(
        member(
            "add",
            QUANTITY,
            it -> new Quantity(amount(it[0]).add(amount(it[1]))),
            QUANTITY,
            QUANTITY));
    rows.add(
        member(
            "add",
            QUANTITY,
            it -> new Quantity(amount(it[0]).add(BigDecimal.valueOf((Long) it[1]))),
            QUANTITY,
            INT));
    rows.add(
        member(
            "sub",
            QUANTITY,
            it -> new Quantity(amount(it[0]).subtract(amount(it[1]))),
            QUANTITY,
            QUANTITY));
    rows.add(
        member(
            "sub",
            QUANTITY,
            it -> new Quantity(amount(it[0]).subtract(BigDecimal.valueOf((Long) it[1]))),
            QUANTITY,
            INT));
  }

  private static boolean isLong(BigDecimal amount) {
    return amount.setScale(0, RoundingMode.DOWN).compareTo(amount) == 0
        && amount.toBigInteger().bitLength() < Long.SIZE;
  }

  private static BigDecimal amount(Object quantity) {
    return ((Quantity) quantity).amount();
  }

  private static int compare(Object left, Object right) {
    return ((Quantity) left).compareTo((Quantity) right);
  }

  private static void networks(List<Row> rows) {
    rows.add(
        global("ip", IP, it -> parsed(IpAddress.parse(text(it[0])), "IP address", it[0]), STRING));
    rows.add(global("isIP", BOOL, it -> IpAddress.parse(text(it[0])).isPresent(), STRING));
    rows.add(
        global(
            "ip.isCanonical",
            BOOL,
            it ->
                parsed(IpAddress.parse(text(it[0])), "IP address", it[0]).toString().equals(it[0]),
            STRING));
    rows.add(member("family", INT, it -> ((IpAddress) it[0]).family(), IP));
    rows.add(member("isUnspecified", BOOL, it -> address(it).isAnyLocalAddress(), IP));
    rows.add(member("isLoopback", BOOL, it -> address(it).isLoopbackAddress(), IP));
    rows.add(
        member("isLinkLocalMulticast", BOOL, it -> ((IpAddress) it[0]).isLinkLocalMulticast(), IP));
    rows.add(member("isLinkLocalUnicast", BOOL, it -> address(it).isLinkLocalAddress(), IP));
    rows.add(member("isGlobalUnicast", BOOL, it -> ((IpAddress) it[0]).isGlobalUnicast(), IP));
    rows.add(global("string", STRING, it -> it[0].toString(), IP));
    rows.add(
        global("cidr", CIDR, it -> parsed(IpRange.parse(text(it[0])), "IP range", it[0]), STRING));
    rows.add(global("isCIDR", BOOL, it -> IpRange.parse(text(it[0])).isPresent(), STRING));
    rows.add(
        member(
            "containsIP",
            BOOL,
            it ->
                ((IpRange) it[0])
                    .contains(parsed(IpAddress.parse(text(it[1])), "IP address", it[1])),
            CIDR,
            STRING));
    rows.add(
        member("containsIP", BOOL, it -> ((IpRange) it[0]).contains((IpAddress) it[1]), CIDR, IP));
    rows.add(
        member(
            "containsCIDR",
            BOOL,
            it -> ((IpRange) it[0]).contains(parsed(IpRange.parse(text(it[1])), "IP range", it[1])),
            CIDR,
            STRING));
    rows.add(
        member(
            "containsCIDR", BOOL, it -> ((IpRange) it[0]).contains((IpRange) it[1]), CIDR, CIDR));
    rows.add(member("ip", IP, it -> ((IpRange) it[0]).address(), CIDR));
    rows.add(member("prefixLength", INT, it -> (long) ((IpRange) it[0]).bits(), CIDR));
    rows.add(member("masked", CIDR, it -> ((IpRange) it[0]).masked(), CIDR));
    rows.add(global("string", STRING, it -> it[0].toString(), CIDR));
  }

  private static java.net.InetAddress address(Object[] it) {
    return ((IpAddress) it[0]).address();
  }

  private static void versions(List<Row> rows) {
    rows.add(
        global("semver", SEMVER, it -> parsed(semver(it[0]), "semantic version", it[0]), STRING));
    rows.add(global("isSemver", BOOL, it -> semver(it[0]).isPresent(), STRING));
    rows.add(member("major", INT, it -> (long) ((Semver) it[0]).getMajor(), SEMVER));
    rows.add(member("minor", INT, it -> (long) ((Semver) it[0]).getMinor(), SEMVER));
    rows.add(member("patch", INT, it -> (long) ((Semver) it[0]).getPatch(), SEMVER));
    rows.add(member("compareTo", INT, it -> (long) versionOrder(it[0], it[1]), SEMVER, SEMVER));
    rows.add(member("isGreaterThan", BOOL, it -> versionOrder(it[0], it[1]) > 0, SEMVER, SEMVER));
    rows.add(member("isLessThan", BOOL, it -> versionOrder(it[0], it[1]) < 0, SEMVER, SEMVER));
  }

  private static int versionOrder(Object left, Object right) {
    return Integer.signum(((Semver) left).compareTo((Semver) right));
  }

  private static Optional<Semver> semver(Object text) {
    return Optional.ofNullable(Semver.parse(text(text)));
  }

  private static <T> T parsed(Optional<T> value, String what, Object text)
      throws CelEvaluationException {
    return value.orElseThrow(() -> failed("%s is no %s".formatted(text, what)));
  }

  private static CelEvaluationException failed(String message) {
    return CelEvaluationExceptionBuilder.newBuilder(message)
        .setErrorCode(CelErrorCode.INVALID_ARGUMENT)
        .build();
  }

  private static List<?> list(Object value) {
    return (List<?>) value;
  }

  private static String text(Object value) {
    return (String) value;
  }

  private static Row member(
      String name, CelType result, CelFunctionOverload body, CelType... parameters) {
    return new Row(name, true, List.of(parameters), result, body);
  }

  private static Row global(
      String name, CelType result, CelFunctionOverload body, CelType... parameters) {
    return new Row(name, false, List.of(parameters), result, body);
  }
}
