package io.cooper.flux.render.substitute;

/// Stands for a value that only the cluster has. Fields that contain one must not be judged by
/// their format.
public final class Placeholder {
  private static final String CORE = "PLACEHOLDER_";
  private static final String LOWER_CORE = "placeholder_";
  private static final String START = ".." + CORE;
  private static final String END = "..";

  private Placeholder() {}

  /// The placeholder of a variable.
  public static String of(String variable) {
    return START + variable + END;
  }

  /// Whether a text contains one, or what an operator such as `${DOMAIN/./-}` has made of one.
  public static boolean isIn(String text) {
    return text.contains(CORE) || text.contains(LOWER_CORE);
  }
}
