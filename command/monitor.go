package command

import (
	"strings"

	"clusternode/config"
)

// monitorSpec is MONITOR; the list of monitors is the server's.
var monitorSpec = &Spec{Name: "monitor", Arity: 1, Flags: Admin | NoScript | Loading | Stale}

// ObserveSpecs are the commands that look at what the others do, and LOLWUT.
var ObserveSpecs = []*Spec{slowlogSpec, latencySpec, monitorSpec, lolwutSpec}

// redacted stands for an argument that nobody may see.
var redacted = []byte("(redacted)")

// Redact returns the arguments as MONITOR and SLOWLOG may show them: passwords
// are replaced, in a copy. The arguments need not be well-formed.
func Redact(s *Spec, args [][]byte) [][]byte {
	var secret []int
	switch s.full {
	case "auth":
		for i := 1; i < len(args); i++ {
			secret = append(secret, i)
		}
	case "hello":
		for i := 2; i < len(args); i++ {
			if equalFold(args[i], "auth") {
				secret = append(secret, i+1, i+2)
				i += 2
			}
		}
	case "config|set":
		for i := 2; i+1 < len(args); i += 2 {
			if d := config.Lookup(strings.ToLower(string(args[i]))); d != nil && d.Sensitive() {
				secret = append(secret, i+1)
			}
		}
	}
	if len(secret) == 0 {
		return args
	}
	shown := append([][]byte(nil), args...)
	for _, i := range secret {
		if i < len(shown) {
			shown[i] = redacted
		}
	}
	return shown
}
