package cluster

import (
	"cmp"
	"maps"
	"slices"
)

// sortedValues lists a map's values by ascending key: what the machine does
// must not depend on the order of a map, or a seed would not repeat it.
func sortedValues[K cmp.Ordered, V any](m map[K]V) []V {
	out := make([]V, 0, len(m))
	for _, k := range sortedKeys(m) {
		out = append(out, m[k])
	}
	return out
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
