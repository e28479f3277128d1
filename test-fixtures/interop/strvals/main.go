// Answers for lines of `helm --set` what Helm makes of them, with Helm's own parser. One JSON object
// a line in, one a line out.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	"helm.sh/helm/v4/pkg/strvals"
)

type question struct {
	Values  map[string]any `json:"values"`
	Line    string         `json:"line"`
	Strings bool           `json:"strings"`
}

type answer struct {
	Accepted bool           `json:"accepted"`
	Values   map[string]any `json:"values"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var asked question
		if err := json.Unmarshal(line, &asked); err != nil {
			panic(err)
		}
		parse := strvals.ParseInto
		if asked.Strings {
			parse = strvals.ParseIntoString
		}
		if parse(asked.Line, asked.Values) != nil {
			asked.Values = map[string]any{}
			_ = out.Encode(answer{false, asked.Values})
			continue
		}
		if err := out.Encode(answer{true, asked.Values}); err != nil {
			panic(err)
		}
	}
}
