package io.cooper.policy.cnpg;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.flux.TestTree;
import io.cooper.manifest.Place;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import io.cooper.schemas.KnownReleases;
import io.cooper.schemas.Product;
import io.cooper.schemas.Release;
import io.cooper.schemas.ReleaseFacts;
import io.cooper.schemas.ReleasesInUse;
import io.cooper.schemas.ReleasesInUse.InUse;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionPoliciesTest {
  private static final Place IMAGE = new Place("operator.yaml", 7, 9);

  private static final TestTree PLUGIN =
      TestTree.entry(
          """
          apiVersion: postgresql.cnpg.io/v1
          kind: Cluster
          metadata: {name: app, namespace: db}
          spec:
            plugins:
              - {name: barman-cloud.cloudnative-pg.io, isWALArchiver: true}
          """);

  private static final TestTree BUILT_IN =
      TestTree.entry(
          """
          apiVersion: postgresql.cnpg.io/v1
          kind: Cluster
          metadata: {name: app, namespace: db}
          spec:
            backup:
              barmanObjectStore: {destinationPath: "s3://bucket"}
          """);

  /// Releases as `cnpg=1.30.0`.
  private static ReleasesInUse releases(String... given) {
    return new ReleasesInUse(
        Arrays.stream(given)
            .map(each -> each.split("="))
            .collect(
                Collectors.toMap(
                    each -> Product.of(each[0]).orElseThrow(),
                    each ->
                        List.of(
                            new InUse(
                                Release.of(Product.of(each[0]).orElseThrow(), each[1]),
                                "image",
                                Optional.of(IMAGE))))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          1.30.0     | -     | -
          1.27.0     | -     | -
          1.26.1     | -     | notice CloudNativePG 1.26.1 (image) is older than 1.27.0, which the plugin's project advises
          1.25.4     | -     | error CloudNativePG 1.25.4 (image) is too old for the Barman Cloud plugin, which needs 1.26.0
          1.25.4     | 0.3.0 | notice CloudNativePG 1.25.4 (image) is older than 1.27.0, which the plugin's project advises
          1.25.0     | 0.3.0 | error CloudNativePG 1.25.0 (image) is too old for isWALArchiver, which came with 1.25.1
          1.25.0     | 0.5.0 | error CloudNativePG 1.25.0 (image) is too old for the Barman Cloud plugin 0.5.0, which needs 1.26.0 and isWALArchiver, which came with 1.25.1
          1.24.3     | 0.3.0 | error CloudNativePG 1.24.3 (image) is too old for the Barman Cloud plugin 0.3.0, which needs 1.25.0
          """)
  @Tag("S56")
  void an_operator_is_judged_feature_by_feature(String operator, String plugin, String expected) {
    var releases =
        plugin == null
            ? releases("cnpg=" + operator)
            : releases("cnpg=" + operator, "plugin=" + plugin);

    var found =
        Judged.by(new OperatorVersion(), releases, PLUGIN).stream()
            .map(verdict -> verdict.severity().word() + " " + verdict.finding().message())
            .toList();

    assertThat(found).isEqualTo(expected == null ? List.of() : List.of(expected));
  }

  @Test
  @Tag("S56")
  @Tag("X25")
  void a_release_candidate_is_called_so_and_is_older_than_its_release() {
    var found = Judged.by(new OperatorVersion(), releases("cnpg=1.25.0-rc1"), PLUGIN);

    assertThat(found)
        .extracting(Judged::line)
        .anySatisfy(line ->
            assertThat(line)
                .isEqualTo(
                    "warning operator.yaml:7 CloudNativePG 1.25.0-rc1 (image) is a pre-release"))
        .anySatisfy(line -> assertThat(line).startsWith("error").contains("is too old for"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.24.0", "1.30.0"})
  void nothing_is_said_of_an_operator_whose_clusters_use_no_plugin(String operator) {
    assertThat(Judged.by(new OperatorVersion(), releases("cnpg=" + operator), BUILT_IN)).isEmpty();
    assertThat(Judged.by(new OperatorVersion(), PLUGIN)).isEmpty();
  }

  @Test
  @Tag("S63")
  void an_old_plugin_gets_the_steps_to_the_newest_release_in_order() {
    var found = Judged.by(new PluginOutdated(), releases("plugin=0.5.0"), PLUGIN);

    assertThat(found).extracting(Verdict::severity).containsExactly(Severity.NOTICE);
    assertThat(found.getFirst().finding().message())
        .contains("the Barman Cloud plugin 0.5.0 (image)")
        .contains("behind " + KnownReleases.newest(Product.BARMAN_PLUGIN).version());
    assertThat(found.getFirst().remedy())
        .containsSubsequence("0.6.0: ", "clusters/finalizers", "0.8.0: ", "0.10.0: ", "0.11.0: ")
        .doesNotContain("0.4.0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.1.0", "0.5.0", "0.10.0"})
  @Tag("S63")
  void releases_of_the_story_have_steps_and_the_newest_has_none(String version) {
    assertThat(Judged.by(new PluginOutdated(), releases("plugin=" + version), PLUGIN)).hasSize(1);
    var newest = KnownReleases.newest(Product.BARMAN_PLUGIN).version().toString();
    assertThat(Judged.by(new PluginOutdated(), releases("plugin=" + newest), PLUGIN)).isEmpty();
  }

  @Test
  @Tag("S76")
  @Tag("X23")
  void the_removal_of_the_built_in_store_is_taken_from_the_table() {
    var removal = ReleaseFacts.removalOfInTreeBarman().release();

    var before = Judged.by(new LegacyStore(), releases("cnpg=1.30.0"), BUILT_IN);
    var after = Judged.by(new LegacyStore(), releases("cnpg=" + removal.version()), BUILT_IN);

    assertThat(before).extracting(Verdict::severity).containsExactly(Severity.WARNING);
    assertThat(before.getFirst().finding().message())
        .contains("CloudNativePG 1.31 is to remove (announced for 1.28 and 1.30 before)");
    assertThat(after).extracting(Verdict::severity).containsExactly(Severity.ERROR);
    assertThat(after.getFirst().finding().message()).contains("does not have it any more");
  }

  @Test
  @Tag("S145")
  void nothing_of_the_built_in_store_is_left_after_the_move() {
    assertThat(Judged.by(new LegacyStore(), PLUGIN)).isEmpty();
  }
}
