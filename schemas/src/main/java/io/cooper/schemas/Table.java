package io.cooper.schemas;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads the tables that lie beside this class: a line a row, cells parted by tabs, `#` for
/// remarks.
final class Table {
  private Table() {}

  static List<Row> read(String name) {
    try (var lines =
        new BufferedReader(new InputStreamReader(open(name), StandardCharsets.UTF_8))) {
      var rows = new ArrayList<Row>();
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isEmpty() && line.charAt(0) != '#') {
          rows.add(Row.of(line));
        }
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @throws IllegalStateException if the program was put together without that file
  static InputStream open(String name) {
    var stream = Table.class.getResourceAsStream(name);
    if (stream == null) {
      throw new IllegalStateException("the catalogue lacks its file " + name);
    }
    return stream;
  }

  /// One line of a table.
  record Row(List<String> cells) {
    private static Row of(String line) {
      var cells = new ArrayList<String>(6);
      int start = 0;
      for (int end = line.indexOf('\t'); end >= 0; end = line.indexOf('\t', start)) {
        cells.add(line.substring(start, end));
        start = end + 1;
      }
      cells.add(line.substring(start));
      return new Row(cells);
    }

    /// The text of a cell; empty if the line has fewer.
    String cell(int index) {
      return index < cells.size() ? cells.get(index) : "";
    }
  }
}
