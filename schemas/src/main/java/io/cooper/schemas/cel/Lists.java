package io.cooper.schemas.cel;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Order and sums of lists, which have values of one type; numbers of any kind go together.
final class Lists {
  private Lists() {}

  static boolean isSorted(List<?> items) {
    for (int i = 1; i < items.size(); i++) {
      if (compare(items.get(i - 1), items.get(i)) > 0) {
        return false;
      }
    }
    return true;
  }

  /// The least item, or with direction -1 the greatest; empty for an empty list.
  static Optional<Object> least(List<?> items, int direction) {
    Comparator<Object> order = (left, right) -> direction * compare(left, right);
    return items.stream().map(Object.class::cast).min(order);
  }

  static Object sum(List<?> items) {
    if (items.stream().allMatch(Long.class::isInstance)) {
      return items.stream().mapToLong(Long.class::cast).reduce(0, Math::addExact);
    }
    return items.stream().mapToDouble(item -> ((Number) item).doubleValue()).sum();
  }

  @SuppressWarnings("unchecked") // Both are of one class that is comparable with itself.
  private static int compare(Object left, Object right) {
    if (left instanceof Long one && right instanceof Long other) {
      return Long.compare(one, other);
    }
    if (left instanceof Number one && right instanceof Number other) {
      return Double.compare(one.doubleValue(), other.doubleValue());
    }
    return left instanceof Comparable<?> one && left.getClass() == right.getClass()
        ? ((Comparable<Object>) one).compareTo(right)
        : 0;
  }
}
