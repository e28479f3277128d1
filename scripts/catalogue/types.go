package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/controller-tools/pkg/crd"
	crdmarkers "sigs.k8s.io/controller-tools/pkg/crd/markers"
	"sigs.k8s.io/controller-tools/pkg/loader"
	"sigs.k8s.io/controller-tools/pkg/markers"
)

const (
	objectMeta  = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
	clusterWide = "genclient:nonNamespaced"
)

// addTypes adds the kinds that the module's Go types declare, as controller-gen would write them into CRDs.
func (s source) addTypes(r *release, work string) error {
	dir, paths, err := s.consumer(work)
	if err != nil {
		return err
	}
	definitions, err := customResources(dir, paths)
	if err != nil {
		return err
	}
	for _, crd := range definitions {
		for _, version := range crd.Spec.Versions {
			if err := r.addCustom(crd, version); err != nil {
				return err
			}
		}
	}
	return nil
}

func customResources(dir string, paths []string) ([]apiextensions.CustomResourceDefinition, error) {
	roots, err := loader.LoadRootsWithConfig(&packages.Config{Dir: dir, BuildFlags: []string{"-mod=mod"}}, paths...)
	if err != nil {
		return nil, err
	}
	registry := &markers.Registry{}
	if err := crdmarkers.Register(registry); err != nil {
		return nil, err
	}
	if err := registry.Define(clusterWide, markers.DescribesType, struct{}{}); err != nil {
		return nil, err
	}
	parser := &crd.Parser{
		Collector: &markers.Collector{Registry: registry},
		Checker:   &loader.TypeChecker{NodeFilters: []loader.NodeFilter{crd.Generator{}.CheckFilter()}},
		// Projects allow floats or not; what they have was allowed.
		AllowDangerousTypes: true,
	}
	crd.AddKnownTypes(parser)
	for _, root := range roots {
		parser.NeedPackage(root)
	}
	var made []apiextensions.CustomResourceDefinition
	noDescriptions := 0
	for _, group := range crd.FindKubeKinds(parser, crd.FindMetav1(roots)) {
		parser.NeedCRDFor(group, &noDescriptions)
		definition := parser.CustomResourceDefinitions[group]
		crd.FixTopLevelMetadata(definition)
		if isClusterWide(parser, definition) {
			definition.Spec.Scope = apiextensions.ClusterScoped
		}
		made = append(made, definition)
	}
	for _, root := range roots {
		for _, problem := range root.Errors {
			// Types are checked only as far as the schemas need them; the rest looks undefined.
			if problem.Kind != packages.TypeError {
				return nil, fmt.Errorf("%s: %s", root.PkgPath, problem)
			}
		}
	}
	slices.SortFunc(made, func(a, b apiextensions.CustomResourceDefinition) int {
		return strings.Compare(a.Spec.Group+"/"+a.Spec.Names.Kind, b.Spec.Group+"/"+b.Spec.Names.Kind)
	})
	return made, nil
}

// isClusterWide finds what only the client generator was told: cert-manager's ClusterIssuer up to 1.18.
func isClusterWide(parser *crd.Parser, definition apiextensions.CustomResourceDefinition) bool {
	for identity, info := range parser.Types {
		if identity.Name == definition.Spec.Names.Kind && info.Markers.Get(clusterWide) != nil &&
			parser.GroupVersions[identity.Package].Group == definition.Spec.Group {
			return true
		}
	}
	return false
}

// addCustom adds one version of a custom resource, if the API server would serve it.
func (r *release) addCustom(crd apiextensions.CustomResourceDefinition, version apiextensions.CustomResourceDefinitionVersion) error {
	if !version.Served || version.Schema == nil {
		return nil
	}
	text, err := json.Marshal(version.Schema.OpenAPIV3Schema)
	if err != nil {
		return err
	}
	schema, err := parsed(text)
	if err != nil {
		return err
	}
	properties, declared := schema["properties"].(map[string]any)
	if !declared {
		properties = map[string]any{}
		schema["properties"] = properties
	}
	// What the API server adds to the schema of each custom resource.
	properties["apiVersion"] = map[string]any{"type": "string"}
	properties["kind"] = map[string]any{"type": "string"}
	properties["metadata"] = map[string]any{"$ref": objectMeta}

	group, names := crd.Spec.Group, crd.Spec.Names
	name := definitionName(group, version.Name, names.Kind)
	r.definitions[name] = canonical(bare(schema))
	deprecation := ""
	if version.Deprecated {
		deprecation = fmt.Sprintf("%s/%s %s is deprecated", group, version.Name, names.Kind)
		if version.DeprecationWarning != nil {
			deprecation = *version.DeprecationWarning
		}
	}
	r.kinds = append(r.kinds, kind{
		group + "/" + version.Name, names.Kind, crd.Spec.Scope == apiextensions.NamespaceScoped, name, deprecation,
	})
	return nil
}

// definitionName is the name under which the API server publishes a custom resource: io.cnpg.postgresql.v1.Cluster.
func definitionName(group, version, kind string) string {
	labels := strings.Split(group, ".")
	slices.Reverse(labels)
	return strings.Join(append(labels, version, kind), ".")
}

func parsed(text []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // 9223372036854775807 stays what it is
	var value map[string]any
	err := decoder.Decode(&value)
	return value, err
}
