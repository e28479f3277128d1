// Makes the stored catalogue of kinds from Go modules: see docs/catalogue.md.
//
//	catalogue RELEASES.tsv OUTPUT-FOLDER [PRODUCT...]
//
// Every release of the table becomes an index (PRODUCT-RELEASE.tsv) beside one pack of definitions for each product.
// Products that are not named keep the files they have.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// source is one line of the table: a Go module that says something about a release.
type source struct {
	product, release, module, version string
	packages                          []string
	instead                           []string // dependencies that cannot be had, and what stands in for them
}

// kind is one version of one kind, as a release serves it.
type kind struct {
	apiVersion, name string
	namespaced       bool
	definition       string
	deprecation      string
}

// release is what the modules of one release say, put together.
type release struct {
	product, version string
	kinds            []kind
	definitions      map[string][]byte // by name, as canonical JSON
}

func main() {
	if len(os.Args) < 3 {
		fail("usage: catalogue RELEASES.tsv OUTPUT-FOLDER [PRODUCT...]")
	}
	sources, err := readSources(os.Args[1])
	check(err)
	output, wanted := os.Args[2], os.Args[3:]
	work, err := os.MkdirTemp("", "catalogue")
	check(err)
	defer os.RemoveAll(work)

	packs := map[string]*pack{}
	var done []release
	for _, r := range grouped(sources) {
		if len(wanted) > 0 && !slices.Contains(wanted, r[0].product) {
			continue
		}
		made := release{product: r[0].product, version: r[0].release, definitions: map[string][]byte{}}
		for _, s := range r {
			fmt.Fprintf(os.Stderr, "catalogue: %s %s from %s@%s\n", s.product, s.release, s.module, s.version)
			check(s.addTo(&made, done, work))
		}
		done = append(done, made)
		p, known := packs[made.product]
		if !known {
			p = newPack()
			packs[made.product] = p
		}
		check(os.WriteFile(filepath.Join(output, made.product+"-"+made.version+".tsv"), made.index(p), 0o644))
	}
	for product, p := range packs {
		check(os.WriteFile(filepath.Join(output, product+".pack"), p.bytes(), 0o644))
	}
	check(os.WriteFile(filepath.Join(output, "releases.tsv"), listing(sources), 0o644))
	if len(wanted) == 0 || slices.Contains(wanted, "kubernetes") {
		check(os.WriteFile(filepath.Join(output, "lifecycle.tsv"), lifecycle(), 0o644))
	}
}

func (s source) addTo(r *release, done []release, work string) error {
	if s.module == "like" {
		return s.addLike(r, done)
	}
	if slices.Equal(s.packages, []string{"openapi"}) {
		return s.addOpenAPI(r, work)
	}
	return s.addTypes(r, work)
}

func readSources(file string) ([]source, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all []source
	for number, line := range strings.Split(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) < 5 || len(cells) > 6 {
			return nil, fmt.Errorf("%s:%d: %d cells instead of 5 or 6", file, number+1, len(cells))
		}
		cells = append(cells, "")
		all = append(all, source{cells[0], cells[1], cells[2], cells[3], strings.Fields(cells[4]), replacements(cells[5])})
	}
	return all, nil
}

func replacements(cell string) []string {
	return strings.FieldsFunc(cell, func(letter rune) bool { return letter == ';' })
}

// grouped gives the sources of each release, in the order of the table.
func grouped(sources []source) [][]source {
	var groups [][]source
	at := map[string]int{}
	for _, s := range sources {
		key := s.product + " " + s.release
		i, known := at[key]
		if !known {
			i = len(groups)
			at[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	return groups
}

// listing names all releases, with the modules that each was made from.
func listing(sources []source) []byte {
	var text strings.Builder
	for _, r := range grouped(sources) {
		var modules []string
		for _, s := range r {
			modules = append(modules, s.module+"@"+s.version)
		}
		fmt.Fprintf(&text, "%s\t%s\t%s\n", r[0].product, r[0].release, strings.Join(modules, " "))
	}
	return []byte(text.String())
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, "catalogue:", message)
	os.Exit(1)
}
