package io.cooper.store.gcs;

import com.google.api.client.http.HttpResponseException;
import com.google.auth.Retryable;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.Problems;
import io.cooper.store.Secret;
import io.cooper.store.StoreException;
import io.cooper.store.Unanswered;
import java.io.IOException;
import java.net.HttpRetryException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the answers of Google mean, and failures to get one.
///
/// Source: Cloud Storage's page “HTTP status and error codes for JSON”. Google's status and reason
/// say less than its text where an object and a bucket can both be missing.
final class GcsAnswers {
  private record Meaning(Code code, String what, String remedy) {}

  private static final Meaning BUSY =
      new Meaning(
          Code.STORE_BUSY, "the store cannot serve now", "wait; it is tried again by itself");
  private static final Meaning DENIED =
      new Meaning(
          Code.STORE_DENIED,
          "the store knows who asks and does not allow the request",
          "give it the role Storage Object User (roles/storage.objectUser) on the bucket");
  private static final Meaning UNKNOWN =
      new Meaning(
          Code.STORE_CREDENTIALS,
          "the store does not know who asks",
          "give the credentials of a service account that exists and is enabled");
  private static final Meaning KEPT =
      new Meaning(
          Code.STORE_REFUSED,
          "the object must not be changed yet: a retention policy or a hold keeps it",
          "wait until the policy's time is over, or release the hold");
  private static final Meaning DISABLED =
      new Meaning(
          Code.STORE_DENIED,
          "the project or its account is not enabled for Cloud Storage",
          "see billing and enabled services of the project");
  private static final Meaning CHANGED_ON_THE_WAY =
      new Meaning(
          Code.STORE_UNREACHABLE,
          "the bytes arrived other than they were sent",
          "look at proxies between here and the store");
  private static final Meaning OF_ANOTHER_QUESTION =
      new Meaning(
          Code.STORE_UNREACHABLE,
          "the answer speaks of a range, and none was asked for",
          "try again; if it happens often, look at proxies between here and the store");
  private static final Meaning TOO_LARGE =
      new Meaning(
          Code.TOO_LARGE,
          "the object is larger than this store takes",
          "make archives smaller: --max-archive-size");

  /// By the reason that stands in the answer.
  private static final Map<String, Meaning> MEANINGS =
      Map.ofEntries(
          Map.entry("rateLimitExceeded", BUSY),
          Map.entry("userRateLimitExceeded", BUSY),
          Map.entry("quotaExceeded", BUSY),
          Map.entry("backendError", BUSY),
          Map.entry("internalError", BUSY),
          Map.entry("authError", UNKNOWN),
          Map.entry("retentionPolicyNotMet", KEPT),
          Map.entry("objectUnderActiveHold", KEPT),
          Map.entry("accountDisabled", DISABLED),
          Map.entry("accessNotConfigured", DISABLED),
          Map.entry("SERVICE_DISABLED", DISABLED),
          Map.entry("uploadTooLarge", TOO_LARGE));

  private final GcsSettings settings;

  GcsAnswers(GcsSettings settings) {
    this.settings = settings;
  }

  /// What a failure means.
  ///
  /// @param key of the object; empty for the bucket
  /// @param action what was asked, as permissions name it
  StoreException meaning(String key, String action, IOException failure) {
    var where = key.isEmpty() ? settings.name() : settings.name() + "/" + key;
    return switch (failure) {
      case StoreException known -> known;
      case Refused answer -> answered(key, where, action, answer);
      case HttpRetryException answer ->
          problem(
              where,
              byStatus(answer.responseCode()),
              said(action, answer.responseCode(), ""),
              failure);
      default -> unanswered(where, failure);
    };
  }

  private StoreException answered(String key, String where, String action, Refused answer) {
    int status = answer.status();
    if (status == 404 && answer.isGoogles()) {
      return key.isEmpty() || answer.namesBucket()
          ? problem(where, noBucket(), said(action, status, ""), answer)
          : Problems.noSuchObject(settings.name(), key);
    }
    if (status == 412) {
      return Problems.exists(settings.name(), key);
    }
    var meaning =
        status == 400 && answer.text().contains("hash")
            ? CHANGED_ON_THE_WAY
            : Optional.ofNullable(MEANINGS.get(answer.reason())).orElseGet(() -> byStatus(status));
    return problem(where, meaning, said(action, status, answer.text()), answer);
  }

  private Meaning noBucket() {
    return new Meaning(
        Code.NO_SUCH_BUCKET,
        "there is no bucket %s".formatted(settings.bucket()),
        "make the bucket, or correct its name");
  }

  private static Meaning byStatus(int status) {
    return switch (status) {
      case 401 -> UNKNOWN;
      case 403 -> DENIED;
      case 404 ->
          new Meaning(
              Code.STORE_REFUSED,
              "what answers there does not speak Google's language",
              "see that the endpoint is that of Cloud Storage or its emulator");
      case 410 ->
          new Meaning(
              Code.STORE_REFUSED,
              "the upload is gone: it was given up, or is older than a week",
              "begin the object again");
      case 408, 409, 429, 500, 502, 503, 504 -> BUSY;
      case 413 -> TOO_LARGE;
      case 416 -> OF_ANOTHER_QUESTION;
      default ->
          new Meaning(
              Code.STORE_REFUSED,
              "the store refuses the request",
              "see the bucket's settings and Google's page of error codes");
    };
  }

  private StoreException unanswered(String where, IOException failure) {
    var refusal =
        Unanswered.causes(failure)
            .filter(HttpResponseException.class::isInstance)
            .map(HttpResponseException.class::cast)
            .findFirst();
    if (refusal.isPresent()) {
      return problem(where, ofTokenServer(refusal.get()), "asking for a token", failure);
    }
    if (isWithoutCredentials(failure)) {
      return clean(
          new Problem(
              Code.STORE_CREDENTIALS,
              where,
              "there are no credentials: no file, no login of gcloud, and no metadata server",
              "set GOOGLE_APPLICATION_CREDENTIALS to a file, or give the workload an identity"),
          failure);
    }
    boolean forToken = failure instanceof Retryable;
    var asked = forToken ? "the token service" : settings.address().toString();
    return clean(Unanswered.problem(where, asked, failure), failure);
  }

  private static Meaning ofTokenServer(HttpResponseException refusal) {
    var text = String.valueOf(refusal.getContent());
    if (text.contains("reasonable timeframe") || text.contains("iat and exp")) {
      return new Meaning(
          Code.STORE_CLOCK,
          "the clock of this machine differs too much from Google's",
          "set this machine's clock, for example by a time service");
    }
    int status = refusal.getStatusCode();
    return status == 400 || status == 401 || status == 403 || status == 404
        ? new Meaning(
            Code.STORE_CREDENTIALS,
            "Google gives no token for these credentials (%d)".formatted(status),
            "see that the service account exists, its key is not revoked, and the workload may act"
                + " as it")
        : byStatus(status);
  }

  private static boolean isWithoutCredentials(IOException failure) {
    return Unanswered.causes(failure)
        .map(cause -> String.valueOf(cause.getMessage()))
        .anyMatch(text ->
            text.contains("default credentials were not found")
                || text.contains("Error reading credential file"));
  }

  private static String said(String action, int status, String text) {
    return "%s answered %d%s".formatted(action, status, text.isEmpty() ? "" : ": " + text);
  }

  private StoreException problem(String where, Meaning meaning, String said, IOException failure) {
    return clean(
        new Problem(meaning.code, where, "%s (%s)".formatted(meaning.what, said), meaning.remedy),
        failure);
  }

  /// Builds the exception. The address of an upload is enough to write to it, and a library may
  /// repeat what it was given: an exception that holds a secret is not kept behind ours.
  private StoreException clean(Problem problem, IOException failure) {
    var secrets = settings.credentials().secrets();
    boolean leaks =
        Unanswered.causes(failure).map(String::valueOf).anyMatch(text -> holds(text, secrets));
    return leaks ? new StoreException(problem) : new StoreException(problem, failure);
  }

  private static boolean holds(String text, List<Secret> secrets) {
    return text.contains("upload_id=")
        || text.contains("private_key")
        || secrets.stream().anyMatch(secret -> text.contains(secret.reveal()));
  }
}
