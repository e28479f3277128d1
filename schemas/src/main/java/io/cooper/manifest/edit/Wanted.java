package io.cooper.manifest.edit;

import io.cooper.manifest.Mapping;
import io.cooper.manifest.Place;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import io.cooper.manifest.YamlFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a file should read as after a change: the change made to the values instead of the text.
/// Two ways that know nothing of each other have to agree.
final class Wanted {
  private final Place object;
  private final YamlChange change;
  private boolean done;

  private Wanted(Place object, YamlChange change) {
    this.object = object;
    this.change = change;
  }

  /// The plain documents after a change; empty if there is no such object, or nothing there that
  /// could be changed so.
  static Optional<List<Object>> of(YamlFile file, Place object, YamlChange change) {
    var wanted = new Wanted(object, change);
    var documents = new ArrayList<Object>();
    file.documents().forEach(document -> documents.add(wanted.copy(document)));
    return wanted.done ? Optional.of(documents) : Optional.empty();
  }

  private @Nullable Object copy(Value value) {
    return switch (value) {
      case Scalar scalar -> scalar.plain();
      case Sequence list -> {
        var copy = new ArrayList<@Nullable Object>();
        list.items().forEach(item -> copy.add(copy(item)));
        yield copy;
      }
      case Mapping map -> {
        var copy = new LinkedHashMap<String, @Nullable Object>();
        map.entries().forEach(entry -> copy.put(entry.name(), copy(entry.value())));
        if (!done && map.place().equals(object)) {
          done = change(copy);
        }
        yield copy;
      }
    };
  }

  private boolean change(Map<String, @Nullable Object> root) {
    return switch (change) {
      case YamlChange.Put put ->
          made(root, put.path()) instanceof Map<?, ?> map && put(open(map), put.key(), put.value());
      case YamlChange.Append append -> append(root, append);
      case YamlChange.Replace replace -> set(root, replace.path(), replace.value());
      case YamlChange.Rename rename -> rename(root, rename);
      case YamlChange.Remove remove -> remove(root, remove.path());
    };
  }

  private static boolean put(Map<String, @Nullable Object> map, String key, Object value) {
    return map.put(key, value) == null;
  }

  private static boolean append(Map<String, @Nullable Object> root, YamlChange.Append append) {
    var path = append.path();
    if (!(made(root, path.subList(0, path.size() - 1)) instanceof Map<?, ?> map)) {
      return false;
    }
    var list = open(map).get(path.getLast());
    if (list == null) {
      open(map).put(path.getLast(), List.of(append.item()));
      return true;
    }
    return list instanceof List<?> items && open(items).add(append.item());
  }

  private static boolean set(Object root, List<String> path, Object value) {
    return switch (find(root, path.subList(0, path.size() - 1))) {
      case Map<?, ?> map when map.containsKey(path.getLast()) -> {
        open(map).put(path.getLast(), value);
        yield true;
      }
      case List<?> list when index(list, path.getLast()) >= 0 -> {
        open(list).set(index(list, path.getLast()), value);
        yield true;
      }
      case null, default -> false;
    };
  }

  private static boolean rename(Object root, YamlChange.Rename rename) {
    var path = rename.path();
    if (!(find(root, path.subList(0, path.size() - 1)) instanceof Map<?, ?> map)
        || !map.containsKey(path.getLast())
        || map.containsKey(rename.key())) {
      return false;
    }
    open(map).put(rename.key(), open(map).remove(path.getLast()));
    return true;
  }

  private static boolean remove(Object root, List<String> path) {
    return switch (find(root, path.subList(0, path.size() - 1))) {
      case Map<?, ?> map when map.containsKey(path.getLast()) -> {
        open(map).remove(path.getLast());
        yield true;
      }
      case List<?> list when index(list, path.getLast()) >= 0 -> {
        open(list).remove(index(list, path.getLast()));
        yield true;
      }
      case null, default -> false;
    };
  }

  private static @Nullable Object find(@Nullable Object root, List<String> path) {
    var here = root;
    for (var step : path) {
      here =
          switch (here) {
            case Map<?, ?> map -> map.get(step);
            case List<?> list when index(list, step) >= 0 -> list.get(index(list, step));
            case null, default -> null;
          };
    }
    return here;
  }

  /// As [#find], with maps where there is nothing.
  private static @Nullable Object made(Map<String, @Nullable Object> root, List<String> path) {
    Object here = root;
    for (int i = 0; i < path.size(); i++) {
      var next = find(here, List.of(path.get(i)));
      if (next == null && here instanceof Map<?, ?> map) {
        next = new LinkedHashMap<String, @Nullable Object>();
        open(map).put(path.get(i), next);
      }
      if (next == null) {
        return null;
      }
      here = next;
    }
    return here;
  }

  private static int index(List<?> list, String step) {
    return step.matches("\\d{1,6}") && Integer.parseInt(step) < list.size()
        ? Integer.parseInt(step)
        : -1;
  }

  /// The copies are ours, and hold what plain values hold.
  @SuppressWarnings("unchecked")
  private static Map<String, @Nullable Object> open(Map<?, ?> map) {
    return (Map<String, @Nullable Object>) map;
  }

  @SuppressWarnings("unchecked")
  private static List<@Nullable Object> open(List<?> list) {
    return (List<@Nullable Object>) list;
  }
}
