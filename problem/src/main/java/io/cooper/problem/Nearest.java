package io.cooper.problem;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/// Offers what somebody may have meant. Every message about an unknown name uses it.
public final class Nearest {
  /// A third of the characters may be wrong; beyond that a suggestion is noise.
  private static final int TYPO_SHARE = 3;

  private Nearest() {}

  /// The name most like the given one, if any is like enough: few edits apart, or one containing
  /// the other.
  public static Optional<String> to(String name, Collection<String> known) {
    return known.stream()
        .filter(candidate -> !candidate.isEmpty() && isLike(name, candidate))
        .min(
            Comparator.<String>comparingInt(candidate -> distance(name, candidate))
                .thenComparing(c -> c));
  }

  /// The only name that is like the given one: sure enough to be written without asking.
  public static Optional<String> only(String name, Collection<String> known) {
    var like =
        known.stream().distinct().filter(each -> to(name, List.of(each)).isPresent()).toList();
    return like.size() == 1 ? Optional.of(like.getFirst()) : Optional.empty();
  }

  /// ` – did you mean NAME?`, or nothing: to be put behind a message.
  public static String hint(String name, Collection<String> known) {
    return to(name, known).map(" – did you mean %s?"::formatted).orElse("");
  }

  private static boolean isLike(String name, String candidate) {
    int shorter = Math.min(name.length(), candidate.length());
    return distance(name, candidate)
            <= Math.max(1, Math.max(name.length(), candidate.length()) / TYPO_SHARE)
        || (shorter > TYPO_SHARE && (name.contains(candidate) || candidate.contains(name)));
  }

  private static int distance(String name, String candidate) {
    return LevenshteinDistance.getDefaultInstance().apply(name, candidate);
  }
}
