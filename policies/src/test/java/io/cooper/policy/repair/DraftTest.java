package io.cooper.policy.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cooper.policy.Edit;
import io.cooper.policy.Fix;
import io.cooper.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DraftTest {
  @TempDir Path folder;

  private final Draft draft =
      new Draft(file ->
          file.equals("absent") ? Optional.empty() : Optional.of(bytes("a: 1\nb: 2\nc: 3\n")));

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Fix fix(Edit... edits) {
    return new Fix("", List.of(edits));
  }

  private String text(String file) {
    return new String(
        Objects.requireNonNull(draft.files().get(file)).after(), StandardCharsets.UTF_8);
  }

  @Test
  void of_two_repairs_of_one_line_the_first_is_made_and_the_other_has_to_wait() {
    var first = fix(new Edit("x", 1, "1", "one"));

    assertThat(draft.make(first)).isEqualTo(Draft.Outcome.MADE);
    assertThat(draft.make(fix(new Edit("x", 1, "a", "z")))).isEqualTo(Draft.Outcome.LATER);
    assertThat(draft.make(first)).as("the very same").isEqualTo(Draft.Outcome.MADE);
    assertThat(draft.make(fix(new Edit("x", 3, "3", "three")))).isEqualTo(Draft.Outcome.MADE);
    assertThat(text("x")).isEqualTo("a: one\nb: 2\nc: three\n");
  }

  @Test
  void a_repair_is_made_as_a_whole_or_not_at_all() {
    assertThat(draft.make(fix(new Edit("x", 1, "1", "9"), new Edit("y", 2, "7", "8"))))
        .isEqualTo(Draft.Outcome.UNFIT);
    assertThat(draft.make(fix(new Edit("x", 1, "1", "9"), new Edit("absent", 1, "a", "b"))))
        .isEqualTo(Draft.Outcome.UNFIT);
    assertThat(draft.files()).isEmpty();
  }

  @Test
  void files_are_replaced_with_the_permissions_they_had() throws IOException {
    var file = Files.write(folder.resolve("x"), bytes("a: 1\nb: 2\nc: 3\n"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-x---"));
    draft.make(fix(new Edit("x", 1, "1", "9")));

    new Replacement(folder).write(draft.files());

    assertThat(file).hasContent("a: 9\nb: 2\nc: 3\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-x---");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void when_one_file_has_changed_meanwhile_none_is_written() throws IOException {
    var same = Files.write(folder.resolve("a"), bytes("a: 1\nb: 2\nc: 3\n"));
    var other = Files.write(folder.resolve("b"), bytes("a: 1\nsomebody: else\n"));
    draft.make(fix(new Edit("a", 1, "1", "9"), new Edit("b", 1, "1", "9")));

    assertThatThrownBy(() -> new Replacement(folder).write(draft.files()))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.problem().where()).isEqualTo("b"));
    assertThat(same).hasContent("a: 1\nb: 2\nc: 3\n");
    assertThat(other).hasContent("a: 1\nsomebody: else\n");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(same, other);
    }
  }

  @Test
  void a_link_and_what_lies_outside_are_never_written() throws IOException {
    var root = Files.createDirectories(folder.resolve("root"));
    var outside = Files.write(folder.resolve("outside"), bytes("a: 1\n"));
    Files.createSymbolicLink(root.resolve("link"), outside);
    Files.createSymbolicLink(root.resolve("folder"), folder);

    for (var path : List.of("link", "folder/outside", "../outside", "absent")) {
      var change = Map.of(path, new Draft.Changed(bytes("a: 1\n"), bytes("a: 2\n")));
      assertThatThrownBy(() -> new Replacement(root).write(change))
          .isInstanceOfSatisfying(
              ProblemException.class, e -> assertThat(e.problem().where()).isEqualTo(path));
    }
    assertThat(outside).hasContent("a: 1\n");
  }

  @Test
  void a_difference_shows_carriage_returns_and_a_last_line_without_end() {
    assertThat(UnifiedDiff.of("d/x", bytes("a\r\nb\nc"), bytes("a\nb\nc\n")))
        .isEqualTo(
            """
            --- a/d/x
            +++ b/d/x
            @@ -1,3 +1,3 @@
            -a\r
            +a
             b
            -c
            \\ No newline at end of file
            +c
            """);
    assertThat(UnifiedDiff.of("x", bytes("a\n"), bytes("a\n"))).isEmpty();
  }
}
