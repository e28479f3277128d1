package io.cooper.flux.source;

/// What has to be cleared away in the end.
interface Temporary extends AutoCloseable {
  @Override
  void close();
}
