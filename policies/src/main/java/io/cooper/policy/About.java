package io.cooper.policy;

import java.net.URI;
import java.util.Optional;

/// What a rule says of itself. `cooper explain`, reports and the documentation are all made from
/// it.
///
/// @param id stable, `family/name`
/// @param severity unless `.cooper.yaml` says otherwise
/// @param demand one sentence: how things should be
/// @param reason Markdown paragraphs: why, and what happens otherwise
/// @param remedy what to do about a finding, for findings that do not know better
/// @param docs where its page stands: a path in this project, or an address on the web
public record About(
    String id, Severity severity, String demand, String reason, String remedy, String docs) {
  /// A rule whose page is among those of the rules that come with Cooper.
  public About(String id, Severity severity, String demand, String reason, String remedy) {
    this(id, severity, demand, reason, remedy, "docs/rules.md#" + id.replace("/", ""));
  }

  /// `family` of `family/name`.
  public String family() {
    return id.substring(0, id.indexOf('/'));
  }

  /// Whether a pattern names this rule: its id, or its family as `family/*`.
  public boolean isMeantBy(String pattern) {
    return pattern.equals(id) || pattern.equals(family() + "/*");
  }

  /// Which of the known classes of trouble a finding belongs to, for those who sort by it: files
  /// that Git or Flux leave out, an invalid manifest, the order of things, a database that cannot
  /// be restored.
  public String cause() {
    return switch (family()) {
      case "ignore" -> "git";
      case "render", "schema" -> "manifest";
      case "flux" -> "dependency";
      case "cnpg" -> "backup";
      default -> family();
    };
  }

  /// Where its page stands on the web, for forms that can only hold a whole address.
  public Optional<URI> page() {
    return docs.matches("https?://.*") ? Optional.of(URI.create(docs)) : Optional.empty();
  }
}
