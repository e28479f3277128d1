package io.cooper.store.gcs;

import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.storage.Storage;
import com.google.api.services.storage.StorageScopes;
import com.google.auth.http.HttpCredentialsAdapter;
import com.google.auth.oauth2.GoogleCredentials;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.StoreException;
import io.cooper.store.TrustedCertificates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The library's client, as the settings want it: each request is sent once, and carries a token
/// that is fetched when the first one is made and again before it expires.
final class GcsClients {
  private final GcsSettings settings;
  private final HttpTransport transport;
  private @Nullable HttpCredentialsAdapter token;

  private GcsClients(GcsSettings settings, HttpTransport transport) {
    this.settings = settings;
    this.transport = transport;
  }

  /// A client that tries each request once.
  ///
  /// @throws StoreException if the CA file cannot be read
  static Storage of(GcsSettings settings) throws StoreException {
    var transport = transport(settings);
    var clients = new GcsClients(settings, transport);
    return new Storage.Builder(transport, GsonFactory.getDefaultInstance(), clients::prepare)
        .setRootUrl(settings.address().toString().replaceFirst("/*$", "/"))
        .setApplicationName("cooper")
        .build();
  }

  private static HttpTransport transport(GcsSettings settings) throws StoreException {
    var transport = new NetHttpTransport.Builder();
    if (settings.caFile().isPresent()) {
      var trusted = TrustedCertificates.context(settings.caFile().get());
      transport.setSslSocketFactory(trusted.getSocketFactory());
    }
    return transport.build();
  }

  private void prepare(HttpRequest request) throws IOException {
    var timeouts = settings.timeouts();
    request
        .setConnectTimeout(Math.toIntExact(timeouts.connect().toMillis()))
        .setReadTimeout(Math.toIntExact(timeouts.read().toMillis()))
        .setNumberOfRetries(0)
        .setLoggingEnabled(false)
        .setCurlLoggingEnabled(false)
        .setResponseInterceptor(GcsClients::refuse);
    var who = token();
    if (who.isPresent()) {
      who.get().initialize(request);
    }
  }

  private static void refuse(HttpResponse response) throws IOException {
    int status = response.getStatusCode();
    if (!response.isSuccessStatusCode() && status != GcsUpload.RESUME) {
      throw Refused.of(response);
    }
  }

  private synchronized Optional<HttpCredentialsAdapter> token() throws IOException {
    if (settings.credentials() instanceof GcsCredentials.Nobody) {
      return Optional.empty();
    }
    if (token == null) {
      var scoped =
          credentials()
              .createScoped(StorageScopes.DEVSTORAGE_READ_WRITE)
              .createWithCustomRetryStrategy(false);
      token = new HttpCredentialsAdapter(scoped);
    }
    return Optional.of(token);
  }

  private GoogleCredentials credentials() throws IOException {
    return switch (settings.credentials()) {
      case GcsCredentials.KeyFile(var path) -> read(path);
      case GcsCredentials.Json(var text) ->
          read(
              settings.name(),
              new ByteArrayInputStream(text.reveal().getBytes(StandardCharsets.UTF_8)));
      case GcsCredentials.Surroundings _ ->
          GoogleCredentials.getApplicationDefault(() -> transport);
      case GcsCredentials.Nobody _ -> throw new IllegalStateException("nobody has no token");
    };
  }

  private GoogleCredentials read(Path path) throws IOException {
    try (var file = Files.newInputStream(path)) {
      return read(path.toString(), file);
    } catch (StoreException known) {
      throw known;
    } catch (IOException unreadable) {
      throw unreadable(path.toString(), "it cannot be read: " + unreadable.getMessage());
    }
  }

  private GoogleCredentials read(String where, InputStream json) throws StoreException {
    try {
      return GoogleCredentials.fromStream(json, () -> transport);
    } catch (IOException | IllegalArgumentException unreadable) {
      // The library repeats what it could not read, and that may be a key.
      throw unreadable(where, "the application credentials are not what Google's console gives");
    }
  }

  private static StoreException unreadable(String where, String what) {
    return new StoreException(
        new Problem(
            Code.BAD_INPUT,
            where,
            what,
            "give the JSON file of a service account or of a workload identity pool, whole"));
  }
}
