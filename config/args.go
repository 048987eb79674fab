package config

import (
	"strings"

	"clusternode/resp"
)

// commandLine is a command line taken apart.
type commandLine struct {
	file    string
	stdin   bool
	options string // as lines of a configuration file
}

// parseArgs takes the arguments apart as Redis does: the first one is a file
// unless it begins with a dash, a lone dash at either end is stdin, and a word
// with two dashes begins an option unless the option before still has no value.
// An empty --save may stand without a value.
func parseArgs(args []string) commandLine {
	var cmd commandLine
	i := 0
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		cmd.file = args[0]
		i++
	}
	var b strings.Builder
	complete := true // the option before has a value
	for ; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "-" && (i == 0 || i == len(args)-1):
			cmd.stdin = true
		case complete && strings.HasPrefix(a, "--"):
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(a[2:] + " ")
			words, ok := resp.SplitWords([]byte(a), nil)
			if !ok || len(words) != 1 { // "--port 7000" in one argument
				break
			}
			next := i + 1
			if strings.EqualFold(a, "--save") && (next == len(args) || strings.HasPrefix(args[next], "--")) {
				b.WriteString(`""`)
				break
			}
			complete = false
		default:
			b.WriteString(Quote(a) + " ")
			complete = true
		}
	}
	cmd.options = b.String()
	return cmd
}
