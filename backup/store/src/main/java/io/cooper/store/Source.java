package io.cooper.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Bytes that do not change and can be read as often as needed: a file that nobody writes any more.
public interface Source {
  /// What it is, for messages.
  String name();

  /// In bytes.
  long size();

  /// Reads the bytes from one of them on. Whoever opens the stream closes it, and knows where to
  /// end.
  InputStream open(long from) throws IOException;

  /// The first bytes of a file.
  static Source of(Path file, long size) {
    return new Source() {
      @Override
      public String name() {
        return file.toString();
      }

      @Override
      public long size() {
        return size;
      }

      @Override
      public InputStream open(long from) throws IOException {
        return Channels.newInputStream(
            Files.newByteChannel(file, StandardOpenOption.READ).position(from));
      }
    };
  }
}
