package io.cooper.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ReleaseTest {
  @Test
  void a_missing_number_is_zero_and_a_leading_v_is_no_matter() {
    assertThat(Release.of(Product.KUBERNETES, "1.34"))
        .isEqualTo(Release.of(Product.KUBERNETES, "v1.34.0"));
  }

  @Test
  void a_candidate_comes_before_its_release() {
    var candidate = Release.of(Product.CNPG, "1.25.0-rc1");
    assertThat(candidate.isPreRelease()).isTrue();
    assertThat(candidate.isAtLeast("1.25.0")).isFalse();
    assertThat(candidate.isAtLeast("1.24.9")).isTrue();
  }

  @Test
  void what_is_no_version_is_refused() {
    assertThatThrownBy(() -> Release.of(Product.CNPG, "latest"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("latest");
  }
}
