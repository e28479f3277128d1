package io.cooper.schemas.admission;

import java.util.regex.Pattern;

/// The forms that names have (k8s.io/apimachinery `util/validation`).
final class Syntax {
  static final int LABEL_LENGTH = 63;
  static final int SUBDOMAIN_LENGTH = 253;

  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern OLD_LABEL = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern QUALIFIED =
      Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
  private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]+");

  private Syntax() {}

  /// RFC 1123: `web-1`.
  static boolean isLabel(String text) {
    return text.length() <= LABEL_LENGTH && LABEL.matcher(text).matches();
  }

  /// RFC 1035: begins with a letter.
  static boolean isOldLabel(String text) {
    return text.length() <= LABEL_LENGTH && OLD_LABEL.matcher(text).matches();
  }

  /// RFC 1123: `web.example`.
  static boolean isSubdomain(String text) {
    return text.length() <= SUBDOMAIN_LENGTH && SUBDOMAIN.matcher(text).matches();
  }

  /// The key of a label: `app.kubernetes.io/name`.
  static boolean isQualifiedName(String text) {
    int slash = text.indexOf('/');
    var name = text.substring(slash + 1);
    return name.length() <= LABEL_LENGTH
        && QUALIFIED.matcher(name).matches()
        && (slash < 0 || isSubdomain(text.substring(0, slash)));
  }

  static boolean isLabelValue(String text) {
    return text.isEmpty() || (text.length() <= LABEL_LENGTH && QUALIFIED.matcher(text).matches());
  }

  /// The key of a ConfigMap.
  static boolean isDataKey(String text) {
    return text.length() <= SUBDOMAIN_LENGTH
        && KEY.matcher(text).matches()
        && !text.equals(".")
        && !text.startsWith("..");
  }
}
