package io.cooper.policy;

/// A change of one line of a file.
///
/// @param file path relative to the root of the repository
/// @param line counted from 1
/// @param before the text to replace, which occurs once in that line
/// @param after what to put in its place; may hold line breaks
public record Edit(String file, int line, String before, String after) {}
