package io.cooper.policy.settings;

import static io.cooper.policy.Severity.WARNING;

import io.cooper.manifest.Place;
import io.cooper.policy.About;
import io.cooper.policy.Accepted;
import io.cooper.policy.Finding;
import io.cooper.policy.Verdict;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Takes accepted findings out of a report, and says which acceptances are worth nothing: those
/// without a reason, those that are out of date, and those that accept nothing.
///
/// A comment `# cooper:ignore RULE – reason` accepts findings of that rule on its own line, or,
/// where it stands alone, on the next line that is not such a comment.
public final class Suppressions {
  /// Says that an acceptance gives no reason.
  public static final About WITHOUT_REASON =
      new About(
          "settings/suppression-without-reason",
          WARNING,
          "Whoever accepts a finding says why.",
          """
          A suppression outlives the memory of the person who wrote it. Without a reason nobody dares to remove it, and
          nobody can tell whether it still holds.
          """,
          "Write the reason behind the rule: # cooper:ignore RULE – because …");

  /// Says that an acceptance accepts nothing, or no longer holds.
  public static final About UNUSED =
      new About(
          "settings/suppression-unused",
          WARNING,
          "A suppression suppresses something.",
          """
          A suppression without a finding is either misspelt, and then does not protect what it should, or left over, and
          then hides the next mistake of that kind.
          """,
          "Remove the suppression, or correct its rule, its place or its date.");

  private static final Pattern COMMENT =
      Pattern.compile("#\\s*cooper:ignore\\s+([a-z]+/[a-z*-]+)\\s*(?:[–—-]+\\s*)?(.*)$");

  private record Comment(String rule, String reason, Place place, int coveredLine) {}

  private final List<Settings.Skip> skips;
  private final Function<String, Optional<String>> textOf;
  private final LocalDate today;
  private final Map<String, List<Comment>> comments = new HashMap<>();
  private final Set<Object> used = new LinkedHashSet<>();
  private final List<Accepted> accepted = new ArrayList<>();

  /// @param skips those of the settings
  /// @param textOf the text of a file of the repository, if it can be read
  /// @param today decides whether a skip with a date still holds
  public Suppressions(
      List<Settings.Skip> skips, Function<String, Optional<String>> textOf, LocalDate today) {
    this.skips = List.copyOf(skips);
    this.textOf = textOf;
    this.today = today;
  }

  /// The verdicts that nobody accepted, with those about acceptances themselves.
  ///
  /// @param verdicts of all rules that ran
  /// @param files whose comments count, even where nothing was found in them
  /// @param ran whether a rule ran at all; an acceptance of one that did not is left alone
  public List<Verdict> apply(
      List<Verdict> verdicts, Set<String> files, java.util.function.Predicate<String> ran) {
    files.forEach(this::commentsOf);
    var kept = new ArrayList<Verdict>();
    for (var verdict : verdicts) {
      if (!accepted(verdict)) {
        kept.add(verdict);
      }
    }
    comments.values().stream()
        .flatMap(List::stream)
        .filter(comment -> ran.test(comment.rule()))
        .forEach(comment ->
            judge(kept, comment, comment.rule(), Optional.of(comment.reason()), comment.place()));
    skips.stream()
        .filter(skip -> ran.test(skip.rule()))
        .forEach(skip -> judge(kept, skip, skip.rule(), skip.reason(), skip.place()));
    return kept;
  }

  /// What [#apply] took out, with the reasons.
  public List<Accepted> accepted() {
    return List.copyOf(accepted);
  }

  private void judge(
      List<Verdict> kept, Object suppression, String rule, Optional<String> reason, Place place) {
    if (!used.contains(suppression)) {
      boolean expired =
          suppression instanceof Settings.Skip skip
              && skip.until().filter(today::isAfter).isPresent();
      var message =
          expired
              ? "the suppression of %s has expired".formatted(rule)
              : "this suppression of %s suppresses nothing".formatted(rule);
      kept.add(new Verdict(UNUSED, UNUSED.severity(), Finding.at(place, message)));
    } else if (reason.filter(text -> !text.isBlank()).isEmpty()) {
      kept.add(
          new Verdict(
              WITHOUT_REASON,
              WITHOUT_REASON.severity(),
              Finding.at(place, "%s is suppressed without a reason".formatted(rule))));
    }
  }

  private boolean accepted(Verdict verdict) {
    var place = verdict.finding().place();
    var about = verdict.about();
    for (var comment : commentsOf(place.file())) {
      if (comment.coveredLine() == place.line() && about.isMeantBy(comment.rule())) {
        used.add(comment);
        accepted.add(new Accepted(verdict, comment.reason(), comment.place()));
        return true;
      }
    }
    for (var skip : skips) {
      if (about.isMeantBy(skip.rule())
          && skip.until().filter(today::isAfter).isEmpty()
          && covers(skip.files(), place)) {
        used.add(skip);
        accepted.add(new Accepted(verdict, skip.reason().orElse(""), skip.place()));
        return true;
      }
    }
    return false;
  }

  private static boolean covers(List<String> globs, Place place) {
    return globs.isEmpty()
        || globs.stream()
            .map(Suppressions::glob)
            .anyMatch(glob -> glob.matches(Path.of(place.file())));
  }

  private static PathMatcher glob(String pattern) {
    return FileSystems.getDefault().getPathMatcher("glob:" + pattern);
  }

  private List<Comment> commentsOf(String file) {
    return comments.computeIfAbsent(
        file, _ -> textOf.apply(file).map(text -> read(file, text)).orElse(List.of()));
  }

  private static List<Comment> read(String file, String text) {
    if (!text.contains("cooper:ignore")) {
      return List.of();
    }
    var found = new ArrayList<Comment>();
    var lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      var matcher = COMMENT.matcher(lines.get(i));
      if (matcher.find()) {
        int covered = i;
        if (lines.get(i).stripLeading().startsWith("#")) {
          do {
            covered++;
          } while (covered < lines.size() && lines.get(covered).stripLeading().startsWith("#"));
        }
        var place = new Place(file, i + 1, matcher.start() + 1);
        found.add(new Comment(matcher.group(1), matcher.group(2).strip(), place, covered + 1));
      }
    }
    return found;
  }
}
