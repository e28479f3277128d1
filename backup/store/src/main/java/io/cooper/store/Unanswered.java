package io.cooper.store;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What it means when a store gave no answer, told by the exceptions behind a library's own.
public final class Unanswered {
  private static final String LOOK_AT_THE_NETWORK =
      "see that the store runs, and that firewalls and network policies let this pass";

  private Unanswered() {}

  /// What happened.
  ///
  /// @param where store and key
  /// @param endpoint that was asked
  public static Problem problem(String where, String endpoint, Throwable failure) {
    return causes(failure)
        .map(cause -> known(where, endpoint, cause))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseGet(() ->
            new Problem(
                Code.STORE_UNREACHABLE,
                where,
                "no answer from %s: %s".formatted(endpoint, failure.getMessage()),
                "look at the network between here and the store"));
  }

  private static Optional<Problem> known(String where, String endpoint, Throwable cause) {
    return switch (cause) {
      case UnknownHostException unknown ->
          Optional.of(unknownName(where, endpoint, String.valueOf(unknown.getMessage())));
      case UnresolvedAddressException _ ->
          Optional.of(unknownName(where, endpoint, "of the endpoint"));
      case ConnectException unknown when holdsUnresolved(unknown) ->
          Optional.of(unknownName(where, endpoint, "of the endpoint"));
      case SSLException tls ->
          Optional.of(
              new Problem(
                  Code.STORE_TLS,
                  where,
                  "no trusted TLS connection to %s: %s".formatted(endpoint, tls.getMessage()),
                  "give the certificate of the store's authority as CA file"));
      case ConnectException refused ->
          Optional.of(
              unreachable(where, "no connection to %s: %s".formatted(endpoint, said(refused))));
      case NoRouteToHostException noRoute ->
          Optional.of(unreachable(where, "no route to %s: %s".formatted(endpoint, said(noRoute))));
      case SocketTimeoutException late -> Optional.of(late(where, endpoint, late));
      case HttpTimeoutException late -> Optional.of(late(where, endpoint, late));
      case TimeoutException late -> Optional.of(late(where, endpoint, late));
      default -> Optional.empty();
    };
  }

  private static boolean holdsUnresolved(Throwable failure) {
    return causes(failure).anyMatch(UnresolvedAddressException.class::isInstance);
  }

  private static Problem unknownName(String where, String endpoint, String name) {
    return new Problem(
        Code.STORE_UNREACHABLE,
        where,
        "the name %s is not known (%s)".formatted(name, endpoint),
        "correct the endpoint, or the name service; a bucket in the host name may need path style");
  }

  private static Problem late(String where, String endpoint, Exception late) {
    return unreachable(where, "%s did not answer in time: %s".formatted(endpoint, said(late)));
  }

  private static Problem unreachable(String where, String what) {
    return new Problem(Code.STORE_UNREACHABLE, where, what, LOOK_AT_THE_NETWORK);
  }

  private static String said(Exception failure) {
    return failure.getMessage() == null ? "connection refused or closed" : failure.getMessage();
  }

  /// An exception and those behind it.
  public static Stream<Throwable> causes(Throwable failure) {
    return Stream.<@Nullable Throwable>iterate(
            failure, cause -> cause != null, cause -> cause == null ? null : cause.getCause())
        .<Throwable>map(cause -> cause)
        .limit(20);
  }
}
