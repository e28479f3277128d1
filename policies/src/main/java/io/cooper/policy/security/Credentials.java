package io.cooper.policy.security;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What looks like a credential, and what only looks so.
final class Credentials {
  /// A kind of credential that its own form gives away.
  ///
  /// @param title in a sentence
  /// @param marks texts of which every such credential holds one; to look for them is cheap
  private record Form(String title, List<String> marks, Pattern pattern) {
    boolean mayBeIn(String text) {
      return marks.stream().anyMatch(text::contains);
    }
  }

  /// No credential of a known form is shorter, in characters.
  private static final int SHORTEST = 20;

  private static final List<Form> FORMS =
      List.of(
          new Form(
              "an access key of AWS",
              List.of("AKIA", "ASIA"),
              Pattern.compile("\\b(AKIA|ASIA)[0-9A-Z]{16}\\b")),
          new Form(
              "a private key",
              List.of("PRIVATE KEY-----"),
              Pattern.compile(
                  "-----BEGIN ([A-Z]+ )?PRIVATE KEY-----\\s*[A-Za-z0-9+/=\\s]{64}",
                  Pattern.DOTALL)),
          new Form(
              "a private key of age",
              List.of("AGE-SECRET-KEY-1"),
              Pattern.compile("\\bAGE-SECRET-KEY-1[0-9A-Z]{58}\\b")),
          new Form(
              "a token of GitHub",
              List.of("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
              Pattern.compile("\\b(gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{80,})\\b")),
          new Form(
              "a token of GitLab",
              List.of("glpat-"),
              Pattern.compile("\\bglpat-[0-9A-Za-z_-]{20}\\b")),
          new Form(
              "a token of Slack",
              List.of("xox"),
              Pattern.compile("\\bxox[abprs]-[0-9A-Za-z-]{20,}\\b")));

  /// Keys and variables whose value is a secret.
  private static final Pattern SECRET_NAME =
      Pattern.compile(
          "(^|[._-])(pass(word|wd|phrase)?|pwd|secret|token|credentials?|private[._-]?key|api[._-]?key"
              + "|access[._-]?key|secret[._-]?key|secret[._-]?access[._-]?key|client[._-]?secret"
              + "|encryption[._-]?key|dockerconfigjson)$");

  /// Names that are told to everybody, whatever they contain: the id of a key, a public part, where
  /// a secret is found.
  private static final Pattern PUBLIC_NAME =
      Pattern.compile("(key[._-]?id|[._-](file|path|name|ref|url|uri|length|ttl|issuer))$");

  private static final Set<String> STAND_INS =
      Set.of(
          "changeme",
          "change-me",
          "change_me",
          "replaceme",
          "replace-me",
          "replace_me",
          "todo",
          "placeholder",
          "dummy",
          "example",
          "redacted",
          "none",
          "null",
          "true",
          "false",
          "fixme",
          "secret",
          "your-password",
          "password-here",
          "unused",
          "empty",
          "n/a");

  private Credentials() {}

  /// What a text gives itself away as; empty for anything else. AWS's example keys are none.
  static Optional<String> inForm(String text) {
    if (text.length() < SHORTEST) {
      return Optional.empty();
    }
    return FORMS.stream()
        .filter(form -> form.mayBeIn(text))
        .filter(form ->
            form.pattern()
                .matcher(text)
                .results()
                .anyMatch(match -> !match.group().endsWith("EXAMPLE")))
        .map(Form::title)
        .findFirst();
  }

  /// Whether a key or variable is called as secrets are.
  static boolean isSecretName(String name) {
    var plain = name.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    return SECRET_NAME.matcher(plain).find() && !PUBLIC_NAME.matcher(plain).find();
  }

  /// Whether a value stands for one that is elsewhere: a variable, a template, encrypted, or words
  /// that say so.
  static boolean standsIn(String value) {
    var text = value.strip();
    return text.isEmpty()
        || text.contains("${")
        || text.contains("{{")
        || text.startsWith("$(")
        || text.startsWith("ENC[")
        || text.startsWith("<")
        || text.startsWith("ref+")
        || text.startsWith("op://")
        || text.startsWith("vault:")
        || text.chars().allMatch(c -> c == 'x' || c == 'X' || c == '*' || c == '.' || c == '-')
        || STAND_INS.contains(text.toLowerCase(Locale.ROOT));
  }

  /// What a value of `data` means; the value itself where it is no base64.
  static String decoded(String base64) {
    return Stream.of(base64)
        .map(text -> {
          try {
            return new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8);
          } catch (IllegalArgumentException _) {
            return text;
          }
        })
        .findFirst()
        .orElse(base64);
  }
}
