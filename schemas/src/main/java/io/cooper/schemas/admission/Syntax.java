package io.cooper.schemas.admission;

/// The forms that names have (k8s.io/apimachinery `util/validation`).
final class Syntax {
  static final int LABEL_LENGTH = 63;
  static final int SUBDOMAIN_LENGTH = 253;

  private Syntax() {}

  /// RFC 1123: `web-1`.
  static boolean isLabel(String text) {
    return text.length() <= LABEL_LENGTH && isLabel(text, 0, text.length());
  }

  /// RFC 1035: begins with a letter.
  static boolean isOldLabel(String text) {
    return isLabel(text) && !isDigit(text.charAt(0));
  }

  /// RFC 1123: `web.example`.
  static boolean isSubdomain(String text) {
    if (text.length() > SUBDOMAIN_LENGTH) {
      return false;
    }
    int start = 0;
    for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', start)) {
      if (!isLabel(text, start, dot)) {
        return false;
      }
      start = dot + 1;
    }
    return isLabel(text, start, text.length());
  }

  private static boolean isLabel(String text, int start, int end) {
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      boolean inside = i > start && i < end - 1;
      if (!(isSmall(c) || isDigit(c) || (c == '-' && inside))) {
        return false;
      }
    }
    return end > start;
  }

  /// The key of a label: `app.kubernetes.io/name`.
  static boolean isQualifiedName(String text) {
    int slash = text.indexOf('/');
    return isQualified(text, slash + 1) && (slash < 0 || isSubdomain(text.substring(0, slash)));
  }

  static boolean isLabelValue(String text) {
    return text.isEmpty() || isQualified(text, 0);
  }

  /// Letters and digits at both ends, and -, _ and . between them.
  private static boolean isQualified(String text, int start) {
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean inside = i > start && i < text.length() - 1;
      if (!(isLetter(c) || isDigit(c) || (inside && (c == '-' || c == '_' || c == '.')))) {
        return false;
      }
    }
    return text.length() > start && text.length() - start <= LABEL_LENGTH;
  }

  /// The key of a ConfigMap.
  static boolean isDataKey(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!(isLetter(c) || isDigit(c) || c == '-' || c == '_' || c == '.')) {
        return false;
      }
    }
    return !text.isEmpty()
        && text.length() <= SUBDOMAIN_LENGTH
        && !text.equals(".")
        && !text.startsWith("..");
  }

  private static boolean isSmall(char c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isLetter(char c) {
    return isSmall(c) || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
