// Command yaml-oracle says what the Go libraries that decide over a cluster read from a YAML text.
//
// It reads one JSON object a line, {"yaml": "…"}, and answers each with one line:
//
//	{"kubernetes": {"value": …} or {"error": "…"}, "kustomize": {"value": …} or {"error": "…"},
//	 "written": "the first value as the encoder behind kustomize build writes it"}
//
// kubernetes is sigs.k8s.io/yaml, which the API server, kubectl and Flux use. kustomize is what a
// resource has become when kustomize has read it: anchors and merge keys resolved, then converted
// to JSON. Never ask about an alias inside its own anchor: kyaml recurses until the process dies.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/yaml"
)

type question struct {
	YAML string `json:"yaml"`
}

type reading struct {
	Value json.RawMessage `json:"value,omitempty"`
	Error string          `json:"error,omitempty"`
}

type answer struct {
	Kubernetes reading `json:"kubernetes"`
	Kustomize  reading `json:"kustomize"`
	Written    string  `json:"written"`
}

func read(how func([]byte) ([]byte, error), text string) (result reading) {
	defer func() {
		if p := recover(); p != nil {
			result = reading{Error: fmt.Sprint("panic: ", p)}
		}
	}()
	value, err := how([]byte(text))
	if err != nil {
		return reading{Error: err.Error()}
	}
	return reading{Value: value}
}

func kustomize(text []byte) ([]byte, error) {
	nodes, err := kio.FromBytes(text)
	if err != nil {
		return nil, err
	}
	switch len(nodes) {
	case 0:
		return []byte("null"), nil
	case 1:
		return nodes[0].MarshalJSON()
	default:
		return nil, fmt.Errorf("%d documents", len(nodes))
	}
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	decoder := json.NewDecoder(lines)
	encoder := json.NewEncoder(out)
	for decoder.More() {
		var q question
		if err := decoder.Decode(&q); err != nil {
			fmt.Fprintln(os.Stderr, "yaml-oracle:", err)
			os.Exit(2)
		}
		a := answer{
			Kubernetes: read(yaml.YAMLToJSON, q.YAML),
			Kustomize:  read(kustomize, q.YAML),
		}
		if written, err := yaml.JSONToYAML(a.Kubernetes.Value); err == nil {
			a.Written = string(written)
		}
		if err := encoder.Encode(a); err != nil {
			fmt.Fprintln(os.Stderr, "yaml-oracle:", err)
			os.Exit(2)
		}
	}
}
