package io.cooper.schemas;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Reads JSON in the form that `scripts/catalogue/tree.go` writes and describes. Twenty times
/// smaller a job than parsing text, and it needs no mapper, which is most of what the first read
/// costs.
final class PackedTree {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Pattern WHOLE = Pattern.compile("-?[0-9]+");

  private final byte[] bytes;
  private final List<String> texts = new ArrayList<>();
  private int next;

  private PackedTree(byte[] bytes) {
    this.bytes = bytes;
  }

  /// @throws IllegalStateException if the bytes are no tree
  static JsonNode read(byte[] bytes) {
    try {
      var tree = new PackedTree(bytes);
      var value = tree.value();
      if (tree.next == bytes.length) {
        return value;
      }
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IllegalStateException("a definition of the catalogue is damaged", e);
    }
    throw new IllegalStateException("a definition of the catalogue has something behind it");
  }

  private JsonNode value() {
    return switch (bytes[next++]) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(false);
      case 2 -> NODES.booleanNode(true);
      case 3 -> integer();
      case 4 -> number(text());
      case 5 -> NODES.stringNode(text());
      case 6 -> list();
      case 7 -> map();
      default -> throw new IllegalArgumentException("no value begins like that");
    };
  }

  /// The same types of nodes that a parser of text gives.
  private JsonNode integer() {
    long zigzag = unsigned();
    long number = (zigzag >>> 1) ^ -(zigzag & 1);
    return number == (int) number ? NODES.numberNode((int) number) : NODES.numberNode(number);
  }

  private static JsonNode number(String text) {
    return WHOLE.matcher(text).matches()
        ? NODES.numberNode(new BigInteger(text))
        : NODES.numberNode(Double.parseDouble(text));
  }

  private JsonNode list() {
    int count = (int) unsigned();
    var list = NODES.arrayNode();
    for (int i = 0; i < count; i++) {
      list.add(value());
    }
    return list;
  }

  private JsonNode map() {
    int count = (int) unsigned();
    var map = NODES.objectNode();
    for (int i = 0; i < count; i++) {
      map.set(text(), value());
    }
    return map;
  }

  private String text() {
    int number = (int) unsigned();
    if (number > 0) {
      return texts.get(number - 1);
    }
    int length = (int) unsigned();
    var text = new String(bytes, next, length, StandardCharsets.UTF_8);
    next += length;
    texts.add(text);
    return text;
  }

  private long unsigned() {
    long number = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte b = bytes[next++];
      number |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return number;
      }
    }
    throw new IllegalArgumentException("a number has no end");
  }
}
