package io.cooper.manifest.edit;

import java.util.List;

/// One change of a document, as a person would say it. Paths are keys and, for items of lists,
/// decimal numbers from 0; new values are strings, booleans, whole numbers, and maps and lists of
/// them.
public sealed interface YamlChange {
  /// Where, from the top of the object.
  List<String> path();

  /// The same change elsewhere.
  YamlChange at(List<String> other);

  /// Adds an entry behind all others of a map. Maps on the way that are not there are made.
  ///
  /// @param path of the map
  /// @param key that the map does not have, or has without a value
  record Put(List<String> path, String key, Object value) implements YamlChange {
    public Put {
      path = List.copyOf(path);
    }

    @Override
    public Put at(List<String> other) {
      return new Put(other, key, value);
    }
  }

  /// Adds an item behind all others of a list. The list is made where there is none.
  ///
  /// @param path of the list, the last step of which is a key
  record Append(List<String> path, Object item) implements YamlChange {
    public Append {
      path = List.copyOf(path);
    }

    @Override
    public Append at(List<String> other) {
      return new Append(other, item);
    }
  }

  /// Writes another scalar in place of one, in the same quotes.
  ///
  /// @param path of the scalar
  record Replace(List<String> path, Object value) implements YamlChange {
    public Replace {
      path = List.copyOf(path);
    }

    @Override
    public Replace at(List<String> other) {
      return new Replace(other, value);
    }
  }

  /// Writes another key in place of one, in the same quotes.
  ///
  /// @param path of the entry, the last step of which is the old key
  record Rename(List<String> path, String key) implements YamlChange {
    public Rename {
      path = List.copyOf(path);
    }

    @Override
    public Rename at(List<String> other) {
      return new Rename(other, key);
    }
  }

  /// Removes an entry of a map, or an item of a list, with all below it and the comments inside of
  /// it. Never the last one: what an empty map or list means is for somebody else to decide.
  ///
  /// @param path of the entry or item
  record Remove(List<String> path) implements YamlChange {
    public Remove {
      path = List.copyOf(path);
    }

    @Override
    public Remove at(List<String> other) {
      return new Remove(other);
    }
  }
}
