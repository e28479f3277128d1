package io.cooper.policy.cnpg;

import io.cooper.manifest.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The shell commands that a Markdown file tells somebody to type: those in fenced blocks that are
/// marked as shell, or as nothing.
final class Runbook {
  private static final Pattern FENCE = Pattern.compile("^\\s{0,8}(```+|~~~+)\\s*([\\w-]*).*$");
  private static final Set<String> SHELLS =
      Set.of("", "sh", "bash", "shell", "console", "zsh", "shellsession", "terminal");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|([^\\s'\"]+)");

  private Runbook() {}

  /// One line that is typed, with the lines that continue it.
  ///
  /// @param place of its first line
  /// @param text without a prompt, in one line
  record Typed(Place place, String text) {
    /// The commands of a pipe or a list, in order.
    List<Command> commands() {
      return Stream.of(text.split("\\|\\||&&|[|;]"))
          .map(part -> new Command(words(part)))
          .filter(command -> !command.words().isEmpty())
          .toList();
    }

    /// The file that the output goes to.
    Optional<String> output() {
      var matcher = Pattern.compile(">>?\\s*([\\w./-]+)").matcher(text);
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
  }

  /// A command with its arguments.
  record Command(List<String> words) {
    private static final Set<String> WITH_VALUE =
        Set.of(
            "-n",
            "--namespace",
            "-l",
            "--selector",
            "-o",
            "--output",
            "-c",
            "--container",
            "--context",
            "--kubeconfig",
            "-p",
            "--patch",
            "--type",
            "-f",
            "--filename");

    boolean starts(String... with) {
      return words.size() >= with.length
          && Arrays.asList(with).equals(words.subList(0, with.length));
    }

    boolean has(String word) {
      return words.contains(word);
    }

    boolean hasAny(String... some) {
      return Arrays.stream(some).anyMatch(words::contains);
    }

    /// The arguments behind so many words, without options and their values.
    List<String> operands(int skip) {
      var operands = new ArrayList<String>();
      for (int i = skip; i < words.size(); i++) {
        var word = words.get(i);
        if (WITH_VALUE.contains(word)) {
          i++;
        } else if (!word.startsWith("-")) {
          operands.add(word);
        }
      }
      return operands;
    }

    /// The kind and the name in `kind name` or `kind/name`, the kind in lower case without a group.
    Optional<Named> named(int skip) {
      var operands = operands(skip);
      if (operands.isEmpty()) {
        return Optional.empty();
      }
      var first = operands.getFirst();
      int slash = first.indexOf('/');
      if (slash < 0 && operands.size() < 2) {
        return Optional.empty();
      }
      var kind = slash < 0 ? first : first.substring(0, slash);
      var name = slash < 0 ? operands.get(1) : first.substring(slash + 1);
      return Optional.of(new Named(kind.replaceFirst("\\..*$", "").toLowerCase(Locale.ROOT), name));
    }
  }

  /// A kind as somebody types it, and a name.
  record Named(String kind, String name) {
    /// Whether it means a kind: its name, its plural, or a short name.
    boolean isKind(String wanted, String... shortNames) {
      var lower = wanted.toLowerCase(Locale.ROOT);
      return kind.equals(lower)
          || kind.equals(lower + "s")
          || kind.equals(lower + "es")
          || (lower.endsWith("y") && kind.equals(lower.substring(0, lower.length() - 1) + "ies"))
          || Arrays.asList(shortNames).contains(kind);
    }
  }

  /// What a file tells somebody to type.
  static List<Typed> in(String file, String markdown) {
    var typed = new ArrayList<Typed>();
    var lines = markdown.lines().toList();
    var fence = "";
    boolean shell = false;
    for (int i = 0; i < lines.size(); i++) {
      var matcher = FENCE.matcher(lines.get(i));
      if (fence.isEmpty() && matcher.matches()) {
        fence = matcher.group(1);
        shell = SHELLS.contains(matcher.group(2).toLowerCase(Locale.ROOT));
      } else if (matcher.matches() && matcher.group(1).startsWith(fence)) {
        fence = "";
      } else if (!fence.isEmpty() && shell) {
        int first = i;
        var text = new StringBuilder(lines.get(i).strip());
        while (text.toString().endsWith("\\") && i + 1 < lines.size()) {
          text.setLength(text.length() - 1);
          text.append(lines.get(++i).strip());
        }
        var command = text.toString().replaceFirst("^[$#>] ", "").strip();
        if (!command.isEmpty() && !text.toString().startsWith("#")) {
          typed.add(new Typed(new Place(file, first + 1, column(lines.get(first))), command));
        }
      }
    }
    return typed;
  }

  private static int column(String line) {
    return line.length() - line.stripLeading().length() + 1;
  }

  private static List<String> words(String text) {
    var words = new ArrayList<String>();
    var matcher = WORD.matcher(text.strip());
    int end = -1;
    while (matcher.find()) {
      var word =
          Stream.of(1, 2, 3)
              .map(matcher::group)
              .filter(group -> group != null)
              .findFirst()
              .orElse("");
      if (matcher.start() == end) {
        words.set(words.size() - 1, words.getLast() + word);
      } else {
        words.add(word);
      }
      end = matcher.end();
    }
    if (!words.isEmpty() && words.getFirst().equals("sudo")) {
      words.removeFirst();
    }
    return leadingOptionsLast(words);
  }

  /// `kubectl -n x get` is `kubectl get -n x`.
  private static List<String> leadingOptionsLast(List<String> words) {
    int end = 1;
    while (end < words.size() && words.get(end).startsWith("-")) {
      end += Command.WITH_VALUE.contains(words.get(end)) ? 2 : 1;
    }
    if (end <= 1 || end >= words.size()) {
      return words;
    }
    var sorted = new ArrayList<>(words.subList(0, 1));
    sorted.addAll(words.subList(end, words.size()));
    sorted.addAll(words.subList(1, end));
    return sorted;
  }
}
