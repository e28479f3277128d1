package io.cooper.store.s3;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.Problems;
import io.cooper.store.StoreException;
import io.cooper.store.Unanswered;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/// What the answers of an S3 server mean, and failures to get one.
final class S3Answers {
  private static final String REGION_HEADER = "x-amz-bucket-region";
  private static final Pattern EXPECTED_REGION = Pattern.compile("expecting '([a-z0-9-]+)'");

  private final S3Settings settings;

  S3Answers(S3Settings settings) {
    this.settings = settings;
  }

  /// A meaning: the kind, what happened in words, and what to do.
  private record Meaning(Code code, String what, String remedy) {}

  private static final Meaning BUSY =
      new Meaning(
          Code.STORE_BUSY, "the store cannot serve now", "wait; it is tried again by itself");
  private static final Meaning CHANGED_ON_THE_WAY =
      new Meaning(
          Code.STORE_UNREACHABLE,
          "the bytes arrived other than they were sent",
          "look at proxies between here and the store; for a provider that is not Amazon, name its"
              + " profile");
  private static final Meaning HALF =
      new Meaning(
          Code.STORE_UNREACHABLE,
          "the connection ended in the middle of the answer",
          "try again; if it happens often, look at the network between here and the store");
  private static final Meaning OF_ANOTHER_QUESTION =
      new Meaning(
          Code.STORE_UNREACHABLE,
          "the answer speaks of a range, and none was asked for",
          "try again; if it happens often, look at proxies between here and the store");
  private static final Meaning UNKNOWN_TOKEN =
      new Meaning(
          Code.STORE_CREDENTIALS,
          "the session token is not valid",
          "set the token that belongs to the access key, or none for a key that needs none");
  private static final Meaning EXPIRED =
      new Meaning(
          Code.STORE_CREDENTIALS,
          "the session token has expired",
          "renew the token; keys of a role or service account are renewed by themselves");
  private static final Meaning DENIED =
      new Meaning(
          Code.STORE_DENIED,
          "the store knows this key and does not allow the request",
          "allow s3:ListBucket and s3:ListBucketMultipartUploads on the bucket, and s3:GetObject,"
              + " s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload and s3:PutObjectTagging on"
              + " its objects");
  private static final Meaning FULL =
      new Meaning(Code.STORE_REFUSED, "the store has no room left", "raise the quota or make room");
  private static final Meaning FOLDER =
      new Meaning(
          Code.STORE_REFUSED,
          "the key is a folder of another one, or the other way round, and this store has no such"
              + " objects",
          "use another prefix or name of the server");
  private static final Meaning KEY_SERVICE =
      new Meaning(
          Code.STORE_DENIED,
          "the key service did not give its key",
          "see that the key exists, is enabled, and allows kms:GenerateDataKey and kms:Decrypt");

  private static final Map<String, Meaning> MEANINGS =
      Map.ofEntries(
          Map.entry(
              "InvalidAccessKeyId",
              new Meaning(
                  Code.STORE_CREDENTIALS,
                  "the store does not know this access key",
                  "set an access key that exists at this provider and endpoint")),
          Map.entry(
              "SignatureDoesNotMatch",
              new Meaning(
                  Code.STORE_CREDENTIALS,
                  "the secret key does not belong to the access key",
                  "set the secret again, without blanks or line ends around it")),
          Map.entry("ExpiredToken", EXPIRED),
          Map.entry("ExpiredTokenException", EXPIRED),
          Map.entry("TokenRefreshRequired", EXPIRED),
          Map.entry("InvalidToken", UNKNOWN_TOKEN),
          Map.entry("InvalidTokenId", UNKNOWN_TOKEN),
          Map.entry("AccessDenied", DENIED),
          Map.entry("AllAccessDisabled", DENIED),
          Map.entry("AccountProblem", DENIED),
          Map.entry("MethodNotAllowed", DENIED),
          Map.entry("SlowDown", BUSY),
          Map.entry("ServiceUnavailable", BUSY),
          Map.entry("InternalError", BUSY),
          Map.entry("RequestTimeout", BUSY),
          Map.entry("OperationAborted", BUSY),
          Map.entry("ConditionalRequestConflict", BUSY),
          Map.entry("Throttling", BUSY),
          Map.entry("ThrottlingException", BUSY),
          Map.entry("TooManyRequests", BUSY),
          Map.entry("BadDigest", CHANGED_ON_THE_WAY),
          Map.entry("XAmzContentSHA256Mismatch", CHANGED_ON_THE_WAY),
          Map.entry("XAmzContentChecksumMismatch", CHANGED_ON_THE_WAY),
          Map.entry("IncompleteBody", CHANGED_ON_THE_WAY),
          Map.entry("ExistingObjectIsDirectory", FOLDER),
          Map.entry("ExistingObjectIsFile", FOLDER),
          Map.entry("XMinioObjectExistsAsDirectory", FOLDER),
          Map.entry("XMinioParentIsObject", FOLDER),
          Map.entry("QuotaExceeded", FULL),
          Map.entry("XMinioAdminBucketQuotaExceeded", FULL),
          Map.entry("XMinioStorageFull", FULL),
          Map.entry("KMS.DisabledException", KEY_SERVICE),
          Map.entry("KMS.NotFoundException", KEY_SERVICE),
          Map.entry("KMS.KMSInvalidStateException", KEY_SERVICE),
          Map.entry("KMS.AccessDeniedException", KEY_SERVICE),
          Map.entry(
              "NoSuchUpload",
              new Meaning(
                  Code.STORE_REFUSED,
                  "the upload is gone: somebody gave it up, or a rule of the bucket did",
                  "begin the object again; let the bucket's rule keep unfinished uploads for days")),
          Map.entry(
              "EntityTooLarge",
              new Meaning(
                  Code.TOO_LARGE,
                  "the object is larger than this store takes",
                  "make archives smaller: --max-archive-size")),
          Map.entry(
              "InvalidTag",
              new Meaning(
                  Code.BAD_USE,
                  "the store does not take these tags",
                  "use at most 10 tags of letters, digits, blanks and + - = . _ : / @")),
          Map.entry(
              "InvalidBucketName",
              new Meaning(Code.BAD_USE, "the bucket's name is none", "write s3://BUCKET/PREFIX")));

  /// What a failure means.
  ///
  /// @param key of the object; empty for the bucket
  /// @param action what was asked, as permissions name it
  StoreException meaning(String key, String action, SdkException failure) {
    var where = key.isEmpty() ? settings.name() : settings.name() + "/" + key;
    if (failure instanceof AwsServiceException answer) {
      return answered(key, where, action, answer);
    }
    return problem(where, unanswered(failure), failure);
  }

  /// What it means that one of many objects was not removed.
  StoreException notDeleted(String key, String code, String message) {
    var meaning = MEANINGS.getOrDefault(code, DENIED);
    return new StoreException(
        new Problem(
            meaning.code,
            settings.name() + "/" + key,
            "%s (DeleteObjects answered %s: %s)".formatted(meaning.what, code, message),
            meaning.remedy));
  }

  private StoreException answered(
      String key, String where, String action, AwsServiceException answer) {
    var code = errorCode(answer);
    if (code.equals("NoSuchKey")) {
      return Problems.noSuchObject(settings.name(), key);
    }
    if (answer.statusCode() == 412) {
      return Problems.exists(settings.name(), key);
    }
    var meaning = meaning(code, answer);
    var what = "%s (%s answered %s)".formatted(meaning.what, action, said(answer, code));
    return problem(where, new Meaning(meaning.code, what, meaning.remedy), answer);
  }

  private static String said(AwsServiceException answer, String code) {
    var details = Optional.ofNullable(answer.awsErrorDetails());
    var text = details.map(each -> each.errorMessage()).filter(each -> !each.isBlank());
    return answer.statusCode()
        + (code.isEmpty() ? "" : " " + code)
        + text.map(": %s"::formatted).orElse("");
  }

  private Meaning meaning(String code, AwsServiceException answer) {
    var known = MEANINGS.get(code);
    if (known != null) {
      return known;
    }
    return switch (code) {
      case "NoSuchBucket" ->
          new Meaning(
              Code.NO_SUCH_BUCKET,
              "there is no bucket %s".formatted(settings.bucket()),
              "make the bucket, or correct its name; a bucket of another provider needs --endpoint");
      case "RequestTimeTooSkewed" -> clock(answer);
      case "PermanentRedirect",
          "TemporaryRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException",
          "AuthorizationQueryParametersError" ->
          region(answer);
      default -> isHalf(answer) ? HALF : byStatus(answer.statusCode(), answer);
    };
  }

  /// Half an error is XML that cannot be read, and must not pass for a server that does not speak
  /// S3. Of an answer without a body, nobody can tell.
  private static boolean isHalf(AwsServiceException answer) {
    var details = Optional.ofNullable(answer.awsErrorDetails());
    long came =
        details
            .flatMap(each -> Optional.ofNullable(each.rawResponse()))
            .map(body -> (long) body.asByteArrayUnsafe().length)
            .orElse(0L);
    return came > 0
        && details
            .flatMap(each -> Optional.ofNullable(each.sdkHttpResponse()))
            .flatMap(response -> response.firstMatchingHeader("Content-Length"))
            .filter(announced -> Long.parseLong(announced) > came)
            .isPresent();
  }

  private Meaning byStatus(int status, AwsServiceException answer) {
    return switch (status) {
      case 301, 307, 308 -> region(answer);
      case 401 ->
          new Meaning(
              Code.STORE_CREDENTIALS,
              "the store does not know who asks",
              "set the access key and secret of this provider");
      case 403 -> DENIED;
      case 404 ->
          new Meaning(
              Code.STORE_REFUSED,
              "what answers there does not speak S3",
              "see that the endpoint is the S3 API, not a console or web page");
      case 408, 409, 429, 500, 502, 503, 504 -> BUSY;
      case 416 -> OF_ANOTHER_QUESTION;
      case 507 -> FULL;
      default ->
          new Meaning(
              Code.STORE_REFUSED,
              "the store refuses the request (profile %s)".formatted(settings.profile().id()),
              settings.profile().integrity() == S3Profile.Integrity.CRC32
                  ? "for a provider that is not Amazon name its profile: --profile do-spaces, ceph,"
                      + " r2, backblaze, seaweedfs or other"
                  : "see the provider's list of what it supports");
    };
  }

  private Meaning region(AwsServiceException answer) {
    var response =
        Optional.ofNullable(answer.awsErrorDetails()).map(each -> each.sdkHttpResponse());
    var named =
        response
            .flatMap(each -> each.firstMatchingHeader(REGION_HEADER))
            .or(() ->
                Stream.of(String.valueOf(answer.getMessage()))
                    .map(EXPECTED_REGION::matcher)
                    .filter(matcher -> matcher.find())
                    .map(matcher -> matcher.group(1))
                    .findFirst());
    return new Meaning(
        Code.STORE_REGION,
        "the bucket is in %s, asked was %s"
            .formatted(
                named.map("region %s"::formatted).orElse("another region"),
                settings.region().orElse("the usual one")),
        named
            .map("set the region to %s"::formatted)
            .orElse("set the bucket's region, and the endpoint of that region"));
  }

  private static Meaning clock(AwsServiceException answer) {
    var theirs =
        Optional.ofNullable(answer.awsErrorDetails())
            .flatMap(each -> each.sdkHttpResponse().firstMatchingHeader("Date"));
    return new Meaning(
        Code.STORE_CLOCK,
        "the clock of this machine differs too much from the store's"
            + theirs.map(", which is at %s"::formatted).orElse(""),
        "set this machine's clock, for example by a time service");
  }

  private Meaning unanswered(SdkException failure) {
    if (isWithoutCredentials(failure)) {
      return new Meaning(
          Code.STORE_CREDENTIALS,
          "there are no credentials: not in the environment, not in the shared files, and no role of"
              + " a service account or machine",
          "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the workload a role");
    }
    var endpoint = settings.endpoint().map(Object::toString).orElse("Amazon S3");
    var problem = Unanswered.problem(settings.name(), endpoint, failure);
    return new Meaning(problem.code(), problem.what(), problem.remedy());
  }

  private static boolean isWithoutCredentials(SdkException failure) {
    return Unanswered.causes(failure)
        .map(cause -> String.valueOf(cause.getMessage()))
        .anyMatch(text ->
            text.contains("Unable to load credentials")
                || text.contains("Failed to load credentials")
                || text.contains("Profile file contained no credentials"));
  }

  /// Builds the exception. A text of the store that holds a secret of ours loses it, and then the
  /// exception behind it is not kept either.
  private StoreException problem(String where, Meaning meaning, SdkException failure) {
    var what = meaning.what;
    boolean leaks =
        Unanswered.causes(failure).anyMatch(cause -> holdsSecret(String.valueOf(cause)));
    for (var secret : settings.credentials().secrets()) {
      what = what.replace(secret.reveal(), secret.toString());
    }
    var problem = new Problem(meaning.code, where, what, meaning.remedy);
    return leaks ? new StoreException(problem) : new StoreException(problem, failure);
  }

  private boolean holdsSecret(String text) {
    return settings.credentials().secrets().stream()
        .anyMatch(secret -> !secret.reveal().isEmpty() && text.contains(secret.reveal()));
  }

  /// The provider's word for an error; empty if it gave none.
  static String errorCode(AwsServiceException answer) {
    return Optional.ofNullable(answer.awsErrorDetails())
        .flatMap(details -> Optional.ofNullable(details.errorCode()))
        .orElse("");
  }
}
