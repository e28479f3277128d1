package io.cooper.policy.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.manifest.Place;
import io.cooper.policy.Severity;
import io.cooper.schemas.Product;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  private static final List<String> RULES =
      List.of("cnpg/store-retention", "flux/timeout", "flux/suspended");

  @Test
  void all_settings_are_read() {
    var settings =
        read(
            """
            entry: clusters/home
            severities:
              flux/timeout: notice
              flux/suspended: off
            skip:
              - rule: cnpg/store-retention
                files: [apps/**]
                reason: the bucket has a lifecycle rule
                until: 2027-01-31
            knownNames: [nightly-dump.yaml]
            variables: {CLUSTER_NAME: home, PORT: 8080}
            versions: {kubernetes: 1.30, cnpg: v1.30.0}
            strict: false
            """);

    assertThat(settings.entries()).containsExactly("clusters/home");
    assertThat(settings.severityOf("flux/timeout", Severity.ERROR)).contains(Severity.NOTICE);
    assertThat(settings.severityOf("flux/suspended", Severity.ERROR)).isEmpty();
    assertThat(settings.severityOf("cnpg/store-retention", Severity.WARNING))
        .contains(Severity.WARNING);
    assertThat(settings.skips())
        .singleElement()
        .satisfies(skip -> {
          assertThat(skip.rule()).isEqualTo("cnpg/store-retention");
          assertThat(skip.files()).containsExactly("apps/**");
          assertThat(skip.reason()).contains("the bucket has a lifecycle rule");
          assertThat(skip.until()).isEqualTo(Optional.of(LocalDate.parse("2027-01-31")));
          assertThat(skip.place().line()).isEqualTo(6);
        });
    assertThat(settings.knownNames()).containsExactly("nightly-dump.yaml");
    assertThat(settings.variables()).containsEntry("PORT", "8080");
    // 1.30 is a number to YAML; it is not Kubernetes 1.3.
    assertThat(settings.versions().of(Product.KUBERNETES))
        .map(use -> use.release().minor())
        .contains("1.30");
    assertThat(settings.versions().of(Product.CNPG).orElseThrow().place())
        .contains(new Place(".cooper.yaml", 12, 36));
    assertThat(settings.strict()).isFalse();
  }

  @Test
  void an_empty_file_changes_nothing() {
    assertThat(read("# nothing yet\n")).isEqualTo(Settings.none());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          severitys: {}                       | .cooper.yaml:1:1  | did you mean severities?
          skip: [{rule: flux/timeuot}]        | .cooper.yaml:1:15 | did you mean flux/timeout?
          skip: [{reason: none}]              | .cooper.yaml:1:8  | a skip without rule
          skip: [{rule: flux/*, untill: 1}]   | .cooper.yaml:1:23 | did you mean until?
          skip: [{rule: flux/*, until: soon}] | .cooper.yaml:1:30 | soon is no date
          severities: {flux/timeout: fatal}   | .cooper.yaml:1:28 | fatal is no severity
          severities: [error]                 | .cooper.yaml:1:13 | not a map
          strict: perhaps                     | .cooper.yaml:1:9  | perhaps is neither
          versions: {kubernets: 1.34}         | .cooper.yaml:1:23 | did you mean kubernetes?
          versions: {cnpg: newest}            | .cooper.yaml:1:18 | newest of cnpg is no version
          versions: [1.34]                    | .cooper.yaml:1:11 | not a map
          entry: {a: b}                       | .cooper.yaml:1:8  | not a text
          entry: 'unclosed                    | .cooper.yaml      | a quote that is never closed
          """)
  void what_cannot_be_read_is_named_with_its_place(String text, String where, String what) {
    assertThatThrownBy(() -> read(text)).hasMessageContaining(where).hasMessageContaining(what);
  }

  private static Settings read(String text) {
    return Settings.read(Settings.FILE, text.getBytes(StandardCharsets.UTF_8), RULES);
  }
}
