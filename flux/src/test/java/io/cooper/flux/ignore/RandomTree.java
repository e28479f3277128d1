package io.cooper.flux.ignore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// A small tree with ignore files that are likely to hit something, the same for the same seed.
///
/// @param files regular files by path, with their text
/// @param links symbolic links by path, with their target
/// @param asked paths to ask about: all files and folders, and some that do not exist
record RandomTree(Map<String, String> files, Map<String, String> links, Collection<String> asked) {

  private static final List<String> NAMES =
      List.of(
          "a",
          "b",
          "ab",
          "abc",
          "foo",
          "bar",
          "A",
          "Foo",
          "FOO.yaml",
          "foo.yaml",
          "a.yml",
          "backup.yaml",
          "pg-backup.yaml",
          "x y",
          "tail ",
          "#hash",
          "!bang",
          "[ab]",
          "a*b",
          "a?b",
          "back\\slash",
          "é",
          "日本",
          "-",
          "]",
          "a-b",
          "1",
          "z9",
          ".hidden",
          "build");

  private static final List<String> PIECES =
      List.of(
          "*",
          "*",
          "*",
          "**",
          "**",
          "***",
          "?",
          "?",
          "/",
          "/",
          "/",
          "/**/",
          "**/",
          "/**",
          "[ab]",
          "[!a]",
          "[^a]",
          "[a-c]",
          "[A-Z]",
          "[a-]",
          "[]a]",
          "[!]a]",
          "[[:alpha:]]",
          "[[:upper:]]",
          "[[:digit:]a]",
          "[[:space:]]",
          "[[:punct:]]",
          "[[:alnum:]-]",
          "[[:nope:]]",
          "[[:alpha]",
          "[a",
          "[\\]]",
          "[a-\\c]",
          "[b-a]",
          "\\",
          "\\*",
          "\\?",
          "\\a",
          "\\A",
          "\\/",
          "\\ ",
          " ",
          "  ",
          ".",
          ".yaml",
          "é",
          "\t");

  /// Makes one.
  ///
  /// @param listName name of the ignore files
  static RandomTree of(long seed, String listName) {
    return new Maker(new Random(seed)).tree(listName);
  }

  /// Lines of an ignore file.
  static String list(Random random) {
    return new Maker(random).list();
  }

  private record Maker(Random random) {
    RandomTree tree(String listName) {
      var folders = new ArrayList<>(List.of(""));
      for (int i = random.nextInt(6); i >= 0; i--) {
        var folder = Paths.below(any(folders), name());
        if (!folders.contains(folder)) {
          folders.add(folder);
        }
      }
      var files = new LinkedHashMap<String, String>();
      for (int i = 4 + random.nextInt(10); i > 0; i--) {
        var path = Paths.below(any(folders), name());
        if (!folders.contains(path)) {
          files.put(path, "");
        }
      }
      var links = new LinkedHashMap<String, String>();
      if (random.nextInt(3) == 0) {
        var path = Paths.below(any(folders), name());
        if (!folders.contains(path) && !files.containsKey(path)) {
          links.put(path, random.nextBoolean() ? "." : "nowhere");
        }
      }
      for (var folder : folders) {
        if (folder.isEmpty() || random.nextInt(3) == 0) {
          files.put(Paths.below(folder, listName), list());
        }
      }
      Set<String> asked = new LinkedHashSet<>(files.keySet());
      asked.addAll(links.keySet());
      folders.stream().filter(folder -> !folder.isEmpty()).forEach(asked::add);
      for (int i = 0; i < 8; i++) {
        var path = Paths.below(any(folders), name());
        path = random.nextBoolean() ? path : path + "/" + name();
        if (below(links.keySet(), path) || below(files.keySet(), path)) {
          continue;
        }
        asked.add(path);
      }
      return new RandomTree(files, links, asked);
    }

    private static boolean below(Collection<String> files, String path) {
      return files.stream().anyMatch(file -> path.startsWith(file + "/"));
    }

    String list() {
      var text = new StringBuilder(random.nextInt(8) == 0 ? "\uFEFF" : "");
      for (int i = random.nextInt(7); i >= 0; i--) {
        text.append(line()).append(random.nextInt(6) == 0 ? "\r\n" : "\n");
      }
      if (random.nextInt(4) == 0) {
        text.append(line());
      }
      return text.toString();
    }

    private String line() {
      var line = new StringBuilder();
      switch (random.nextInt(12)) {
        case 0 -> line.append('!').append('/');
        case 1, 2, 3 -> line.append('!');
        case 4 -> line.append('#');
        case 5, 6 -> line.append('/');
        case 7 -> line.append("\\");
        default -> {}
      }
      for (int i = random.nextInt(4); i >= 0; i--) {
        line.append(random.nextInt(5) < 2 ? any(PIECES) : part());
        if (random.nextInt(5) == 0) {
          line.append('/');
        }
      }
      switch (random.nextInt(8)) {
        case 0 -> line.append(' ');
        case 1 -> line.append("\\ ");
        case 2, 3 -> line.append('/');
        default -> {}
      }
      return line.toString();
    }

    /// A name, or the beginning or end of one with a star for the rest.
    private String part() {
      var name = name();
      int cut = random.nextInt(name.length());
      return switch (random.nextInt(4)) {
        case 0 -> "*" + name.substring(cut);
        case 1 -> name.substring(0, cut) + "*";
        default -> name;
      };
    }

    private String name() {
      return any(NAMES);
    }

    private <T> T any(List<T> list) {
      return list.get(random.nextInt(list.size()));
    }
  }
}
