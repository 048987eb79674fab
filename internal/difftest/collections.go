package difftest

import (
	"slices"
	"strings"
)

// collectionFamilies is what the files families_*.go hold. A family's first word says the kind of keys that it prefers.
var collectionFamilies = slices.Concat(hashFamilies, listFamilies, setFamilies, zsetFamilies, geoFamilies, hllFamilies, streamFamilies, sortFamilies, dumpFamilies, limitFamilies)

// kinds are the kinds of keys, by the first word of a family's name. A family without a kind takes keys of any; strings
// have those of History's own small pool.
var kinds = map[string]string{
	"string": "", "number": "", "bitmap": "",
	"hash": "h", "list": "l", "set": "s", "zset": "z", "geo": "z", "stream": "x", "hll": "p",
}

// kindNames is kinds' values in a fixed order.
var kindNames = []string{"", "h", "l", "s", "z", "x", "p"}

// kindOf returns the kind of a family.
func kindOf(family string) (kind string, ok bool) {
	first, _, _ := strings.Cut(family, " ")
	kind, ok = kinds[first]
	return kind, ok
}

// makePools chooses the keys of each kind. A tag keeps keys of one slot together where the mode asks for it.
func (g *Generator) makePools(h History) {
	tags := []string{"", "", "", "{t}"}
	switch {
	case h.Half:
		tags = []string{"{b}", "{b}", "{c}", "{t}"}
	case h.Cluster:
		tags = []string{"{t}", "{t}", "{t}", ""}
	}
	g.pools = map[string][]string{"": g.keys}
	for _, kind := range kindNames[1:] {
		for i := range 2 + g.rng.IntN(2) {
			g.pools[kind] = append(g.pools[kind], g.pick(tags...)+kind+string(rune('1'+i)))
		}
	}
	// Half of the histories are mostly about one kind, whose keys then see enough to grow and shrink.
	g.focused = g.rng.IntN(2) == 0
	g.focus = kindNames[g.rng.IntN(len(kindNames))]
}

// skips says that a history about another kind had better take another command.
func (g *Generator) skips(family string) bool {
	kind, ok := kindOf(family)
	return g.focused && ok && kind != g.focus && g.rng.IntN(6) > 0
}

// key takes one of few, so that commands meet: mostly of the kind that the command at hand is for.
func (g *Generator) key() string {
	kind, typed := kindOf(g.family)
	switch {
	case typed && g.rng.IntN(12) > 0:
	case g.focused && g.rng.IntN(3) > 0:
		kind = g.focus
	default:
		kind = kindNames[g.rng.IntN(len(kindNames))]
	}
	keys := g.pools[kind]
	return keys[g.skewed(len(keys))]
}

// limitFamilies change the sizes at which encodings change; see packedLimits for the values that undo them.
var limitFamilies = []family{
	{name: "limits", weight: 1, exact: true, templates: []string{
		"CONFIG SET HASH-MAX-LISTPACK-ENTRIES (0 | 1 | 4 | 16) HASH-MAX-LISTPACK-VALUE (0 | 3 | 64)", "CONFIG SET HASH-MAX-LISTPACK-ENTRIES 128 HASH-MAX-LISTPACK-VALUE 64",
		"CONFIG SET LIST-MAX-LISTPACK-SIZE (-1 | -2 | 1 | 3 | 5 | 128)", "CONFIG SET LIST-MAX-LISTPACK-SIZE -2",
		"CONFIG SET ZSET-MAX-LISTPACK-ENTRIES (0 | 1 | 4 | 16) ZSET-MAX-LISTPACK-VALUE (0 | 3 | 64)", "CONFIG SET ZSET-MAX-LISTPACK-ENTRIES 128 ZSET-MAX-LISTPACK-VALUE 64",
		"CONFIG SET HLL-SPARSE-MAX-BYTES (0 | 40 | 3000)", "CONFIG SET STREAM-NODE-MAX-ENTRIES (1 | 2 | 5 | 100) STREAM-NODE-MAX-BYTES (0 | 100 | 4096)",
		"CONFIG SET STREAM-NODE-MAX-ENTRIES 100 STREAM-NODE-MAX-BYTES 4096", "CONFIG GET (HASH-MAX-* | ZSET-MAX-* | STREAM-NODE-*)",
	}},
}
