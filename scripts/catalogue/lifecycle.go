package main

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
)

type (
	deprecated interface{ APILifecycleDeprecated() (major, minor int) }
	removed    interface{ APILifecycleRemoved() (major, minor int) }
	replaced   interface {
		APILifecycleReplacement() schema.GroupVersionKind
	}
)

// lifecycle is what the types of Kubernetes themselves say about their end: apiVersion, kind, deprecated in,
// removed in, replaced by this apiVersion and kind.
func lifecycle() []byte {
	var lines []string
	for gvk, typ := range scheme.Scheme.AllKnownTypes() {
		object, err := scheme.Scheme.New(gvk)
		check(err)
		end, ends := object.(deprecated)
		if !ends || strings.HasSuffix(typ.Name(), "List") {
			continue
		}
		apiVersion, kind := gvk.ToAPIVersionAndKind()
		gone, replacement, instead := "", "", ""
		if object, is := object.(removed); is {
			gone = minorRelease(object.APILifecycleRemoved())
		}
		if object, is := object.(replaced); is {
			replacement, instead = object.APILifecycleReplacement().ToAPIVersionAndKind()
		}
		lines = append(lines, fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s\n", apiVersion, kind,
			minorRelease(end.APILifecycleDeprecated()), gone, replacement, instead))
	}
	slices.Sort(lines)
	return []byte(strings.Join(lines, ""))
}

func minorRelease(major, minor int) string {
	return fmt.Sprintf("%d.%d", major, minor)
}
