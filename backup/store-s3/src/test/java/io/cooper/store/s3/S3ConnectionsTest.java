package io.cooper.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.store.s3.S3Settings.Timeouts;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;

/// Which requests are left to the library's client.
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class S3ConnectionsTest {
  private static final String PROXY = "http.proxyHost";
  private final List<String> left = new ArrayList<>();

  @AfterEach
  void forgetProxy() {
    System.clearProperty(PROXY);
  }

  /// A client that notes what it is given.
  private final class Noting implements SdkHttpClient {
    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      left.add(request.httpRequest().method().name());
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() {
          throw new UnsupportedOperationException("it is only noted");
        }

        @Override
        public void abort() {
          // Nothing was begun.
        }
      };
    }

    @Override
    public void close() {
      left.add("close");
    }
  }

  private S3Connections connections() {
    var timeouts = new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(1));
    return new S3Connections(new Noting(), timeouts, Optional.empty());
  }

  private static HttpExecuteRequest request(SdkHttpMethod method, String body) {
    var http =
        SdkHttpRequest.builder().method(method).uri(URI.create("http://localhost:1/b/k")).build();
    var request = HttpExecuteRequest.builder().request(http);
    return body.isEmpty()
        ? request.build()
        : request.contentStreamProvider(ContentStreamProvider.fromUtf8String(body)).build();
  }

  @Test
  void what_has_no_body_is_left_to_the_librarys_client() {
    try (var connections = connections()) {
      connections.prepareRequest(request(SdkHttpMethod.GET, ""));
      connections.prepareRequest(request(SdkHttpMethod.PUT, "bytes"));
    }
    assertThat(left).containsExactly("GET", "close");
  }

  @Test
  void behind_a_proxy_everything_is_left_to_it() {
    System.setProperty(PROXY, "proxy.example.org");
    try (var connections = connections()) {
      connections.prepareRequest(request(SdkHttpMethod.PUT, "bytes"));
    }
    assertThat(left).containsExactly("PUT", "close");
  }
}
