package io.cooper.store.azure;

import io.cooper.store.Secret;
import java.util.List;
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
