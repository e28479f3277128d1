package io.cooper.policy.report;

import io.cooper.plugin.Fitness;
import io.cooper.plugin.Upgrade;

/// Everything that one run of `cooper plugin diff` has to say.
///
/// @param version of the program
/// @param upgrade what changes
/// @param fitness what the new definitions say of the objects of the repository
public record UpgradeReport(String version, Upgrade upgrade, Fitness fitness) {}
