package io.cooper.policy.report;

import io.cooper.policy.Verdict;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/// What makes a finding the same finding in another revision: its rule, what it is about (the
/// object, or the file where there is none) and its message without what passes: numbers of lines,
/// times. Lines may shift and objects may move to other files.
///
/// @param value 32 hexadecimal digits, and which one it is among those that are alike: `…:1`
public record Fingerprint(String value) {
  /// Numbers of lines, and the times of the next runs that a schedule's finding tells.
  private static final Pattern PASSING =
      Pattern.compile(
          "(?<=\\.ya?ml|\\.json|ignore|info/exclude):\\d+(:\\d+)?|(?<=\\bline |\\bcolumn )\\d+"
              + "|\\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \\d\\d:\\d\\d(:\\d\\d)?");

  private static final int DIGITS = 32;

  /// The fingerprints of all verdicts of one report, in their order. Those that are alike are
  /// counted in that order, so each has its own.
  public static SequencedMap<Verdict, Fingerprint> of(List<Verdict> verdicts) {
    var seen = new HashMap<String, Integer>();
    var prints = new LinkedHashMap<Verdict, Fingerprint>();
    for (var verdict : verdicts) {
      var digest = digest(verdict);
      prints.computeIfAbsent(
          verdict,
          _ -> new Fingerprint("%s:%d".formatted(digest, seen.merge(digest, 1, Integer::sum))));
    }
    return prints;
  }

  private static String digest(Verdict verdict) {
    var finding = verdict.finding();
    var subject =
        finding
            .object()
            .map(object -> object.id().group() + "/" + object.id())
            .orElse(finding.place().file());
    var text =
        String.join(
            "\0", verdict.about().id(), subject, PASSING.matcher(finding.message()).replaceAll(""));
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
