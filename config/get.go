package config

import (
	"strings"

	"clusternode/internal/glob"
)

// Get answers CONFIG GET: the directives whose name or alias matches a pattern,
// each once, sorted by name. A word without *, ? or [ is a name: only it finds
// hidden directives, and it comes back as it was written.
func (c *Config) Get(patterns ...string) []Pair {
	var out []Pair
	seen := make(map[string]bool)
	add := func(shown, name string) {
		if d := byName[name]; d != nil && !seen[name] {
			seen[name] = true
			out = append(out, Pair{shown, d.codec.format(c.value(d))})
		}
	}
	for _, p := range patterns {
		if !strings.ContainsAny(p, "[*?") {
			add(p, strings.ToLower(p))
			continue
		}
		for _, name := range names {
			if !byName[name].Hidden() && glob.MatchFold([]byte(p), []byte(name)) {
				add(name, name)
			}
		}
	}
	return out
}
