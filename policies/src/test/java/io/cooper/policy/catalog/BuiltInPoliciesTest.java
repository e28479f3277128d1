package io.cooper.policy.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.cooper.policy.About;
import io.cooper.policy.ManifestPolicy;
import io.cooper.policy.Policy;
import io.cooper.policy.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BuiltInPoliciesTest {
  private static final Set<String> FAMILIES =
      Set.of("ignore", "render", "schema", "flux", "cnpg", "monitoring", "security", "settings");

  static Stream<Policy> withFixtures() {
    return Stream.concat(BuiltInPolicies.all().stream(), BuiltInPolicies.optional().stream())
        .filter(policy ->
            policy instanceof ManifestPolicy
                || BuiltInPoliciesTest.class.getResource(MarkedManifests.pathOf(policy)) != null);
  }

  @ParameterizedTest
  @MethodSource("withFixtures")
  void a_policy_finds_the_marked_lines_and_no_others(Policy policy) {
    var fixture = MarkedManifests.of(policy);

    var found = new TreeMap<Integer, String>();
    for (var verdict : fixture.judgedBy(policy)) {
      found.merge(
          verdict.finding().place().line(), verdict.finding().message(), (a, b) -> a + "\n" + b);
    }

    assertThat(found.keySet()).as("%s", found).isEqualTo(fixture.marked().keySet());
    fixture.marked().forEach((line, text) -> assertThat(found.get(line)).contains(text));
  }

  @ParameterizedTest
  @MethodSource("withFixtures")
  void a_finding_names_the_object_and_the_kustomization_it_is_about(Policy policy) {
    assertThat(MarkedManifests.of(policy).judgedBy(policy))
        .isNotEmpty()
        .extracting(Verdict::finding)
        .allSatisfy(finding -> {
          assertThat(finding.object()).isPresent();
          assertThat(finding.kustomization()).hasToString("Optional[flux-system/fixture]");
        });
  }

  @ParameterizedTest
  @MethodSource("withFixtures")
  void a_repair_gives_what_is_written_down_and_repairing_twice_changes_nothing(
      Policy policy, @TempDir Path folder) throws IOException {
    var fixture = MarkedManifests.of(policy);

    var once = fixture.repairedBy(policy, folder);
    var twice = once.repairedBy(policy, folder);

    assertThat(once.text()).isEqualTo(MarkedManifests.fixedOf(policy).orElse(fixture.text()));
    assertThat(twice).isEqualTo(once);
  }

  @Test
  void ids_are_unique_and_of_a_known_family() {
    List<About> rules = BuiltInPolicies.rules();

    assertThat(rules).extracting(About::id).doesNotHaveDuplicates();
    assertThat(rules).extracting(About::family).isSubsetOf(FAMILIES);
  }

  @Test
  void every_rule_explains_itself() {
    assertThat(BuiltInPolicies.rules())
        .allSatisfy(about -> {
          assertThat(about.demand()).endsWith(".");
          assertThat(about.reason()).hasSizeGreaterThan(100);
          assertThat(about.remedy()).isNotBlank();
        });
  }
}
