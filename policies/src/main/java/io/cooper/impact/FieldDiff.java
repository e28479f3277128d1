package io.cooper.impact;

import io.cooper.manifest.Manifest;
import io.cooper.manifest.Mapping;
import io.cooper.manifest.Scalar;
import io.cooper.manifest.Sequence;
import io.cooper.manifest.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Compares two states of one object, value by value. Items of lists are matched by their names
/// where they have names, as Kubernetes does.
public final class FieldDiff {
  private static final int LONGEST = 120;
  private static final String HIDDEN = "(hidden)";

  /// Names of fields that hold a secret itself, not the name of one.
  private static final Pattern SECRET =
      Pattern.compile("(?i).*(password|passwd|passphrase|token|api_?key|private_?key|secret_?key)");

  private final List<FieldChange> changes = new ArrayList<>();
  private final boolean secret;

  private FieldDiff(boolean secret) {
    this.secret = secret;
  }

  /// All values that differ.
  public static List<FieldChange> of(Manifest before, Manifest after) {
    if (isSame(before.root(), after.root())) {
      return List.of();
    }
    var diff = new FieldDiff(isSecret(before) || isSecret(after));
    diff.compare("", before.root(), after.root());
    return List.copyOf(diff.changes);
  }

  /// Values of Secrets, and of objects that SOPS has encrypted, mean nothing to a reader and may
  /// mean much to somebody else.
  private static boolean isSecret(Manifest manifest) {
    return manifest.is("", "Secret") || manifest.find("sops").isPresent();
  }

  /// Whether two values are the same but for their places; most of a repository is.
  static boolean isSame(Value one, Value other) {
    if (one == other) {
      return true;
    }
    return switch (one) {
      case Scalar scalar ->
          other instanceof Scalar its && Objects.equals(scalar.plain(), its.plain());
      case Sequence list -> other instanceof Sequence its && isSame(list.items(), its.items());
      case Mapping map ->
          other instanceof Mapping its
              && map.size() == its.size()
              && map.entries()
                  .allMatch(entry ->
                      its.get(entry.name())
                          .filter(value -> isSame(entry.value(), value))
                          .isPresent());
    };
  }

  private static boolean isSame(List<Value> some, List<Value> others) {
    if (some.size() != others.size()) {
      return false;
    }
    for (int i = 0; i < some.size(); i++) {
      if (!isSame(some.get(i), others.get(i))) {
        return false;
      }
    }
    return true;
  }

  private void compare(String path, Value before, Value after) {
    if (isSame(before, after)) {
      return;
    }
    if (before instanceof Mapping old && after instanceof Mapping fresh) {
      var keys = new LinkedHashSet<String>();
      old.keys().forEach(keys::add);
      fresh.keys().forEach(keys::add);
      keys.forEach(key -> compare(child(path, key), old.get(key), fresh.get(key)));
    } else if (before instanceof Sequence old && after instanceof Sequence fresh) {
      compareLists(path, old.items(), fresh.items());
    } else {
      add(path, Optional.of(before), Optional.of(after));
    }
  }

  private void compare(String path, Optional<Value> before, Optional<Value> after) {
    if (before.isPresent() && after.isPresent()) {
      compare(path, before.get(), after.get());
    } else {
      add(path, before, after);
    }
  }

  private static String child(String path, String key) {
    var name = key.indexOf('.') >= 0 ? "\"" + key + "\"" : key;
    return path.isEmpty() ? name : path + "." + name;
  }

  private void compareLists(String path, List<Value> before, List<Value> after) {
    if (isNamed(before) && isNamed(after)) {
      var names = new LinkedHashSet<String>();
      before.forEach(item -> names.add(name(item)));
      after.forEach(item -> names.add(name(item)));
      int known = changes.size();
      names.forEach(
          name -> compare("%s[%s]".formatted(path, name), find(before, name), find(after, name)));
      if (changes.size() == known) {
        changes.add(new FieldChange(path, Optional.of(names(before)), Optional.of(names(after))));
      }
    } else if (isFlat(before) && isFlat(after)) {
      flat(path, before, after);
    } else {
      for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
        compare("%s[%d]".formatted(path, i), item(before, i), item(after, i));
      }
    }
  }

  private void flat(String path, List<Value> before, List<Value> after) {
    var old = before.stream().map(Value::plain).toList();
    var fresh = after.stream().map(Value::plain).toList();
    var gone = old.stream().filter(each -> !fresh.contains(each)).toList();
    var come = fresh.stream().filter(each -> !old.contains(each)).toList();
    if (gone.isEmpty() && come.isEmpty()) {
      changes.add(
          new FieldChange(path, Optional.of(old.toString()), Optional.of(fresh.toString())));
    }
    gone.forEach(each ->
        changes.add(
            new FieldChange(path + "[]", Optional.of(shown(path, each)), Optional.empty())));
    come.forEach(each ->
        changes.add(
            new FieldChange(path + "[]", Optional.empty(), Optional.of(shown(path, each)))));
  }

  private static Optional<Value> item(List<Value> items, int index) {
    return index < items.size() ? Optional.of(items.get(index)) : Optional.empty();
  }

  private static boolean isNamed(List<Value> items) {
    var names = new HashSet<String>();
    return !items.isEmpty()
        && items.stream().allMatch(item -> !name(item).isEmpty() && names.add(name(item)));
  }

  private static boolean isFlat(List<Value> items) {
    return items.stream().allMatch(Scalar.class::isInstance);
  }

  private static String name(Value item) {
    return item.find("name").flatMap(Value::text).orElse("");
  }

  private static String names(List<Value> items) {
    return items.stream().map(FieldDiff::name).collect(Collectors.joining(", "));
  }

  private static Optional<Value> find(List<Value> items, String name) {
    return items.stream().filter(item -> name(item).equals(name)).findFirst();
  }

  private void add(String path, Optional<Value> before, Optional<Value> after) {
    if (isText(before) && isText(after)) {
      changes.add(lines(path, before.get().text().orElse(""), after.get().text().orElse("")));
      return;
    }
    var old = before.map(value -> shown(path, value.plain()));
    var fresh = after.map(value -> shown(path, value.plain()));
    changes.add(new FieldChange(path, old, fresh));
  }

  private static boolean isText(Optional<Value> value) {
    return value.flatMap(Value::text).filter(text -> text.strip().indexOf('\n') >= 0).isPresent();
  }

  /// Of two long texts it is told how much of them differs.
  private FieldChange lines(String path, String before, String after) {
    var old = before.lines().toList();
    var fresh = after.lines().toList();
    var kept = new HashSet<>(old);
    kept.retainAll(new HashSet<>(fresh));
    return new FieldChange(
        path,
        Optional.of("%d lines".formatted(old.size())),
        Optional.of(
            "%d lines (+%d −%d)"
                .formatted(
                    fresh.size(),
                    fresh.stream().filter(line -> !kept.contains(line)).count(),
                    old.stream().filter(line -> !kept.contains(line)).count())));
  }

  private String shown(String path, @Nullable Object value) {
    var text = compact(value);
    if (isHidden(path) || text.startsWith("ENC[") || holdsSecret(value)) {
      return HIDDEN;
    }
    return switch (value) {
      case List<?> list when text.length() > LONGEST -> "%d items".formatted(list.size());
      case Map<?, ?> map when text.length() > LONGEST -> "%d fields".formatted(map.size());
      case null, default -> text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    };
  }

  /// A value on one line, as YAML would have it in braces.
  private static String compact(@Nullable Object value) {
    return switch (value) {
      case String text -> text.isBlank() ? "\"\"" : text.strip().replace("\n", "⏎");
      case List<?> list ->
          list.stream().map(FieldDiff::compact).collect(Collectors.joining(", ", "[", "]"));
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(entry -> entry.getKey() + ": " + compact(entry.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case null -> "null";
      default -> value.toString();
    };
  }

  private boolean isHidden(String path) {
    boolean data =
        path.startsWith("data") || path.startsWith("stringData") || path.startsWith("sops");
    return (secret && data) || SECRET.matcher(path).matches();
  }

  /// A map or list as a whole is shown only if nothing in it looks like a secret.
  private static boolean holdsSecret(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .anyMatch(entry ->
                  (entry.getValue() instanceof String
                          && SECRET
                              .matcher(entry.getKey().toString().toLowerCase(Locale.ROOT))
                              .matches())
                      || holdsSecret(entry.getValue()));
      case List<?> list -> list.stream().anyMatch(FieldDiff::holdsSecret);
      case null, default -> false;
    };
  }
}
