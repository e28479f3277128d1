package io.cooper.policy.repair;

import io.cooper.manifest.edit.LinedText;
import io.cooper.manifest.edit.TextEdit;
import io.cooper.policy.Edit;
import io.cooper.policy.Fix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// Files with repairs made to them, in memory. A repair is made as a whole or not at all; of two
/// that touch the same line, the first is made, and the other has to be asked for again when the
/// result has been judged.
///
/// Used by one thread.
public final class Draft {
  private final Function<String, Optional<byte[]>> read;
  private final Map<String, Optional<byte[]>> before = new LinkedHashMap<>();
  private final Map<String, List<TextEdit>> edits = new LinkedHashMap<>();

  /// What became of a repair.
  public enum Outcome {
    /// It is part of the draft, perhaps because another finding asked for the very same.
    MADE,
    /// It touches a line that another repair changes.
    LATER,
    /// The text it speaks of is not there.
    UNFIT
  }

  /// A file of the draft.
  ///
  /// @param before its bytes as they were read
  /// @param after its bytes with all repairs
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  public record Changed(byte[] before, byte[] after) {}

  /// @param read gives the bytes of a file by its path, if there is one that may be changed
  public Draft(Function<String, Optional<byte[]>> read) {
    this.read = read;
  }

  /// Makes a repair.
  public Outcome make(Fix fix) {
    var wanted = new LinkedHashMap<String, List<TextEdit>>();
    for (Edit edit : fix.edits()) {
      wanted.computeIfAbsent(edit.file(), _ -> new ArrayList<>()).add(edit.text());
    }
    var together = new LinkedHashMap<String, List<TextEdit>>();
    for (var file : wanted.entrySet()) {
      if (changed(file.getKey(), file.getValue()).isEmpty()) {
        return Outcome.UNFIT;
      }
      var all = new LinkedHashSet<>(edits.getOrDefault(file.getKey(), List.of()));
      all.addAll(file.getValue());
      together.put(file.getKey(), List.copyOf(all));
      if (changed(file.getKey(), together.get(file.getKey())).isEmpty()) {
        return Outcome.LATER;
      }
    }
    edits.putAll(together);
    return Outcome.MADE;
  }

  private Optional<byte[]> changed(String file, List<TextEdit> all) {
    return before
        .computeIfAbsent(file, read)
        .flatMap(LinedText::of)
        .flatMap(text -> text.with(all))
        .map(LinedText::bytes);
  }

  /// The files that the repairs change, by path.
  public Map<String, Changed> files() {
    var files = new TreeMap<String, Changed>();
    edits.forEach((file, all) ->
        files.put(
            file,
            new Changed(
                before.getOrDefault(file, Optional.empty()).orElseThrow(),
                changed(file, all).orElseThrow())));
    return files;
  }
}
