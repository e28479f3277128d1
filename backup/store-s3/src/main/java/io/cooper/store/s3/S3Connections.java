package io.cooper.store.s3;

import io.cooper.store.s3.S3Settings.Timeouts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;

/// Sends what has a body in large writes. The library's own client over the same connections, which
/// does all the rest, copies 4 KiB at a time through a buffer of 8: of an archive of 1 GiB that is
/// 131,072 writes to the socket, half a second of processor here and more in the store.
///
/// Behind a proxy everything is left to the library's client, which knows how to ask for one.
final class S3Connections implements SdkHttpClient {
  /// What the JDK hands to the socket at once.
  private static final int BLOCK = 128 << 10;

  private final SdkHttpClient usual;
  private final Timeouts timeouts;
  private final Optional<SSLSocketFactory> trust;

  /// As many as there were requests under way at once.
  private final Queue<byte[]> idle = new ConcurrentLinkedQueue<>();

  /// As the library's client tells it, from the environment and from the JVM's properties.
  private final boolean proxied =
      Optional.ofNullable(ProxyConfiguration.builder().build().host()).isPresent();

  /// @param usual for what has no body
  /// @param trust of TLS, if not the machine's own
  S3Connections(SdkHttpClient usual, Timeouts timeouts, Optional<SSLSocketFactory> trust) {
    this.usual = usual;
    this.timeouts = timeouts;
    this.trust = trust;
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return request.contentStreamProvider().isPresent() && !proxied
        ? new Sending(request)
        : usual.prepareRequest(request);
  }

  @Override
  public String clientName() {
    return usual.clientName();
  }

  @Override
  public void close() {
    usual.close();
  }

  /// One request on its way.
  private final class Sending implements ExecutableHttpRequest {
    private final HttpExecuteRequest request;
    private Optional<HttpURLConnection> opened = Optional.empty();

    Sending(HttpExecuteRequest request) {
      this.request = request;
    }

    @Override
    public HttpExecuteResponse call() throws IOException {
      var connection = open();
      opened = Optional.of(connection);
      connection.connect();
      try (var body = request.contentStreamProvider().orElseThrow().newStream()) {
        copy(body, connection.getOutputStream());
      }
      return answer(connection);
    }

    private HttpURLConnection open() throws IOException {
      var http = request.httpRequest();
      var connection = (HttpURLConnection) http.getUri().toURL().openConnection();
      if (connection instanceof HttpsURLConnection secure) {
        trust.ifPresent(secure::setSSLSocketFactory);
      }
      connection.setRequestMethod(http.method().name());
      http.forEachHeader(
          (name, values) -> values.forEach(value -> connection.addRequestProperty(name, value)));
      if (http.firstMatchingHeader("Accept").isEmpty()) {
        connection.setRequestProperty("Accept", "*/*");
      }
      connection.setInstanceFollowRedirects(false);
      connection.setConnectTimeout(Math.toIntExact(timeouts.connect().toMillis()));
      connection.setReadTimeout(Math.toIntExact(timeouts.read().toMillis()));
      connection.setDoOutput(true);
      http.firstMatchingHeader("Content-Length")
          .map(Long::parseLong)
          .ifPresent(connection::setFixedLengthStreamingMode);
      return connection;
    }

    private void copy(InputStream body, OutputStream out) throws IOException {
      var block = Optional.ofNullable(idle.poll()).orElseGet(() -> new byte[BLOCK]);
      int filled = body.readNBytes(block, 0, BLOCK);
      while (filled > 0) {
        out.write(block, 0, filled);
        filled = body.readNBytes(block, 0, BLOCK);
      }
      idle.offer(block);
    }

    private static HttpExecuteResponse answer(HttpURLConnection connection) throws IOException {
      int status = connection.getResponseCode();
      var body =
          Optional.ofNullable(
              status >= HttpURLConnection.HTTP_BAD_REQUEST
                  ? connection.getErrorStream()
                  : connection.getInputStream());
      var headers =
          connection.getHeaderFields().entrySet().stream()
              .filter(header -> header.getKey() != null)
              .collect(Collectors.toMap(header -> header.getKey(), header -> header.getValue()));
      var response =
          SdkHttpResponse.builder()
              .statusCode(status)
              .statusText(connection.getResponseMessage())
              .headers(headers)
              .build();
      var answer = HttpExecuteResponse.builder().response(response);
      body.ifPresent(stream ->
          answer.responseBody(AbortableInputStream.create(stream, connection::disconnect)));
      return answer.build();
    }

    @Override
    public void abort() {
      opened.ifPresent(HttpURLConnection::disconnect);
    }
  }
}
