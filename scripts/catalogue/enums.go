package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// The saved answers were given with OpenAPIEnums=false, while an API server as it comes publishes the values
// of enumerations. They stand in the definitions that the server is compiled with; from there they are added.

// addEnums adds the values of enumerations to the definitions of a Kubernetes release.
func (r *release) addEnums(folder string) error {
	file, err := parser.ParseFile(token.NewFileSet(),
		filepath.Join(folder, "pkg/generated/openapi/zz_generated.openapi.go"), nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	functions := map[string]*ast.FuncDecl{}
	for _, declaration := range file.Decls {
		if function, is := declaration.(*ast.FuncDecl); is {
			functions[function.Name.Name] = function
		}
	}
	for name, text := range r.definitions {
		function, known := functions[functionOf(name)]
		if !known {
			continue
		}
		schema, err := parsed(text)
		if err != nil {
			return err
		}
		for field, literal := range fields(function) {
			addEnum(at(schema, "properties", field), literal)
		}
		r.definitions[name] = canonical(schema)
	}
	return nil
}

// functionOf names the function that makes a definition: schema_k8sio_api_core_v1_Container.
func functionOf(definition string) string {
	path := strings.TrimPrefix(definition, "io.k8s.")
	if rest, is := strings.CutPrefix(path, "api."); is {
		return "schema_k8sio_api_" + strings.ReplaceAll(rest, ".", "_")
	}
	_, rest, _ := strings.Cut(path, ".pkg.")
	return "schema_pkg_" + strings.ReplaceAll(rest, ".", "_")
}

// fields finds the schemas of a definition's properties in the text of its function.
func fields(function *ast.FuncDecl) map[string]ast.Expr {
	found := map[string]ast.Expr{}
	ast.Inspect(function, func(node ast.Node) bool {
		pair, is := node.(*ast.KeyValueExpr)
		if !is || len(found) > 0 || keyOf(pair) != "Properties" {
			return len(found) == 0
		}
		properties, _ := pair.Value.(*ast.CompositeLit)
		for _, element := range properties.Elts {
			property := element.(*ast.KeyValueExpr)
			found[keyOf(property)] = property.Value
		}
		return false
	})
	return found
}

// addEnum adds what a schema's text enumerates to the schema, and the same for its items.
func addEnum(schema map[string]any, literal ast.Expr) {
	if schema == nil {
		return
	}
	properties := value(literal, "SchemaProps")
	if values, is := value(properties, "Enum").(*ast.CompositeLit); is {
		var list []any
		for _, element := range values.Elts {
			text, err := strconv.Unquote(element.(*ast.BasicLit).Value)
			check(err)
			list = append(list, text)
		}
		schema["enum"] = list
	}
	if items := value(value(properties, "Items"), "Schema"); items != nil {
		addEnum(at(schema, "items"), items)
	}
	if values := value(value(properties, "AdditionalProperties"), "Schema"); values != nil {
		addEnum(at(schema, "additionalProperties"), values)
	}
}

// value is what stands behind a key of a struct's text; nil if the key is not there.
func value(literal ast.Expr, key string) ast.Expr {
	if address, is := literal.(*ast.UnaryExpr); is {
		literal = address.X
	}
	composite, is := literal.(*ast.CompositeLit)
	if !is {
		return nil
	}
	for _, element := range composite.Elts {
		if pair, is := element.(*ast.KeyValueExpr); is && keyOf(pair) == key {
			return pair.Value
		}
	}
	return nil
}

func keyOf(pair *ast.KeyValueExpr) string {
	switch key := pair.Key.(type) {
	case *ast.Ident:
		return key.Name
	case *ast.BasicLit:
		text, err := strconv.Unquote(key.Value)
		check(err)
		return text
	}
	return ""
}
