package io.cooper.policy;

/// How a finding can be repaired, or why it cannot.
public sealed interface Repair permits Fix, Proposal, ByHand {}
