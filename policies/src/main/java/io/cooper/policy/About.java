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
}
