package io.cooper.flux.remote;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("S22")
class RemoteAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.org/v0.5.0/manifest.yaml",
        "http://localhost:8080/crds.yml",
        "https://example.org/schema.json?token=a",
        "https://example.org/a/b/manifests",
      })
  void a_file_is_told_by_its_ending_or_its_depth(String text) {
    assertThat(new RemoteAddress(text).isFile()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://github.com/org/repo",
        "https://github.com/org/repo//deploy/base?ref=v1.0.0",
        "https://github.com/org/repo.git",
        "https://example.org/org/repo/deploy/base?ref=main",
        "git::https://example.org/a/b/c.yaml",
        "github.com/org/repo//path",
        "git@github.com:org/repo.git",
        "https://dev.azure.com/org/project/_git/repo",
        "not an address",
      })
  void a_repository_is_no_file(String text) {
    assertThat(new RemoteAddress(text).isFile()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://github.com/org/repo/releases/download/v0.5.0/manifest.yaml",
        "https://github.com/org/repo/releases/download/2024-11/manifest.yaml",
        "https://raw.githubusercontent.com/org/repo/v1.2/deploy.yaml",
        "https://raw.githubusercontent.com/org/repo/0123456789abcdef0123456789abcdef01234567/a.yaml",
        "https://raw.githubusercontent.com/org/repo/release-1.24/releases/cnpg-1.24.1.yaml",
      })
  void a_version_a_commit_or_a_release_stays(String text) {
    assertThat(new RemoteAddress(text).looksImmutable()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "https://raw.githubusercontent.com/org/repo/main/deploy.yaml, main",
    "https://raw.githubusercontent.com/org/repo/HEAD/deploy.yaml, HEAD",
    "https://github.com/org/repo/releases/latest/download/deploy.yaml, latest",
    "https://raw.githubusercontent.com/org/repo/release-1.24/deploy.yaml,",
    "https://10.0.0.1/deploy.yaml,",
  })
  void a_branch_moves(String text, String part) {
    assertThat(new RemoteAddress(text).looksImmutable()).isFalse();
    assertThat(new RemoteAddress(text).movingPart().orElse(null)).isEqualTo(part);
  }
}
