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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// An object has no other fields than those that its schema names: `additionalProperties: false`
/// that says what the names are.
final class KnownFields extends AbstractKeyword {
  static final String NAME = "x-cooper-known-fields";

  /// Under this name an error holds the field that is not known.
  static final String FIELD = "field";

  /// Under this name an error holds those that are.
  static final String KNOWN = "known";

  KnownFields() {
    super(NAME);
  }

  @Override
  public KeywordValidator newValidator(
      SchemaLocation location, JsonNode node, Schema parent, SchemaContext context) {
    return new Validator(this, node, location, parent, context);
  }

  private static final class Validator extends BaseKeywordValidator {
    private final Set<String> known;

    Validator(
        Keyword keyword,
        JsonNode node,
        SchemaLocation location,
        Schema parent,
        SchemaContext context) {
      super(keyword, node, location, parent, context);
      this.known = Set.copyOf(parent.getSchemaNode().path("properties").propertyNames());
    }

    @Override
    public void validate(
        ExecutionContext context, JsonNode node, JsonNode root, NodePath location) {
      if (!node.isObject()) {
        return;
      }
      for (var field : node.propertyNames()) {
        if (!known.contains(field)) {
          context.addError(
              error()
                  .instanceNode(node)
                  .instanceLocation(location)
                  .evaluationPath(context.getEvaluationPath())
                  .message("unknown field")
                  .details(Map.of(FIELD, field, KNOWN, List.copyOf(new TreeSet<>(known))))
                  .build());
        }
      }
    }
  }
}
