package io.cooper.policy.report.html;

import java.util.List;
import java.util.Optional;

/// What the page shows, in the order in which it shows it. All of it is text that the template
/// escapes, but for what is said to be markup.
///
/// @param headline the verdict in words
/// @param tone `bad`, `risky` or `good`
/// @param facts small print: revision, versions
/// @param tiles numbers
/// @param comparing whether a change is judged
/// @param graphs one for each cluster
/// @param findings in the order of the report
/// @param kustomizations with their objects
/// @param rules those that findings carry
/// @param policy what a browser may do with this page, for its Content-Security-Policy
/// @param style markup of a style sheet
/// @param script markup of a script
public record Page(
    String headline,
    String tone,
    List<String> facts,
    List<Tile> tiles,
    boolean comparing,
    List<Graph> graphs,
    List<Item> findings,
    List<Group> kustomizations,
    List<Rule> rules,
    String policy,
    String style,
    String script) {

  /// A number. A click shows the findings that it counts, where it counts findings.
  ///
  /// @param severity of them; empty for any
  /// @param status of them; empty for any
  public record Tile(String severity, String status, int count, String word) {
    /// Whether it counts findings.
    public boolean countsFindings() {
      return !severity.isEmpty() || !status.isEmpty();
    }
  }

  /// The graph of one entry.
  ///
  /// @param title such as the folder of the entry
  /// @param svg markup
  public record Graph(String title, String svg) {}

  /// A finding.
  ///
  /// @param severity in a word
  /// @param status `introduced`, `existing` or `repaired`; empty where nothing is compared
  /// @param at `file:line`
  /// @param link to the line; empty if nobody knows
  /// @param kustomization empty if none
  /// @param object empty if none
  /// @param fix summary of a repair; empty if there is none
  /// @param edits of it
  public record Item(
      String severity,
      String status,
      String rule,
      String at,
      String link,
      String message,
      String remedy,
      String kustomization,
      String object,
      String fix,
      List<Change> edits) {}

  /// A changed line.
  public record Change(String at, String before, String after) {}

  /// A Kustomization with its objects.
  ///
  /// @param id namespace and name
  /// @param problems how many findings it has
  public record Group(String id, String path, int wave, int problems, List<Thing> objects) {}

  /// An object.
  public record Thing(String kind, String namespace, String name, String at, String link) {}

  /// A rule's page.
  public record Rule(
      String id,
      String severity,
      String demand,
      String reason,
      String remedy,
      Optional<String> docs) {}
}
