package io.cooper.policy;

/// What a rule says of itself. `cooper explain`, reports and the documentation are all made from
/// it.
///
/// @param id stable, `family/name`
/// @param severity unless `.cooper.yaml` says otherwise
/// @param demand one sentence: how things should be
/// @param reason Markdown paragraphs: why, and what happens otherwise
/// @param remedy what to do about a finding, for findings that do not know better
public record About(String id, Severity severity, String demand, String reason, String remedy) {
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

  /// Where the rule's page stands in this project's documentation.
  public String docs() {
    return "docs/rules.md#" + id.replace("/", "");
  }
}
