package io.cooper.policy;

/// Says why no machine should repair a finding.
///
/// @param reason one sentence without a full stop: which decision is missing, or what would go
///   wrong
public record ByHand(String reason) implements Repair {}
