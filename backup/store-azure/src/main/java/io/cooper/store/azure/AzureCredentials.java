package io.cooper.store.azure;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.store.Secret;
import io.cooper.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who asks.
public sealed interface AzureCredentials {
  /// All in one: account, address and key.
  record ConnectionString(Secret value) implements AzureCredentials {}

  /// The key of an account.
  record StorageKey(String account, Secret key) implements AzureCredentials {}

  /// A shared access signature.
  ///
  /// @param token with or without the `?` before it
  record SharedAccess(String account, Secret token) implements AzureCredentials {}

  /// The identity that Azure gives to a machine.
  ///
  /// @param clientId of one of several
  record ManagedIdentity(String account, Optional<String> clientId) implements AzureCredentials {}

  /// What the surroundings give, in the order of Azure's libraries: environment, a workload's
  /// identity (federated token), the machine's identity, the command line's login.
  record Surroundings(String account) implements AzureCredentials {}

  /// What an environment says, by the names and in the order of barman-cloud and Azure's own tools:
  /// `AZURE_STORAGE_CONNECTION_STRING`, else of an account (`AZURE_STORAGE_ACCOUNT` if it is not
  /// given) the signature `AZURE_STORAGE_SAS_TOKEN`, else its key `AZURE_STORAGE_KEY`, else what
  /// the surroundings give.
  ///
  /// @param account as the address of the store names it
  /// @throws StoreException with [Code#BAD_USE] if nothing says of which account
  static AzureCredentials of(Map<String, String> environment, Optional<String> account)
      throws StoreException {
    var all = value(environment, "AZURE_STORAGE_CONNECTION_STRING");
    if (all.isPresent()) {
      return new ConnectionString(new Secret(all.get()));
    }
    var name =
        account
            .or(() -> value(environment, "AZURE_STORAGE_ACCOUNT"))
            .orElseThrow(() ->
                new StoreException(
                    new Problem(
                        Code.BAD_USE,
                        "the URL of the store",
                        "it does not say which storage account the container is in",
                        "write https://ACCOUNT.blob.core.windows.net/CONTAINER/PREFIX, or set"
                            + " AZURE_STORAGE_ACCOUNT")));
    var signature = value(environment, "AZURE_STORAGE_SAS_TOKEN");
    if (signature.isPresent()) {
      return new SharedAccess(name, new Secret(signature.get()));
    }
    var key = value(environment, "AZURE_STORAGE_KEY");
    return key.isPresent() ? new StorageKey(name, new Secret(key.get())) : new Surroundings(name);
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /// The account's name; empty if the connection string has it.
  default Optional<String> accountName() {
    return switch (this) {
      case ConnectionString _ -> Optional.empty();
      case StorageKey(var account, _) -> Optional.of(account);
      case SharedAccess(var account, _) -> Optional.of(account);
      case ManagedIdentity(var account, _) -> Optional.of(account);
      case Surroundings(var account) -> Optional.of(account);
    };
  }

  /// What must be in no message.
  default List<Secret> secrets() {
    return switch (this) {
      case ConnectionString(var value) -> List.of(value);
      case StorageKey(_, var key) -> List.of(key);
      case SharedAccess(_, var token) -> List.of(token);
      case ManagedIdentity _, Surroundings _ -> List.of();
    };
  }
}
