package io.cooper.flux.render.tool;

/// What one process gave.
///
/// @param succeeded whether it ended with status 0
/// @param output all of standard output
/// @param messages what it wrote to standard error
public record Run(boolean succeeded, String output, String messages) {}
