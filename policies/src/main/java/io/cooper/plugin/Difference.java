package io.cooper.plugin;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.ObjectId;
import java.util.List;

/// What became of one object.
public sealed interface Difference {
  /// Its name in the new set; in the old one, if it is not there any more.
  ObjectId id();

  /// What differs of it; nothing for what came or went as a whole.
  default List<Part> parts() {
    return List.of();
  }

  /// It is new.
  record Added(Manifest object) implements Difference {
    @Override
    public ObjectId id() {
      return object.id();
    }
  }

  /// It is not there any more.
  record Removed(Manifest object) implements Difference {
    @Override
    public ObjectId id() {
      return object.id();
    }
  }

  /// It is there under another name. The object of the old name is a leftover.
  record Renamed(Manifest before, Manifest after, List<Part> parts) implements Difference {
    public Renamed {
      parts = List.copyOf(parts);
    }

    @Override
    public ObjectId id() {
      return after.id();
    }
  }

  /// It differs.
  record Changed(Manifest before, Manifest after, List<Part> parts) implements Difference {
    public Changed {
      parts = List.copyOf(parts);
    }

    @Override
    public ObjectId id() {
      return after.id();
    }
  }
}
