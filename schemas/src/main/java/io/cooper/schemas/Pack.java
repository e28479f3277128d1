package io.cooper.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import tools.jackson.databind.JsonNode;

/// The definitions of all releases of one product, each once, found by its id and inflated by
/// itself. `scripts/catalogue/pack.go` describes the form.
///
/// Safe for use by several threads.
final class Pack {
  private static final int ENTRY = 16;
  private static final int HEADER = 4;

  private final ByteBuffer bytes;
  private final int count;

  private Pack(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
    this.count = this.bytes.getInt(0);
  }

  static Pack of(Product product) {
    try (var stream = Table.open("catalogue/" + product.key() + ".pack")) {
      return new Pack(stream.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A definition.
  ///
  /// @throws IllegalStateException if there is none of that id
  JsonNode definition(long id) {
    int entry = entry(id);
    int start = HEADER + count * ENTRY + bytes.getInt(entry + 8);
    return PackedTree.read(inflated(start, bytes.getInt(entry + 12)));
  }

  private int entry(long id) {
    int low = 0;
    int high = count - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int entry = HEADER + middle * ENTRY;
      int order = Long.compareUnsigned(bytes.getLong(entry), id);
      if (order == 0) {
        return entry;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    throw new IllegalStateException("the catalogue lacks definition %016x".formatted(id));
  }

  private byte[] inflated(int start, int length) {
    try (var inflater = new Inflater(true)) {
      inflater.setInput(bytes.array(), start, length);
      var text = new byte[Math.max(256, length * 5)];
      int filled = 0;
      while (!inflater.finished()) {
        filled += inflater.inflate(text, filled, text.length - filled);
        if (filled == text.length) {
          text = Arrays.copyOf(text, filled * 2);
        } else if (!inflater.finished() && inflater.needsInput()) {
          throw new IllegalStateException("a definition of the catalogue is cut off");
        }
      }
      return Arrays.copyOf(text, filled);
    } catch (DataFormatException e) {
      throw new IllegalStateException("a definition of the catalogue is damaged", e);
    }
  }
}
