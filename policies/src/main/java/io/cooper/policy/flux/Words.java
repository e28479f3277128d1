package io.cooper.policy.flux;

import io.cooper.flux.api.NamespacedName;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/// Lists as a sentence has them.
final class Words {
  private static final int ENOUGH = 4;

  private Words() {}

  /// `a`, `a and b`, `a, b and c`; of more than five only the first four and how many follow.
  static String list(Collection<?> things) {
    var words = things.stream().map(Object::toString).toList();
    if (words.size() > ENOUGH + 1) {
      return "%s and %d more"
          .formatted(String.join(", ", words.subList(0, ENOUGH)), words.size() - ENOUGH);
    }
    return words.size() < 2
        ? String.join("", words)
        : String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.getLast();
  }

  static String list(Stream<?> things) {
    return list(things.toList());
  }

  /// Names as someone in a namespace would write them: without it where it is the same.
  static String names(Collection<NamespacedName> ids, NamespacedName from) {
    return list(ids.stream().map(id -> name(id, from)));
  }

  /// A name as someone in a namespace would write it.
  static String name(NamespacedName id, NamespacedName from) {
    return id.namespace().equals(from.namespace()) ? id.name() : id.toString();
  }

  /// `s` unless there is one.
  static String plural(List<?> things) {
    return things.size() == 1 ? "" : "s";
  }
}
