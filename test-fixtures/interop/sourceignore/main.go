// Answers for a tree of .sourceignore files and a spec.ignore which files Flux leaves out, with
// Flux's own packages. One JSON object a line in, one a line out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/fluxcd/pkg/sourceignore"
	"github.com/fluxcd/pkg/sourceignore/gitignore"
)

// question is one tree: the texts of its files by path, and the paths to judge.
type question struct {
	Files map[string]string `json:"files"`
	Spec  *string           `json:"spec"`
	Paths []string          `json:"paths"`
}

// answer holds one entry a path: whether it is left out, and the list and line that decide ("" if
// none does).
type answer struct {
	Excluded []bool   `json:"excluded"`
	Rules    []string `json:"rules"`
}

// placed is a pattern with the place it was read from.
type placed struct {
	pattern gitignore.Pattern
	place   string
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var q question
		must(json.Unmarshal(line, &q))
		must(out.Encode(judge(q)))
	}
}

func judge(q question) answer {
	dir, err := os.MkdirTemp("", "sourceignore-")
	must(err)
	defer os.RemoveAll(dir)
	for path, text := range q.Files {
		file := filepath.Join(dir, path)
		must(os.MkdirAll(filepath.Dir(file), 0o755))
		must(os.WriteFile(file, []byte(text), 0o644))
	}
	domain := strings.Split(dir, string(filepath.Separator))
	patterns, err := sourceignore.LoadIgnorePatterns(dir, domain)
	must(err)
	if q.Spec != nil {
		patterns = append(patterns, sourceignore.ReadPatterns(strings.NewReader(*q.Spec), domain)...)
	}
	// As source-controller composes them before it archives.
	matcher := sourceignore.NewDefaultMatcher(patterns, domain)
	if len(patterns) > 0 {
		matcher = sourceignore.NewMatcher(append(sourceignore.VCSPatterns(domain), patterns...))
	}
	places := locate(dir, domain, q.Spec)
	if len(places) != len(patterns) {
		must(fmt.Errorf("%d patterns were placed, %d were read", len(places), len(patterns)))
	}
	var a answer
	for _, path := range q.Paths {
		segments := strings.Split(filepath.Join(dir, path), string(filepath.Separator))
		excluded := matcher.Match(segments, false)
		a.Excluded = append(a.Excluded, excluded)
		a.Rules = append(a.Rules, last(places, segments))
	}
	return a
}

// locate reads the lists line by line, in Flux's order.
func locate(dir string, domain []string, spec *string) []placed {
	var all []placed
	var walk func(folder string, scope []string)
	walk = func(folder string, scope []string) {
		list := filepath.Join(folder, sourceignore.IgnoreFile)
		if text, err := os.ReadFile(list); err == nil {
			name, err := filepath.Rel(dir, list)
			must(err)
			all = append(all, lines(name, string(text), scope)...)
		}
		entries, err := os.ReadDir(folder)
		must(err)
		for _, entry := range entries {
			if entry.IsDir() && entry.Name() != ".git" {
				inner := append(append([]string{}, scope...), entry.Name())
				walk(filepath.Join(folder, entry.Name()), inner)
			}
		}
	}
	walk(dir, domain)
	if spec != nil {
		all = append(all, lines("spec", *spec, domain)...)
	}
	return all
}

func lines(name, text string, scope []string) []placed {
	var found []placed
	for i, line := range strings.Split(text, "\n") {
		for _, pattern := range sourceignore.ReadPatterns(strings.NewReader(line+"\n"), scope) {
			found = append(found, placed{pattern, fmt.Sprintf("%s:%d", name, i+1)})
		}
	}
	return found
}

func last(all []placed, path []string) string {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].pattern.Match(path, false) > gitignore.NoMatch {
			return all[i].place
		}
	}
	return ""
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
