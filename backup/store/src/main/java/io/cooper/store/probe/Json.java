package io.cooper.store.probe;

/// JSON text as it grows.
final class Json {
  private final StringBuilder text = new StringBuilder();

  Json open(char bracket) {
    separate().text.append(bracket);
    return this;
  }

  Json close(char bracket) {
    text.append(bracket);
    return this;
  }

  Json key(String name) {
    separate().string(name).text.append(':');
    return this;
  }

  Json field(String name, String value) {
    return key(name).string(value);
  }

  Json field(String name, long value) {
    key(name).text.append(value);
    return this;
  }

  Json field(String name, boolean value) {
    key(name).text.append(value);
    return this;
  }

  private Json separate() {
    char last = text.isEmpty() ? '[' : text.charAt(text.length() - 1);
    if (last != '[' && last != '{' && last != ':') {
      text.append(',');
    }
    return this;
  }

  private Json string(String value) {
    text.append('"');
    for (int at = 0; at < value.length(); at++) {
      char character = value.charAt(at);
      switch (character) {
        case '"', '\\' -> text.append('\\').append(character);
        default -> {
          if (character < ' ') {
            text.append("\\u%04x".formatted((int) character));
          } else {
            text.append(character);
          }
        }
      }
    }
    text.append('"');
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
