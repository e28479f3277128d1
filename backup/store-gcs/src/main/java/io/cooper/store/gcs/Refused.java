package io.cooper.store.gcs;

import com.google.api.client.googleapis.json.GoogleJsonError;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.json.JsonObjectParser;
import com.google.api.client.json.gson.GsonFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// An answer that says no. The library's own exception prints half an answer to standard error and
/// then takes it for one that says nothing; here that is a broken connection, as it is.
final class Refused extends IOException {
  private static final long serialVersionUID = 1;
  private static final int AT_MOST_BYTES = 64 << 10;

  private final int status;
  private final String reason;
  private final String text;
  private final boolean googles;

  private Refused(int status, String reason, String text, boolean googles) {
    super("%d %s %s".formatted(status, reason, text));
    this.status = status;
    this.reason = reason;
    this.text = text;
    this.googles = googles;
  }

  /// Reads such an answer.
  ///
  /// @throws IOException if it breaks off
  static Refused of(HttpResponse response) throws IOException {
    int status = response.getStatusCode();
    try (var content = response.getContent()) {
      var body = content == null ? new byte[0] : content.readNBytes(AT_MOST_BYTES);
      return read(status, body);
    }
  }

  private static Refused read(int status, byte[] body) {
    try {
      var parser =
          new JsonObjectParser.Builder(GsonFactory.getDefaultInstance())
              .setWrapperKeys(java.util.Set.of("error"))
              .build();
      var error =
          parser.parseAndClose(
              new ByteArrayInputStream(body), StandardCharsets.UTF_8, GoogleJsonError.class);
      var reason =
          error.getErrors() == null || error.getErrors().isEmpty()
              ? ""
              : Objects.requireNonNullElse(error.getErrors().getFirst().getReason(), "");
      var text = Objects.requireNonNullElse(error.getMessage(), "");
      return new Refused(status, reason, text, error.getCode() == status);
    } catch (IOException | IllegalArgumentException notGoogles) {
      return new Refused(status, "", "", false);
    }
  }

  int status() {
    return status;
  }

  /// Google's word for it; empty if there is none.
  String reason() {
    return reason;
  }

  /// What Google says in words.
  String text() {
    return text;
  }

  /// Whether it is in Google's language; proxies have another one, and so has Google itself where
  /// bytes are asked for.
  boolean isGoogles() {
    return googles;
  }

  /// Whether it says that something is not there, and not whether that is the object or the bucket.
  boolean isVague() {
    return status == 404 && googles && !namesBucket() && !text.startsWith("No such object");
  }

  boolean namesBucket() {
    return text.contains("bucket does not exist");
  }
}
