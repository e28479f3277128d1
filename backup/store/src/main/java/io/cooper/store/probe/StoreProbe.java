package io.cooper.store.probe;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.StoredObject;
import io.cooper.store.UncheckedStoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Tries a store from the name of its endpoint to the removal of an object, and names the first
/// layer that does not work.
///
/// It writes one object below the prefix, `cooper-probe/` and a new name, and removes it again.
public final class StoreProbe {
  /// A clock that is off by more is worth a word; S3 refuses requests from a quarter of an hour on.
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

  private final ObjectStore store;
  private final Optional<Endpoint> endpoint;
  private final Duration patience;
  private final List<ProbeReport.Step> steps = new ArrayList<>();
  private Optional<Instant> theirTime = Optional.empty();

  /// What the store's requests go to.
  ///
  /// @param address of the server
  /// @param tls trusts what the store trusts
  public record Endpoint(URI address, SSLSocketFactory tls) {
    /// With the certificates that the machine trusts.
    public static Endpoint of(URI address) {
      return new Endpoint(address, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    private boolean isSecure() {
      return "https".equalsIgnoreCase(address.getScheme());
    }

    private int port() {
      return address.getPort() > 0 ? address.getPort() : isSecure() ? 443 : 80;
    }

    private String host() {
      return Optional.ofNullable(address.getHost()).orElse("");
    }
  }

  private StoreProbe(ObjectStore store, Optional<Endpoint> endpoint, Duration patience) {
    this.store = store;
    this.endpoint = endpoint;
    this.patience = patience;
  }

  /// Probes a store in the network.
  ///
  /// @param store should not retry: what is tried again is not told apart
  /// @param patience with each connection
  public static ProbeReport of(ObjectStore store, Endpoint endpoint, Duration patience) {
    return new StoreProbe(store, Optional.of(endpoint), patience).run();
  }

  /// Probes a store that is not in the network.
  public static ProbeReport of(ObjectStore store) {
    return new StoreProbe(store, Optional.empty(), Duration.ZERO).run();
  }

  /// Part of a probe; gives what it found.
  private interface Try {
    String run() throws IOException;
  }

  private ProbeReport run() {
    boolean good = (endpoint.isEmpty() || network(endpoint.get())) && access() && objects();
    var wanted = EnumSet.allOf(Layer.class);
    if (endpoint.isEmpty()) {
      wanted.removeAll(Set.of(Layer.DNS, Layer.TCP, Layer.TLS, Layer.HTTP, Layer.AUTHENTICATION));
    } else if (!endpoint.get().isSecure()) {
      wanted.remove(Layer.TLS);
    }
    if (!good) {
      steps.forEach(step -> wanted.remove(step.layer()));
      wanted.forEach(layer -> steps.add(ProbeReport.Step.notTried(layer)));
    }
    return new ProbeReport(store.name(), steps);
  }

  private boolean network(Endpoint to) {
    return step(Layer.DNS, () -> resolve(to))
        && step(Layer.TCP, () -> connect(to))
        && (!to.isSecure() || step(Layer.TLS, () -> shakeHands(to)))
        && step(Layer.HTTP, () -> talk(to));
  }

  /// Runs one step and notes what came of it.
  private boolean step(Layer layer, Try attempt) {
    long begin = System.nanoTime();
    try {
      var what = attempt.run();
      steps.add(ProbeReport.Step.good(layer, since(begin), what));
      return true;
    } catch (IOException failure) {
      steps.add(ProbeReport.Step.failed(layer, since(begin), problem(layer, failure)));
      return false;
    }
  }

  private static Duration since(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private static String resolve(Endpoint to) throws IOException {
    if (to.host().isEmpty()) {
      throw new UnknownHostException("the endpoint %s has no host".formatted(to.address));
    }
    var addresses = Arrays.stream(InetAddress.getAllByName(to.host()));
    return to.host()
        + " is "
        + String.join(", ", addresses.map(InetAddress::getHostAddress).toList());
  }

  private String connect(Endpoint to) throws IOException {
    try (var socket = socket(to)) {
      return "port %d of %s".formatted(to.port(), socket.getInetAddress().getHostAddress());
    }
  }

  private Socket socket(Endpoint to) throws IOException {
    var socket = new Socket();
    try {
      int millis = Math.toIntExact(patience.toMillis());
      socket.setSoTimeout(millis);
      socket.connect(new InetSocketAddress(to.host(), to.port()), millis);
      return socket;
    } catch (IOException failure) {
      socket.close();
      throw failure;
    }
  }

  private String shakeHands(Endpoint to) throws IOException {
    try (var socket = secure(to)) {
      var session = socket.getSession();
      return "%s, certificate of %s".formatted(session.getProtocol(), session.getPeerPrincipal());
    }
  }

  private SSLSocket secure(Endpoint to) throws IOException {
    var plain = socket(to);
    try {
      var socket = (SSLSocket) to.tls.createSocket(plain, to.host(), to.port(), true);
      var parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket;
    } catch (IOException failure) {
      plain.close();
      throw failure;
    }
  }

  /// Any answer is one; what it says is for the next layers.
  private String talk(Endpoint to) throws IOException {
    try (var socket = to.isSecure() ? secure(to) : socket(to)) {
      var request =
          "HEAD / HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n\r\n"
              .formatted(to.host(), to.port());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      var answer =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      var status = Objects.requireNonNullElse(answer.readLine(), "");
      if (!status.startsWith("HTTP/1.")) {
        throw new IOException("the answer is not HTTP: “%s”".formatted(shortened(status)));
      }
      return shortened(status) + headers(answer);
    }
  }

  private String headers(BufferedReader answer) throws IOException {
    var server = "";
    for (var line = answer.readLine(); line != null && !line.isEmpty(); line = answer.readLine()) {
      var lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("server:")) {
        server = " from " + shortened(line.substring("server:".length()).strip());
      } else if (lower.startsWith("date:")) {
        theirTime = time(line.substring("date:".length()).strip());
      }
    }
    return server + clockDifference();
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException none) {
      return Optional.empty();
    }
  }

  private String clockDifference() {
    return theirTime
        .map(time -> Duration.between(time, Instant.now()))
        .filter(difference -> difference.abs().compareTo(CLOCK_TOLERANCE) > 0)
        .map(difference ->
            "; this machine's clock is %d s ahead of it".formatted(difference.toSeconds()))
        .orElse("");
  }

  private static String shortened(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }

  /// One request tells of three layers.
  private boolean access() {
    long begin = System.nanoTime();
    try (var some = store.list("", "")) {
      var first = some.findFirst();
      var took = since(begin);
      if (endpoint.isPresent()) {
        steps.add(ProbeReport.Step.good(Layer.AUTHENTICATION, took, "the store knows who asks"));
      }
      steps.add(ProbeReport.Step.good(Layer.BUCKET, Duration.ZERO, "it is there"));
      steps.add(
          ProbeReport.Step.good(
              Layer.PREFIX,
              Duration.ZERO,
              first.map(found -> "has objects, the first is " + found.key()).orElse("is empty")));
      return true;
    } catch (UncheckedStoreException failed) {
      return noAccess(failed.store(), since(begin));
    } catch (StoreException failure) {
      return noAccess(failure, since(begin));
    }
  }

  private boolean noAccess(StoreException failure, Duration took) {
    var failed = layer(failure.code());
    for (var layer : List.of(Layer.AUTHENTICATION, Layer.BUCKET, Layer.PREFIX)) {
      if (layer == failed) {
        steps.add(ProbeReport.Step.failed(layer, took, failure.problem()));
        return false;
      }
      if (layer != Layer.AUTHENTICATION || endpoint.isPresent()) {
        steps.add(ProbeReport.Step.good(layer, Duration.ZERO, "not what failed"));
      }
    }
    return false;
  }

  private Layer layer(Code code) {
    return switch (code) {
      case STORE_CREDENTIALS, STORE_CLOCK ->
          endpoint.isPresent() ? Layer.AUTHENTICATION : Layer.PREFIX;
      case NO_SUCH_BUCKET, STORE_REGION -> Layer.BUCKET;
      case STORE_DENIED -> Layer.PREFIX;
      // The endpoint answered a moment ago; what does not serve now is what was asked for.
      default -> Layer.BUCKET;
    };
  }

  private boolean objects() {
    var key = "cooper-probe/" + UUID.randomUUID();
    var content =
        ("Written by cooper store test; may be removed. " + key).getBytes(StandardCharsets.UTF_8);
    boolean written = step(Layer.PUT, () -> put(key, content));
    boolean found =
        written && step(Layer.GET, () -> get(key, content)) && step(Layer.LIST, () -> list(key));
    if (written && !found) {
      removeQuietly(key);
      return false;
    }
    return written && step(Layer.DELETE, () -> delete(key));
  }

  private String put(String key, byte[] content) throws IOException {
    try (var object = store.create(key, Intent.onlyNew().ofAtMost(content.length))) {
      object.bytes().write(content);
      return "%d bytes".formatted(object.commit().size());
    }
  }

  private String get(String key, byte[] content) throws IOException {
    try (var bytes = store.open(key)) {
      if (!Arrays.equals(bytes.readAllBytes(), content)) {
        throw damaged(key, "other bytes came back than were written");
      }
      return "the same bytes";
    }
  }

  private String list(String key) throws IOException {
    try (var objects = store.list(key, "")) {
      if (objects.map(StoredObject::key).noneMatch(key::equals)) {
        throw damaged(key, "an object that was written is not listed");
      }
      return "it is listed";
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
  }

  private String delete(String key) throws IOException {
    store.delete(List.of(key));
    if (store.find(key).isPresent()) {
      throw damaged(key, "an object that was removed is still there");
    }
    return "it is gone";
  }

  private void removeQuietly(String key) {
    try {
      store.delete(List.of(key));
    } catch (StoreException theFirstFailureCounts) {
      // It is the one that is reported.
    }
  }

  private StoreException damaged(String key, String what) {
    return new StoreException(
        new Problem(
            Code.OBJECT_DAMAGED,
            store.name() + "/" + key,
            what,
            "look for caches and proxies before the store, and for versions or locks on the bucket"));
  }

  private Problem problem(Layer layer, IOException failure) {
    if (failure instanceof StoreException known) {
      return known.problem();
    }
    var where = endpoint.map(to -> to.address.toString()).orElse(store.name());
    var text = Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName());
    return switch (layer) {
      case DNS ->
          new Problem(
              Code.STORE_UNREACHABLE,
              where,
              "the name is not known: " + text,
              "correct the endpoint, or the name service of this machine or Pod");
      case TLS ->
          new Problem(
              failure instanceof SSLException ? Code.STORE_TLS : Code.STORE_UNREACHABLE,
              where,
              "no trusted connection: " + text,
              "give the certificate of the store's authority as CA file, and the name that it is for");
      case HTTP ->
          new Problem(
              Code.STORE_REFUSED,
              where,
              "no HTTP answer: " + text,
              "see that scheme and port of the endpoint belong together, and that it is no proxy");
      default ->
          new Problem(
              Code.STORE_UNREACHABLE,
              where,
              "no connection: " + text,
              "see that the store runs, and that firewalls and network policies let this pass");
    };
  }
}
