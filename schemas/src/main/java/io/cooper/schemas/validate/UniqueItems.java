package io.cooper.schemas.validate;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.keyword.AbstractKeyword;
import com.networknt.schema.keyword.BaseKeywordValidator;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.path.NodePath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// No two items of a list are the same: the same value in a set, the same keys in a list that is a
/// map (`x-kubernetes-list-type`). Server-side apply, which Flux uses, refuses duplicates
/// everywhere (structured-merge-diff: "duplicate entries for key").
///
/// The keyword's value is a map from each key to its default, or to null where it has none; a set
/// has no keys.
final class UniqueItems extends AbstractKeyword {
  static final String NAME = "x-cooper-unique";

  /// Under this name an error holds the index of the second one.
  static final String INDEX = "index";

  /// Under this name an error holds the index of the first one.
  static final String FIRST = "first";

  /// Under this name an error holds what both share, in words.
  static final String SHARED = "shared";

  UniqueItems() {
    super(NAME);
  }

  @Override
  public KeywordValidator newValidator(
      SchemaLocation location, JsonNode node, Schema parent, SchemaContext context) {
    return new Validator(this, node, location, parent, context);
  }

  private static final class Validator extends BaseKeywordValidator {
    private final Map<String, JsonNode> keys = new HashMap<>();

    Validator(
        Keyword keyword,
        JsonNode node,
        SchemaLocation location,
        Schema parent,
        SchemaContext context) {
      super(keyword, node, location, parent, context);
      node.forEachEntry(keys::put);
    }

    @Override
    public void validate(
        ExecutionContext context, JsonNode node, JsonNode root, NodePath location) {
      if (!node.isArray() || node.size() < 2) {
        return;
      }
      var first = new HashMap<Object, Integer>();
      for (int i = 0; i < node.size(); i++) {
        var key = key(node.get(i));
        var before = key.isEmpty() ? null : first.putIfAbsent(key, i);
        if (before != null) {
          context.addError(
              error()
                  .instanceNode(node)
                  .instanceLocation(location)
                  .evaluationPath(context.getEvaluationPath())
                  .message("duplicate")
                  .details(Map.of(INDEX, i, FIRST, before, SHARED, shared(node.get(i))))
                  .build());
        }
      }
    }

    /// What tells an item from others; nothing if it has none of the keys, which is another error.
    private List<JsonNode> key(JsonNode item) {
      if (keys.isEmpty()) {
        return List.of(item);
      }
      var key = new ArrayList<JsonNode>();
      boolean named = false;
      for (var name : keys.keySet()) {
        named |= item.has(name);
        key.add(item.has(name) ? item.get(name) : keys.get(name));
      }
      return named ? key : List.of();
    }

    private String shared(JsonNode item) {
      if (keys.isEmpty()) {
        return item.toString();
      }
      var words = new ArrayList<String>();
      keys.forEach((name, fallback) -> {
        var value = item.has(name) ? item.get(name) : fallback;
        if (!value.isNull()) {
          words.add(name + " " + (value.isString() ? value.stringValue() : value.toString()));
        }
      });
      words.sort(null);
      return String.join(", ", words);
    }
  }
}
