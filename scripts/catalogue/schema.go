package main

import (
	"bytes"
	"encoding/json"
	"strings"
)

const components = "#/components/schemas/"

// Where a schema holds schemas: under each key one, a list of them, or one under each name.
var (
	holdsOne  = []string{"items", "additionalProperties", "not"}
	holdsList = []string{"allOf", "anyOf", "oneOf"}
	holdsMap  = []string{"properties", "patternProperties", "definitions"}
)

// bare gives a schema without words for people, and with references by the bare name of a definition.
// A property that is called description stays.
func bare(value any) any {
	schema, isSchema := value.(map[string]any)
	if !isSchema {
		return value // additionalProperties: false
	}
	made := map[string]any{}
	for key, each := range schema {
		switch key {
		case "description", "title", "example", "externalDocs":
		default:
			made[key] = each
		}
	}
	for _, key := range holdsOne {
		if inner, has := made[key]; has {
			made[key] = bare(inner)
		}
	}
	for _, key := range holdsList {
		if list, has := made[key].([]any); has {
			changed := make([]any, len(list))
			for i, inner := range list {
				changed[i] = bare(inner)
			}
			made[key] = changed
		}
	}
	for _, key := range holdsMap {
		if names, has := made[key].(map[string]any); has {
			changed := map[string]any{}
			for name, inner := range names {
				changed[name] = bare(inner)
			}
			made[key] = changed
		}
	}
	if target, refers := made["$ref"].(string); refers {
		made["$ref"] = strings.TrimPrefix(target, components)
	}
	// The API server wraps a reference that has a default or a description: {"allOf": [{"$ref": …}]}.
	if list, wraps := made["allOf"].([]any); wraps && len(made) == 1 && len(list) == 1 {
		return list[0]
	}
	return made
}

// references names the definitions that a bare schema refers to.
func references(value any) []string {
	var found []string
	switch value := value.(type) {
	case map[string]any:
		for key, each := range value {
			if target, is := each.(string); is && key == "$ref" {
				found = append(found, target)
			} else {
				found = append(found, references(each)...)
			}
		}
	case []any:
		for _, each := range value {
			found = append(found, references(each)...)
		}
	}
	return found
}

// canonical gives the one text of a value: keys sorted, no spaces.
func canonical(value any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // it came from JSON
	}
	return bytes.TrimSpace(text.Bytes())
}
