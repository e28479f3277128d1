package io.cooper.flux.render.kustomize;

import io.cooper.flux.render.RenderProblem;
import io.cooper.flux.render.RenderProblem.Kind;
import io.cooper.manifest.YamlFile.Fault;
import java.util.List;
import java.util.Optional;

/// Whether files keep within what kustomize may be given. It has no limits of its own: a page of
/// aliases keeps it busy for hours. Parsing every file here would cost as much as the build, so a
/// glance at the bytes tells which ones the bounded reader has to look at.
final class Bounds {
  /// Three to the power of a third of it, times the size of the file, is what so few can unfold to.
  private static final int ALIASES = 8;

  private static final int DEPTH = 64;
  private static final int INDENTATION = 2 * DEPTH;

  private final SourceFiles sources;
  private final Inputs inputs;

  Bounds(SourceFiles sources, Inputs inputs) {
    this.sources = sources;
    this.inputs = inputs;
  }

  /// What forbids the build.
  List<RenderProblem> problems() {
    return inputs.manifests().stream()
        .filter(this::isSuspect)
        .flatMap(file -> sources.manifests(file).faults().stream())
        .map(Bounds::problem)
        .toList();
  }

  static RenderProblem problem(Fault fault) {
    return new RenderProblem(
        Kind.BUILD,
        fault.place(),
        fault.problem().what(),
        fault.problem().remedy(),
        Optional.of(fault.place().file()));
  }

  private boolean isSuspect(String file) {
    return sources.isTooLarge(file) || isSuspect(sources.read(file));
  }

  private static boolean isSuspect(byte[] bytes) {
    int aliases = 0;
    int depth = 0;
    int indentation = 0;
    boolean leading = true;
    for (int i = 0; i < bytes.length; i++) {
      byte b = bytes[i];
      switch (b) {
        case 0 -> {
          return true;
        }
        case '*' -> aliases += isAlias(bytes, i) ? 1 : 0;
        case '[', '{' -> depth++;
        case ']', '}' -> depth--;
        default -> {}
      }
      leading = b == '\n' || (leading && (b == ' ' || b == '-' || b == '?' || b == ':'));
      indentation = b == '\n' || !leading ? 0 : indentation + 1;
      if (aliases > ALIASES || depth > DEPTH || indentation > INDENTATION) {
        return true;
      }
    }
    return false;
  }

  /// A star in front of a name and not inside a word: neither emphasis nor a schedule.
  private static boolean isAlias(byte[] bytes, int index) {
    return index > 0
        && index + 1 < bytes.length
        && " \t\n[{,".indexOf(bytes[index - 1]) >= 0
        && Character.isLetterOrDigit(bytes[index + 1]);
  }
}
