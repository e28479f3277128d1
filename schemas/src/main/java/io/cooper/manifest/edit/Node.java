package io.cooper.manifest.edit;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

/// A value as it stands in the text, which is more than it means: where it ends, how it is quoted,
/// whether it is shared. Offsets count UTF-16 units from the start of the text.
sealed interface Node {
  /// What all have.
  ///
  /// @param start of the value, or of its anchor or tag if it has any
  /// @param line of the start, from 1
  /// @param column of the start, from 0, in code points
  /// @param anchor by which aliases know it
  /// @param decorated whether there is an anchor or a tag
  record At(int start, int line, int column, Optional<String> anchor, boolean decorated) {}

  /// A single value.
  ///
  /// @param value its characters, unquoted
  /// @param end behind its last character; for a block scalar, behind its last visible one
  record Text(At at, String value, ScalarStyle style, int end) implements Node {
    boolean isNothing() {
      return style == ScalarStyle.PLAIN && value.isEmpty();
    }

    boolean isBlock() {
      return style == ScalarStyle.LITERAL || style == ScalarStyle.FOLDED;
    }
  }

  /// A reference to another value.
  record Alias(At at, String name, int end) implements Node {}

  /// One entry of a map.
  record Entry(Node key, Node value) {
    boolean isCalled(String name) {
      return key instanceof Text text && text.value().equals(name);
    }
  }

  /// A map.
  ///
  /// @param end behind the last thing in it; for `{}`, behind the brace
  record Dict(At at, boolean flow, List<Entry> entries, int end) implements Node {
    Optional<Entry> entry(String name) {
      return entries.stream().filter(entry -> entry.isCalled(name)).findFirst();
    }
  }

  /// A list.
  ///
  /// @param end behind the last thing in it; for `[]`, behind the bracket
  record Items(At at, boolean flow, List<Node> items, int end) implements Node {}

  At at();

  /// Behind its last visible character.
  int end();

  /// Itself and everything below.
  default Stream<Node> all() {
    return switch (this) {
      case Text _, Alias _ -> Stream.of(this);
      case Dict dict ->
          Stream.concat(
              Stream.of(this),
              dict.entries().stream()
                  .flatMap(entry -> Stream.concat(entry.key().all(), entry.value().all())));
      case Items list -> Stream.concat(Stream.of(this), list.items().stream().flatMap(Node::all));
    };
  }

  /// The documents of a text.
  ///
  /// @throws org.snakeyaml.engine.v2.exceptions.YamlEngineException if it is no YAML
  static List<Node> documents(String text) {
    return new Reading(text).documents();
  }

  /// One reading of one text.
  final class Reading {
    private final String text;
    private final Iterator<Event> events;
    private int codePoint;
    private int offset;

    private Reading(String text) {
      this.text = text;
      var settings =
          LoadSettings.builder()
              .setUseMarks(true)
              .setParseComments(false)
              .setCodePointLimit(Integer.MAX_VALUE)
              .setBufferSize(Math.max(1, text.length()))
              .build();
      this.events = new Parse(settings).parseString(text).iterator();
    }

    private List<Node> documents() {
      var documents = new ArrayList<Node>();
      while (events.hasNext()) {
        if (events.next() instanceof NodeEvent node) {
          documents.add(node(node));
        }
      }
      return documents;
    }

    private Node node(Event event) {
      return switch (event) {
        case AliasEvent alias ->
            new Alias(at(alias, false), alias.getAlias().getValue(), offset(alias.getEndMark()));
        case ScalarEvent scalar -> text(scalar);
        case SequenceStartEvent start -> items(start);
        case MappingStartEvent start -> dict(start);
        default -> throw new IllegalStateException("unexpected event " + event.getEventId());
      };
    }

    private Text text(ScalarEvent scalar) {
      var at = at(scalar, scalar.getTag().isPresent());
      int end = offset(scalar.getEndMark());
      boolean block =
          scalar.getScalarStyle() == ScalarStyle.LITERAL
              || scalar.getScalarStyle() == ScalarStyle.FOLDED;
      while (block && end > at.start() && " \t\n".indexOf(text.charAt(end - 1)) >= 0) {
        end--;
      }
      return new Text(at, scalar.getValue(), scalar.getScalarStyle(), end);
    }

    private Items items(SequenceStartEvent start) {
      var at = at(start, start.getTag().isPresent());
      var items = new ArrayList<Node>();
      var event = events.next();
      for (; event.getEventId() != Event.ID.SequenceEnd; event = events.next()) {
        items.add(node(event));
      }
      boolean flow = start.isFlow();
      int end = flow || items.isEmpty() ? offset(event.getEndMark()) : items.getLast().end();
      return new Items(at, flow, items, end);
    }

    private Dict dict(MappingStartEvent start) {
      var at = at(start, start.getTag().isPresent());
      var entries = new ArrayList<Entry>();
      var event = events.next();
      for (; event.getEventId() != Event.ID.MappingEnd; event = events.next()) {
        var key = node(event);
        entries.add(new Entry(key, node(events.next())));
      }
      boolean flow = start.isFlow();
      int end =
          flow || entries.isEmpty() ? offset(event.getEndMark()) : entries.getLast().value().end();
      return new Dict(at, flow, entries, end);
    }

    private At at(NodeEvent event, boolean tagged) {
      var mark = event.getStartMark().orElseThrow();
      var anchor = event instanceof AliasEvent ? Optional.<Anchor>empty() : event.getAnchor();
      return new At(
          offset(event.getStartMark()),
          mark.getLine() + 1,
          mark.getColumn(),
          anchor.map(Anchor::getValue),
          tagged || anchor.isPresent());
    }

    /// Marks count code points.
    private int offset(Optional<Mark> mark) {
      int wanted = mark.orElseThrow().getIndex();
      offset = text.offsetByCodePoints(offset, wanted - codePoint);
      codePoint = wanted;
      return offset;
    }
  }
}
