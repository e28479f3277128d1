// Answers for PromQL expressions whether Prometheus accepts them, what they evaluate to and which
// series they read, with Prometheus's own parser. One JSON string a line in, one object a line out.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

type answer struct {
	Accepted bool     `json:"accepted"`
	Error    string   `json:"error"`
	Type     string   `json:"type"`
	Names    []string `json:"names"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	reader := parser.NewParser(parser.Options{
		EnableExperimentalFunctions: true,
		EnableBinopFillModifiers:    true,
	})
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var query string
		must(json.Unmarshal(line, &query))
		must(out.Encode(judge(reader, query)))
	}
}

func judge(reader parser.Parser, query string) answer {
	expression, err := reader.ParseExpr(query)
	if err != nil {
		return answer{Error: err.Error(), Names: []string{}}
	}
	names := []string{}
	parser.Inspect(expression, func(node parser.Node, _ []parser.Node) error {
		if selector, ok := node.(*parser.VectorSelector); ok {
			for _, matcher := range selector.LabelMatchers {
				if matcher.Name == labels.MetricName && matcher.Type == labels.MatchEqual {
					names = append(names, matcher.Value)
				}
			}
		}
		return nil
	})
	return answer{Accepted: true, Type: string(expression.Type()), Names: names}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
