package io.cooper.manifest;

/// Steps over the anchor and the tag before a value.
final class Properties {
  private final String text;
  private final String file;
  private int index;
  private int line;
  private int column;

  private Properties(String text, int index, Place place) {
    this.text = text;
    this.file = place.file();
    this.index = index;
    this.line = place.line();
    this.column = place.column();
  }

  /// The place of what follows.
  ///
  /// @param index of the first character of the first property
  /// @param place of that character
  static Place skip(String text, int index, Place place) {
    var here = new Properties(text, index, place);
    while (here.at('&') || here.at('!')) {
      here.word();
      here.space();
    }
    return new Place(here.file, here.line, here.column);
  }

  private boolean at(char wanted) {
    return index < text.length() && text.charAt(index) == wanted;
  }

  private void word() {
    while (index < text.length() && " \t\r\n,[]{}".indexOf(text.charAt(index)) < 0) {
      step();
    }
  }

  private void space() {
    while (index < text.length() && " \t\r\n#".indexOf(text.charAt(index)) >= 0) {
      if (at('#')) {
        while (index < text.length() && !at('\n')) {
          step();
        }
      } else {
        step();
      }
    }
  }

  private void step() {
    int character = text.codePointAt(index);
    index += Character.charCount(character);
    column++;
    if (character == '\n' || (character == '\r' && !at('\n'))) {
      line++;
      column = 1;
    }
  }
}
