package io.cooper.flux.render.kustomize;

import io.cooper.flux.render.kustomize.FluxBuild.Built;
import io.cooper.flux.render.kustomize.FluxBuild.Origin;
import io.cooper.manifest.Dialect;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/// Built objects as bytes: reading them back costs a tenth of parsing YAML. Strings are written
/// once and referred to afterwards; a checksum at the end tells a damaged entry.
final class BuildCodec {
  private static final int MAGIC = 0xC009E201;
  private static final int CHECKSUM = Long.BYTES;

  private static final byte TEXT = 0;
  private static final byte TYPED = 1;
  private static final byte LIST = 2;
  private static final byte MAP = 3;

  private BuildCodec() {}

  static byte[] encode(List<Built> objects) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new Writer(new DataOutputStream(bytes));
    out.data.writeInt(MAGIC);
    out.data.writeInt(objects.size());
    for (var object : objects) {
      out.optional(object.text());
      out.optional(object.origin().map(Origin::file));
      out.data.writeBoolean(object.origin().map(Origin::generator).orElse(false));
      out.string(object.root().place().file());
      out.value(object.root());
    }
    out.data.writeLong(checksum(bytes.toByteArray(), bytes.size()));
    return bytes.toByteArray();
  }

  /// @throws IllegalArgumentException if the bytes are not what [#encode] wrote
  static List<Built> decode(byte[] bytes) {
    int length = bytes.length - CHECKSUM;
    try {
      var in = new Reader(bytes);
      if (length < 2 * Integer.BYTES
          || ByteBuffer.wrap(bytes).getLong(length) != checksum(bytes, length)
          || in.bytes.getInt() != MAGIC) {
        throw new IllegalArgumentException("damaged or of another version");
      }
      int count = in.bytes.getInt();
      var objects = new ArrayList<Built>();
      for (int i = 0; i < count; i++) {
        var text = in.optional();
        var file = in.optional();
        boolean generator = in.flag();
        in.place = Place.startOf(in.string());
        objects.add(
            new Built((Mapping) in.value(), text, file.map(path -> new Origin(path, generator))));
      }
      return objects;
    } catch (ClassCastException | IndexOutOfBoundsException | BufferUnderflowException e) {
      throw new IllegalArgumentException("damaged", e);
    }
  }

  private static long checksum(byte[] bytes, int length) {
    var sum = new CRC32();
    sum.update(bytes, 0, length);
    return sum.getValue();
  }

  private static final class Writer {
    private final DataOutputStream data;
    private final Map<String, Integer> known = new HashMap<>();

    Writer(DataOutputStream data) {
      this.data = data;
    }

    void optional(Optional<String> text) throws IOException {
      data.writeBoolean(text.isPresent());
      if (text.isPresent()) {
        string(text.get());
      }
    }

    void string(String text) throws IOException {
      var index = known.putIfAbsent(text, known.size());
      if (index != null) {
        data.writeInt(-1 - index);
        return;
      }
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      data.writeInt(bytes.length);
      data.write(bytes);
    }

    void value(Value value) throws IOException {
      switch (value) {
        case Scalar scalar -> {
          data.writeByte(scalar.isString() ? TEXT : TYPED);
          string(scalar.source());
        }
        case Sequence list -> {
          data.writeByte(LIST);
          data.writeInt(list.items().size());
          for (var item : list.items()) {
            value(item);
          }
        }
        case Mapping map -> {
          data.writeByte(MAP);
          data.writeInt(map.size());
          for (var entry : map.entries().toList()) {
            value(entry.key());
            value(entry.value());
          }
        }
      }
    }
  }

  /// Reads from the array itself: a stream costs a call and a lock for each byte.
  private static final class Reader {
    private final ByteBuffer bytes;
    private final List<String> known = new ArrayList<>();
    private Place place = Place.startOf("");

    Reader(byte[] bytes) {
      this.bytes = ByteBuffer.wrap(bytes);
    }

    boolean flag() {
      return bytes.get() != 0;
    }

    Optional<String> optional() {
      return flag() ? Optional.of(string()) : Optional.empty();
    }

    String string() {
      int length = bytes.getInt();
      if (length < 0) {
        return known.get(-1 - length);
      }
      var text = new String(bytes.array(), bytes.position(), length, StandardCharsets.UTF_8);
      bytes.position(bytes.position() + length);
      known.add(text);
      return text;
    }

    Value value() {
      byte kind = bytes.get();
      return switch (kind) {
        case TEXT -> {
          var text = string();
          yield new Scalar(place, text, text);
        }
        case TYPED -> {
          var source = string();
          yield new Scalar(place, source, Dialect.KUBERNETES.resolve(source));
        }
        case LIST -> {
          int size = bytes.getInt();
          var items = new ArrayList<Value>(Math.min(size, 1024));
          for (int i = 0; i < size; i++) {
            items.add(value());
          }
          yield new Sequence(place, items);
        }
        case MAP -> {
          int size = bytes.getInt();
          var entries = new LinkedHashMap<String, Mapping.Entry>();
          for (int i = 0; i < size; i++) {
            var key = (Scalar) value();
            entries.put(String.valueOf(key.plain()), new Mapping.Entry(key, value()));
          }
          yield new Mapping(place, entries);
        }
        default -> throw new IllegalArgumentException("unknown kind of value " + kind);
      };
    }
  }
}
