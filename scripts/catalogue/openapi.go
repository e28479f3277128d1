package main

import (
	"os"
	"path/filepath"
	"strings"
)

// addOpenAPI adds what a kube-apiserver published under /openapi/v3, as its module keeps it.
func (s source) addOpenAPI(r *release, work string) error {
	folder, err := s.folder(work)
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(folder, "api/openapi-spec/v3/api*__v*_openapi.json"))
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		document, err := parsed(text)
		if err != nil {
			return err
		}
		r.addDocument(document)
	}
	return r.addEnums(folder)
}

// addDocument adds one group and version: every kind that can be created, and all definitions they reach.
func (r *release) addDocument(document map[string]any) {
	schemas := at(document, "components", "schemas")
	for path, item := range at(document, "paths") {
		create := at(item, "post")
		if create == nil || isSubresource(path) {
			continue
		}
		made := at(create, "x-kubernetes-group-version-kind")
		group, version, name := text(made["group"]), text(made["version"]), text(made["kind"])
		definition := definitionOf(schemas, group, version, name)
		if definition == "" {
			continue
		}
		apiVersion := strings.TrimPrefix(group+"/"+version, "/")
		namespaced := strings.Contains(path, "/namespaces/{namespace}/")
		r.addKind(kind{apiVersion, name, namespaced, definition, ""})
		r.addDefinition(schemas, definition)
	}
}

// isSubresource tells /…/pods/{name}/binding from /…/pods.
func isSubresource(path string) bool {
	return strings.Contains(strings.Replace(path, "/namespaces/{namespace}/", "/", 1), "{")
}

func (r *release) addKind(added kind) {
	for _, known := range r.kinds {
		if known.apiVersion == added.apiVersion && known.name == added.name {
			return
		}
	}
	r.kinds = append(r.kinds, added)
}

func (r *release) addDefinition(schemas map[string]any, name string) {
	if _, known := r.definitions[name]; known {
		return
	}
	schema := bare(schemas[name])
	r.definitions[name] = canonical(schema)
	for _, target := range references(schema) {
		r.addDefinition(schemas, target)
	}
}

func definitionOf(schemas map[string]any, group, version, kind string) string {
	for name, schema := range schemas {
		list, _ := at(schema)["x-kubernetes-group-version-kind"].([]any)
		for _, each := range list {
			gvk := at(each)
			if text(gvk["group"]) == group && text(gvk["version"]) == version && text(gvk["kind"]) == kind {
				return name
			}
		}
	}
	return ""
}

func at(value any, path ...string) map[string]any {
	here, _ := value.(map[string]any)
	for _, step := range path {
		here, _ = here[step].(map[string]any)
	}
	return here
}

func text(value any) string {
	text, _ := value.(string)
	return text
}
