package io.cooper.store.azure;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import com.azure.identity.CredentialUnavailableException;
import com.azure.storage.blob.models.BlobStorageException;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.Problems;
import io.cooper.store.StoreException;
import io.cooper.store.Unanswered;
import java.util.Map;
import java.util.Optional;

/// What the answers of Azure mean, and failures to get one.
final class AzureAnswers {
  private record Meaning(Code code, String what, String remedy) {}

  private static final Meaning BUSY =
      new Meaning(
          Code.STORE_BUSY, "the store cannot serve now", "wait; it is tried again by itself");
  private static final Meaning DENIED =
      new Meaning(
          Code.STORE_DENIED,
          "the store knows who asks and does not allow the request",
          "give it the role Storage Blob Data Contributor on the container, or a signature with"
              + " read, add, create, write, delete, list and tag");
  private static final Meaning UNKNOWN =
      new Meaning(
          Code.STORE_CREDENTIALS,
          "the key, signature or token is not valid",
          "set the key of this account again, or renew the signature");
  private static final Meaning EXPIRED =
      new Meaning(
          Code.STORE_CREDENTIALS,
          "the signature is not valid at this time: it has expired, or begins later",
          "renew the shared access signature");
  private static final Meaning CLOCK =
      new Meaning(
          Code.STORE_CLOCK,
          "the clock of this machine differs too much from the store's",
          "set this machine's clock, for example by a time service");
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
  private static final Meaning KEPT =
      new Meaning(
          Code.STORE_REFUSED,
          "the object must not be changed yet: a policy, a hold or a lease keeps it",
          "wait until the policy's time is over, or break the lease");
  private static final Meaning TOO_LARGE =
      new Meaning(
          Code.TOO_LARGE,
          "the object is larger than this store takes",
          "make archives smaller: --max-archive-size");

  private static final Map<String, Meaning> MEANINGS =
      Map.ofEntries(
          Map.entry("AuthenticationFailed", UNKNOWN),
          Map.entry("InvalidAuthenticationInfo", UNKNOWN),
          Map.entry("NoAuthenticationInformation", UNKNOWN),
          Map.entry("AuthorizationFailure", DENIED),
          Map.entry("AuthorizationPermissionMismatch", DENIED),
          Map.entry("AuthorizationResourceTypeMismatch", DENIED),
          Map.entry("AuthorizationServiceMismatch", DENIED),
          Map.entry("AuthorizationProtocolMismatch", DENIED),
          Map.entry("AuthorizationSourceIPMismatch", DENIED),
          Map.entry("InsufficientAccountPermissions", DENIED),
          Map.entry("AccountIsDisabled", DENIED),
          Map.entry("PublicAccessNotPermitted", DENIED),
          Map.entry("ServerBusy", BUSY),
          Map.entry("InternalError", BUSY),
          Map.entry("OperationTimedOut", BUSY),
          Map.entry("ContainerBeingDeleted", BUSY),
          Map.entry("Md5Mismatch", CHANGED_ON_THE_WAY),
          Map.entry("RequestBodyTooLarge", TOO_LARGE),
          Map.entry("BlockCountExceedsLimit", TOO_LARGE),
          Map.entry("BlobImmutableDueToPolicy", KEPT),
          Map.entry("LeaseIdMissing", KEPT),
          Map.entry(
              "InvalidBlockList",
              new Meaning(
                  Code.STORE_REFUSED,
                  "the parts are gone: another writer of this key was faster",
                  "begin the object again, and find out who else writes to this prefix")),
          Map.entry(
              "InvalidResourceName",
              new Meaning(
                  Code.BAD_USE,
                  "the container's name is none",
                  "write azblob://CONTAINER/PREFIX")));

  private final AzureSettings settings;

  AzureAnswers(AzureSettings settings) {
    this.settings = settings;
  }

  /// What a failure means.
  ///
  /// @param key of the object; empty for the container
  /// @param action what was asked, as Azure's manual names it
  StoreException meaning(String key, String action, RuntimeException failure) {
    var where = key.isEmpty() ? settings.name() : settings.name() + "/" + key;
    return Unanswered.causes(failure)
        .map(cause -> known(key, where, action, cause, failure))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseGet(() -> {
          var endpoint = settings.address().orElse("Azure");
          return clean(Unanswered.problem(where, endpoint, failure), failure);
        });
  }

  private Optional<StoreException> known(
      String key, String where, String action, Throwable cause, RuntimeException failure) {
    return switch (cause) {
      case StoreException known -> Optional.of(known);
      case BlobStorageException answer -> Optional.of(answered(key, where, action, answer));
      case CredentialUnavailableException none -> Optional.of(noCredentials(where, none));
      case ClientAuthenticationException refused -> Optional.of(noCredentials(where, refused));
      case HttpResponseException answer when answer.getResponse() != null -> {
        int status = answer.getResponse().getStatusCode();
        var meaning = byStatus(status, "");
        yield Optional.of(
            problem(where, meaning, "%s answered %d".formatted(action, status), failure));
      }
      default -> Optional.empty();
    };
  }

  private StoreException noCredentials(String where, RuntimeException failure) {
    return clean(
        new Problem(
            Code.STORE_CREDENTIALS,
            where,
            "no identity could be had: " + failure.getClass().getSimpleName(),
            "give the workload an identity (federated token or managed identity), or set a storage"
                + " key, a signature or a connection string"),
        failure);
  }

  private StoreException answered(
      String key, String where, String action, BlobStorageException answer) {
    var code = Optional.ofNullable(answer.getErrorCode()).map(Object::toString).orElse("");
    int status = answer.getStatusCode();
    return switch (code) {
      case "BlobNotFound" -> Problems.noSuchObject(settings.name(), key);
      case "BlobAlreadyExists", "ConditionNotMet", "UnauthorizedBlobOverwrite" ->
          Problems.exists(settings.name(), key);
      case "ContainerNotFound" ->
          clean(
              new Problem(
                  Code.NO_SUCH_BUCKET,
                  where,
                  "there is no container %s".formatted(settings.container()),
                  "make the container, or correct its name or the account"),
              answer);
      default -> {
        var meaning = meaning(code, status, String.valueOf(answer.getServiceMessage()));
        yield problem(
            where, meaning, "%s answered %d %s".formatted(action, status, code).strip(), answer);
      }
    };
  }

  private static Meaning meaning(String code, int status, String message) {
    if (code.equals("AuthenticationFailed")) {
      if (message.contains("date header")) {
        return CLOCK;
      }
      if (message.contains("time frame") || message.contains("expired")) {
        return EXPIRED;
      }
    }
    var known = MEANINGS.get(code);
    return known != null ? known : byStatus(status, code);
  }

  private static Meaning byStatus(int status, String code) {
    return switch (status) {
      case 401 -> UNKNOWN;
      case 403 -> DENIED;
      case 408, 409, 429, 500, 502, 503, 504 -> BUSY;
      case 416 -> OF_ANOTHER_QUESTION;
      case 404 ->
          new Meaning(
              Code.STORE_REFUSED,
              "what answers there does not speak Azure's language",
              "see that the address is that of the account's blob service");
      default ->
          new Meaning(
              Code.STORE_REFUSED,
              "the store refuses the request",
              code.isEmpty() ? "see the address and the account" : "see Azure's page of " + code);
    };
  }

  private StoreException problem(String where, Meaning meaning, String said, Throwable failure) {
    return clean(
        new Problem(meaning.code, where, "%s (%s)".formatted(meaning.what, said), meaning.remedy),
        failure);
  }

  /// Builds the exception. A signature is part of each request's address, and Azure repeats keys'
  /// digests: an exception that holds a secret is not kept behind ours.
  private StoreException clean(Problem problem, Throwable failure) {
    boolean leaks =
        Unanswered.causes(failure).anyMatch(cause -> holdsSecret(String.valueOf(cause)));
    var what = problem.what();
    for (var secret : settings.credentials().secrets()) {
      if (!secret.reveal().isEmpty()) {
        what = what.replace(secret.reveal(), secret.toString());
      }
    }
    var cleaned = new Problem(problem.code(), problem.where(), what, problem.remedy());
    return leaks ? new StoreException(cleaned) : new StoreException(cleaned, failure);
  }

  private boolean holdsSecret(String text) {
    return text.contains("sig=")
        || text.contains("AccountKey=")
        || settings.credentials().secrets().stream()
            .anyMatch(secret -> !secret.reveal().isEmpty() && text.contains(secret.reveal()));
  }
}
