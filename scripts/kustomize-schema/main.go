// Prints what kustomize's built-in schema of Kubernetes says about merging, one definition a line:
//
//	NAME TAB GROUP/VERSION/KIND,… TAB NAMES IT REFERS TO,… TAB JSON
//
// Only the fields that kyaml looks at when it merges (walk.Walker, schema.ResourceSchema) are kept. Every kyaml from
// 0.14.0 to 0.21.1, which is kustomize 5.0 to 5.8, embeds the same file.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	pb "github.com/google/gnostic-models/openapiv2"
	"google.golang.org/protobuf/proto"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/openapi/kubernetesapi"
)

var kept = []string{"$ref", "type", "items", "additionalProperties", "properties", "x-kubernetes-group-version-kind",
	"x-kubernetes-patch-merge-key", "x-kubernetes-patch-strategy", "x-kubernetes-list-map-keys", "x-kubernetes-list-type"}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "kustomize-schema:", err)
		os.Exit(1)
	}
}

func run() error {
	definitions, err := definitions()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	fmt.Fprintf(out, "# The schema of Kubernetes inside kustomize (kyaml %s), made by scripts/build-kustomize-schema\n",
		kubernetesapi.DefaultOpenAPI)
	names := make([]string, 0, len(definitions))
	for name := range definitions {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		slim := reduced(definitions[name].(map[string]any))
		text, err := json.Marshal(slim)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", name, strings.Join(kinds(slim), ","), strings.Join(references(slim), ","), text)
	}
	return nil
}

func definitions() (map[string]any, error) {
	asset := "kubernetesapi/" + strings.ReplaceAll(kubernetesapi.DefaultOpenAPI, ".", "_") + "/swagger.pb"
	document := &pb.Document{}
	if err := proto.Unmarshal(kubernetesapi.OpenAPIMustAsset[kubernetesapi.DefaultOpenAPI](asset), document); err != nil {
		return nil, err
	}
	var swagger spec.Swagger
	if _, err := swagger.FromGnostic(document); err != nil {
		return nil, err
	}
	text, err := json.Marshal(swagger.Definitions)
	if err != nil {
		return nil, err
	}
	var parsed map[string]any
	return parsed, json.Unmarshal(text, &parsed)
}

func reduced(schema map[string]any) map[string]any {
	slim := map[string]any{}
	for _, field := range kept {
		value, there := schema[field]
		if !there {
			continue
		}
		switch inner, isMap := value.(map[string]any); {
		case field == "properties":
			properties := map[string]any{}
			for name, property := range inner {
				properties[name] = reduced(property.(map[string]any))
			}
			slim[field] = properties
		case isMap:
			slim[field] = reduced(inner)
		default:
			slim[field] = value
		}
	}
	return slim
}

func kinds(schema map[string]any) []string {
	var found []string
	list, _ := schema["x-kubernetes-group-version-kind"].([]any)
	for _, each := range list {
		kind := each.(map[string]any)
		found = append(found, fmt.Sprintf("%s/%s/%s", kind["group"], kind["version"], kind["kind"]))
	}
	return found
}

func references(value any) []string {
	found := map[string]bool{}
	collect(value, found)
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func collect(value any, found map[string]bool) {
	switch inner := value.(type) {
	case map[string]any:
		if reference, isText := inner["$ref"].(string); isText {
			found[reference[strings.LastIndex(reference, "/")+1:]] = true
		}
		for _, each := range inner {
			collect(each, found)
		}
	case []any:
		for _, each := range inner {
			collect(each, found)
		}
	}
}
