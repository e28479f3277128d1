package io.cooper.manifest;

import io.cooper.manifest.YamlFile.Fault;
import java.util.ArrayList;
import java.util.List;

/// The documents of one text, one after the other: each by the quick reader, and by the YAML
/// library where that is not sure. Used once, by one thread.
final class Documents {
  private static final String SEPARATOR = "---\n";

  private final String file;
  private final String text;
  private final Dialect dialect;
  private final YamlReader.Limits limits;
  private final List<Value> documents = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private boolean stopped;
  private int values;

  Documents(String file, String text, Dialect dialect, YamlReader.Limits limits) {
    this.file = file;
    this.text = text;
    this.dialect = dialect;
    this.limits = limits;
  }

  YamlFile read() {
    if (isPlainlySeparated()) {
      oneByOne();
    } else {
      byLibrary(text, 0);
    }
    return new YamlFile(documents, faults);
  }

  /// Whether something was so wrong that the rest was not read.
  boolean stopped() {
    return stopped;
  }

  /// Whether every `---` on a line of its own begins a document that stands for itself. In a text
  /// without directives it does, since nothing that goes on over it is YAML.
  private boolean isPlainlySeparated() {
    return !text.startsWith("%") && !text.contains("\n%") && text.indexOf('\r') < 0;
  }

  private void oneByOne() {
    var quick = new EmittedYaml(file, text, dialect, limits);
    int line = 1;
    int start = 0;
    while (start < text.length() && !stopped) {
      if (text.startsWith(SEPARATOR, start)) {
        start += SEPARATOR.length();
        line++;
      }
      int separator = nextSeparator(start);
      var document = quick.read(start, separator, line, values);
      if (document.isPresent()) {
        documents.add(document.get());
        values = quick.values();
      } else {
        byLibrary(text.substring(start, separator), line - 1);
      }
      line += lines(start, separator);
      start = separator;
    }
  }

  private int nextSeparator(int from) {
    if (text.startsWith(SEPARATOR, from)) {
      return from;
    }
    int found = text.indexOf("\n" + SEPARATOR, from);
    return found < 0 ? text.length() : found + 1;
  }

  private int lines(int from, int to) {
    int lines = 0;
    for (int i = text.indexOf('\n', from); i >= 0 && i < to; i = text.indexOf('\n', i + 1)) {
      lines++;
    }
    return lines;
  }

  private void byLibrary(String part, int linesBefore) {
    var pass = new Pass(file, part, dialect, limits, linesBefore, values);
    var read = pass.read();
    documents.addAll(read.documents());
    faults.addAll(read.faults());
    values = pass.values();
    stopped = pass.stopped();
  }
}
