package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// addLike makes a release whose module cannot be had from one that can, less what came in between.
// Each change is a field of the definition, `spec.logLevel`, or a value of its enum, `spec.compression=lz4`.
func (s source) addLike(r *release, made []release) error {
	for _, base := range made {
		if base.product == s.product && base.version == s.version {
			r.kinds = slices.Clone(base.kinds)
			r.definitions = maps.Clone(base.definitions)
			return s.without(r)
		}
	}
	return fmt.Errorf("%s %s: there is no %s above it in the table", s.product, s.release, s.version)
}

func (s source) without(r *release) error {
	for _, change := range s.packages {
		found := false
		for name, text := range r.definitions {
			schema, err := parsed(text)
			if err != nil {
				return err
			}
			if drop(schema, change) {
				found = true
				r.definitions[name] = canonical(schema)
			}
		}
		if !found {
			return fmt.Errorf("%s %s: no definition has %s", s.product, s.release, change)
		}
	}
	return nil
}

func drop(schema map[string]any, change string) bool {
	path, value, isValue := strings.Cut(change, "=")
	steps := strings.Split(path, ".")
	for _, step := range steps[:len(steps)-1] {
		schema = below(schema, step)
	}
	last := steps[len(steps)-1]
	if isValue {
		return dropValue(below(schema, last), value)
	}
	properties := at(schema, "properties")
	_, has := properties[last]
	delete(properties, last)
	return has
}

// below follows one step of a path; `[]` goes to the items of a list.
func below(schema map[string]any, step string) map[string]any {
	if step == "[]" {
		return at(schema, "items")
	}
	return at(schema, "properties", step)
}

func dropValue(schema map[string]any, value string) bool {
	values, _ := schema["enum"].([]any)
	kept := slices.DeleteFunc(slices.Clone(values), func(each any) bool { return each == value })
	if len(kept) == len(values) {
		return false
	}
	schema["enum"] = kept
	return true
}
