package io.cooper.flux.remote;

import io.cooper.manifest.YamlReader;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Fetches one file over HTTP, as kustomize would: redirects are followed (never from HTTPS to
/// HTTP), proxies come from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. Time and size are bounded.
public final class Download implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final HttpClient client;
  private final Duration timeout;

  /// @param environment in which proxies are looked for, such as [System#getenv()]
  public Download(Map<String, String> environment) {
    this(environment, TIMEOUT);
  }

  Download(Map<String, String> environment, Duration timeout) {
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(timeout)
            .proxy(new EnvironmentProxies(environment))
            .build();
  }

  /// The bytes behind an address, which are YAML or JSON.
  ///
  /// @throws ProblemException with the address, if it does not answer, answers something else or
  ///   too much
  public byte[] fetch(RemoteAddress address) {
    var uri =
        address
            .uri()
            .orElseThrow(() ->
                new Problem(
                        Code.BAD_INPUT,
                        address.text(),
                        "is no address of HTTP",
                        "copy the file into the repository")
                    .asException());
    var response = response(address, uri);
    if (response.statusCode() != 200) {
      throw failed(address, "answered %d".formatted(response.statusCode()), Optional.empty());
    }
    var bytes = response.body();
    var parsed = YamlReader.ofSources().read(address.text(), bytes);
    if (!parsed.faults().isEmpty() || parsed.documents().isEmpty()) {
      var why =
          parsed.faults().stream()
              .findFirst()
              .map(fault -> "line %d: %s".formatted(fault.place().line(), fault.problem().what()))
              .orElse("it is empty");
      throw failed(address, "answered something that is no YAML: " + why, Optional.empty());
    }
    return bytes;
  }

  private HttpResponse<byte[]> response(RemoteAddress address, URI uri) {
    var request =
        HttpRequest.newBuilder(uri).timeout(timeout).header("User-Agent", "cooper").build();
    var running =
        client.sendAsync(
            request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), VendoredFiles.SIZE_LIMIT));
    try {
      return running.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      running.cancel(true);
      throw failed(
          address, "no answer within %d seconds".formatted(timeout.toSeconds()), Optional.of(e));
    } catch (InterruptedException e) {
      running.cancel(true);
      Thread.currentThread().interrupt();
      throw failed(address, "interrupted", Optional.of(e));
    } catch (ExecutionException e) {
      throw failed(address, reason(Optional.ofNullable(e.getCause()).orElse(e)), Optional.of(e));
    }
  }

  private static String reason(Throwable cause) {
    var text = String.valueOf(cause.getMessage());
    return text.contains("exceeds limit") || text.contains("body exceeds")
        ? "more than %d MiB".formatted(VendoredFiles.SIZE_LIMIT >> 20)
        : cause instanceof java.net.ConnectException
            ? "cannot be reached"
            : "cannot be fetched: " + cause;
  }

  private static ProblemException failed(
      RemoteAddress address, String what, Optional<Exception> cause) {
    var problem =
        new Problem(
            Code.TOOL_FAILED, address.text(), what, "check the address and the network, try again");
    return cause.map(e -> new ProblemException(problem, e)).orElseGet(problem::asException);
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }

  /// What Go's `ProxyFromEnvironment` reads: names in either case, hosts and their domains in
  /// `NO_PROXY`, never a proxy for this machine itself.
  private static final class EnvironmentProxies extends ProxySelector {
    private final Map<String, String> environment;

    EnvironmentProxies(Map<String, String> environment) {
      this.environment = Map.copyOf(environment);
    }

    private String variable(String name) {
      return Optional.ofNullable(environment.get(name))
          .or(() -> Optional.ofNullable(environment.get(name.toLowerCase(Locale.ROOT))))
          .orElse("");
    }

    @Override
    public List<Proxy> select(URI uri) {
      var host = uri.getHost().toLowerCase(Locale.ROOT);
      var proxy =
          variable(uri.getScheme().equalsIgnoreCase("https") ? "HTTPS_PROXY" : "HTTP_PROXY");
      if (proxy.isEmpty() || isLocal(host) || isExcepted(host)) {
        return List.of(Proxy.NO_PROXY);
      }
      var address = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
      int port = address.getPort() < 0 ? 80 : address.getPort();
      return List.of(
          new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(address.getHost(), port)));
    }

    private static boolean isLocal(String host) {
      return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    private boolean isExcepted(String host) {
      for (var part : variable("NO_PROXY").split(",", -1)) {
        var name = part.strip().toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "");
        if (name.equals("*")
            || (!name.isEmpty() && (host.equals(name) || host.endsWith("." + name)))) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException reason) {
      // The request itself fails, and says so.
    }
  }
}
