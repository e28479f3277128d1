package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// folder downloads the module, as any program that uses it would, and says where it lies.
func (s source) folder(work string) (string, error) {
	out, err := run(work, "go", "mod", "download", "-json", s.module+"@"+s.version)
	var answer struct{ Dir, Error string }
	if broken := json.Unmarshal(out, &answer); broken != nil && err == nil {
		err = broken
	}
	if answer.Error != "" {
		err = fmt.Errorf("%s", answer.Error)
	}
	return answer.Dir, err
}

// consumer makes a program of one file that imports the module's packages, so that its dependencies
// are those that the module itself asks for. It gives the program's folder and the packages' paths.
func (s source) consumer(work string) (string, []string, error) {
	dir, err := os.MkdirTemp(work, s.product)
	if err != nil {
		return "", nil, err
	}
	module := fmt.Sprintf("module consumer\n\ngo 1.26.0\n\nrequire %s %s\n", s.module, s.version)
	for _, replacement := range s.instead {
		module += "\nreplace " + replacement + "\n"
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(module), 0o644); err != nil {
		return "", nil, err
	}
	list := []string{"list", "-mod=mod", "-f", "{{.ImportPath}}"}
	for _, pattern := range s.packages {
		list = append(list, s.module+"/"+pattern)
	}
	out, err := run(dir, "go", list...)
	if err != nil {
		return "", nil, err
	}
	packages := strings.Fields(string(out))
	var text strings.Builder
	text.WriteString("package consumer\n\nimport (\n")
	for _, path := range packages {
		fmt.Fprintf(&text, "\t_ %q\n", path)
	}
	text.WriteString(")\n")
	if err := os.WriteFile(filepath.Join(dir, "consumer.go"), []byte(text.String()), 0o644); err != nil {
		return "", nil, err
	}
	_, err = run(dir, "go", "list", "-mod=mod", "-deps", "-f", "{{.ImportPath}}", ".")
	return dir, packages, err
}

func run(dir, name string, args ...string) ([]byte, error) {
	command := exec.Command(name, args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-p=1")
	var complaint strings.Builder
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, complaint.String())
	}
	return out, err
}
