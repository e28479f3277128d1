package io.cooper.policy.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("X28")
class CredentialsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "password",
        "POSTGRES_PASSWORD",
        "AWS_SECRET_ACCESS_KEY",
        "ACCESS_SECRET_KEY",
        "clientSecret",
        "api-key",
        "apiToken",
        ".dockerconfigjson",
        "encryption_key"
      })
  void names_that_hold_secrets_are_known(String name) {
    assertThat(Credentials.isSecretName(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "username",
        "AWS_ACCESS_KEY_ID",
        "PASSWORD_FILE",
        "TOKEN_TTL",
        "secretName",
        "SECRET_PATH",
        "monkey",
        "bypass",
        "tokenizer",
        "host"
      })
  void names_that_only_sound_so_are_not(String name) {
    assertThat(Credentials.isSecretName(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "${X}",
        "prefix-${X}",
        "{{ .x }}",
        "$(X)",
        "<x>",
        "ENC[a]",
        "ChangeMe",
        "****"
      })
  void values_that_stand_for_others_are_known(String value) {
    assertThat(Credentials.standsIn(value)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2", "xenon", "a<b", "postgres"})
  void values_that_are_one_are_not(String value) {
    assertThat(Credentials.standsIn(value)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AKIAIOSFODNN7EXAMPLE",
        "AKIA",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "ghp_short",
        "age18tvnecjys2pwzrhvsuw7tq2hg3qnpq9jed57f3xfwhhm33uqn67qcgvdfu"
      })
  void what_only_resembles_a_credential_is_none(String text) {
    assertThat(Credentials.inForm(text)).isEmpty();
  }
}
