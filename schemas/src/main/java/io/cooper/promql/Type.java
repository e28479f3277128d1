package io.cooper.promql;

/// What an expression evaluates to.
public enum Type {
  SCALAR("a scalar"),
  STRING("a string"),
  VECTOR("an instant vector"),
  MATRIX("a range vector");

  private final String title;

  Type(String title) {
    this.title = title;
  }

  /// Its name in a sentence, with the article.
  public String title() {
    return title;
  }
}
