package io.cooper.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ReleaseFactsTest {
  @Test
  @Tag("S76")
  void the_removal_of_in_tree_barman_is_the_last_one_announced() {
    var removal = ReleaseFacts.removalOfInTreeBarman().release();
    assertThat(removal).hasToString("CloudNativePG 1.31.0");
    assertThat(ReleaseFacts.earlierRemovalsOfInTreeBarman())
        .extracting(fact -> fact.release().minor())
        .containsExactly("1.28", "1.30");
    // A release that still has the field cannot be the one that removes it.
    assertThat(KnownReleases.newest(Product.CNPG)).isLessThan(removal);
  }

  @Test
  @Tag("S56")
  void features_name_the_release_they_came_with() {
    assertThat(ReleaseFacts.walArchiverByName().release()).hasToString("CloudNativePG 1.25.1");
    assertThat(ReleaseFacts.leastOperatorForPlugin().release().minor()).isEqualTo("1.26");
    assertThat(ReleaseFacts.advisedOperatorForPlugin().release().minor()).isEqualTo("1.27");
  }

  @Test
  @Tag("S63")
  void who_comes_from_an_older_plugin_gets_the_steps_in_between_and_no_others() {
    var steps =
        ReleaseFacts.changes(plugin("0.7.0"), plugin("0.10.0")).stream()
            .filter(change -> change.sort() == ReleaseFacts.Sort.STEP)
            .toList();
    assertThat(steps).extracting(change -> change.release().minor()).containsExactly("0.8", "0.10");
    assertThat(steps).allMatch(change -> change.toDo().isPresent());
    assertThat(ReleaseFacts.changes(plugin("0.15.0"), plugin("0.15.0"))).isEmpty();
  }

  @Test
  void every_step_and_only_a_step_says_what_to_do() {
    assertThat(Stream.of(Product.values()).flatMap(ReleaseFacts::changes))
        .isNotEmpty()
        .allMatch(change -> change.toDo().isPresent() == (change.sort() == ReleaseFacts.Sort.STEP));
  }

  private static Release plugin(String version) {
    return Release.of(Product.BARMAN_PLUGIN, version);
  }
}
