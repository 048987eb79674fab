package difftest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"clusternode/internal/testserver"
)

// A rule compares the replies of ours and the oracle's and returns what is wrong, or "". Errors and nulls never reach a
// rule: Compare compares them exactly before.
type rule func(ours, oracle testserver.Value) string

// Tolerances for what is left of a time to live. The two servers get a command one after the other, on a busy machine.
const (
	secondsOff = 20
	millisOff  = 20_000
)

// rules holds the commands whose replies are not compared byte for byte, by name or "name subcommand".
var rules = map[string]rule{
	"keys":         asSet,
	"scan":         sameShape, // inside MULTI; elsewhere the run collects the whole iteration (see scanWhole)
	"randomkey":    sameShape, // which key is random; scanning shows that the keys are equal
	"ttl":          intWithin(secondsOff),
	"expiretime":   intWithin(secondsOff),
	"pttl":         intWithin(millisOff),
	"pexpiretime":  intWithin(millisOff),
	"hello":        helloMap,
	"info":         sameShape,
	"config get":   pairsAsSet,
	"object freq":  sameShape, // grows by chance
	"time":         sameShape,
	"lolwut":       sameShape,
	"memory usage": sameShape,
	// Redis 8.0 answers 343237 at times, hence only the shape.
	"object idletime": sameShape,
	"client id":       sameShape,
	"client info":     sameShape,
	"client list":     sameShape,
	"command":         sameShape,
	"command count":   sameShape,
	// Listing by module or category depends on which commands are built; TestCommandTable compares them one by one.
	"command list":    sameShape,
	"command docs":    sameShape,
	"command info":    sameShape,
	"debug object":    objectFields,
	"dump":            sameShape, // the version of the format; tests of package command compare the rest
	"object refcount": sameShape, // what is shared is an inner matter
	// Which keys GETKEYSINSLOT picks is free; SCAN shows that the keys are equal.
	"cluster getkeysinslot": sameCount,
	"cluster myid":          sameShape,
	"cluster nodes":         sameShape,
	"cluster info":          sameShape,
	"cluster slots":         sameShape,
	"cluster shards":        sameShape,
	"cluster links":         sameShape,
	"smembers":              asSet,
	"sinter":                asSet,
	"sunion":                asSet,
	"sdiff":                 asSet,
	"spop":                  sameCount, // see random.go for the members
	"srandmember":           sameCount,
	// Flags of a key come as a set.
	"command getkeysandflags": deepSet,
}

// ruleFor finds the rule of a command; nil means byte for byte.
func ruleFor(args []string) rule {
	if len(args) == 0 {
		return nil
	}
	name := strings.ToLower(args[0])
	if len(args) > 1 {
		sub := strings.ToLower(args[1])
		if sub == "help" && isContainer(name) {
			return sameShape // help texts name the version's subcommands
		}
		if r, ok := rules[name+" "+sub]; ok {
			return r
		}
	}
	switch {
	case name == "sort" || name == "sort_ro":
		return sortRule(args)
	case name == "geosearch" || strings.HasPrefix(name, "georadius"):
		return geoRule(args)
	}
	return rules[name]
}

func isContainer(name string) bool {
	return slices.Contains([]string{"client", "command", "object", "memory", "debug", "config", "cluster", "xinfo", "xgroup"}, name)
}

// Compare returns why the replies differ, or "".
func Compare(r rule, ours, oracle testserver.Value) string {
	if r == nil || ours.IsError() || oracle.IsError() || ours.Null || oracle.Null || ours.Type == closed.Type || oracle.Type == closed.Type {
		r = exact
	}
	return r(ours, oracle)
}

func exact(ours, oracle testserver.Value) string {
	if ours.Type != oracle.Type || ours.Null != oracle.Null || ours.Str != oracle.Str || len(ours.Elems) != len(oracle.Elems) {
		return "replies differ"
	}
	for i := range ours.Elems {
		if why := exact(ours.Elems[i], oracle.Elems[i]); why != "" {
			return why
		}
	}
	return ""
}

// sameShape asks for the same wire type only.
func sameShape(ours, oracle testserver.Value) string {
	if ours.Type != oracle.Type {
		return "reply types differ"
	}
	return ""
}

// sameCount asks for as many elements.
func sameCount(ours, oracle testserver.Value) string {
	if ours.Type != oracle.Type || len(ours.Elems) != len(oracle.Elems) {
		return "types or counts differ"
	}
	return ""
}

// objectFields compares the encoding in DEBUG OBJECT's line. The rest are addresses, times, references as few, and a length
// after compression.
func objectFields(ours, oracle testserver.Value) string {
	if ours.Type != oracle.Type {
		return "reply types differ"
	}
	if a, b := field(ours.Str, "encoding:"), field(oracle.Str, "encoding:"); a != b && !encodings[[3]string{"redis8", a, b}] {
		return fmt.Sprintf("encoding:%s, want %s", a, b)
	}
	return ""
}

func field(line, name string) string {
	_, rest, _ := strings.Cut(line, name)
	text, _, _ := strings.Cut(rest, " ")
	return text
}

// asSet compares aggregates without regard to the order of their elements.
func asSet(ours, oracle testserver.Value) string {
	return exact(sorted(ours, false), sorted(oracle, false))
}

// pairsAsSet compares names and values without regard to the order of the pairs; patterns that could match what only one
// server has are not generated.
func pairsAsSet(ours, oracle testserver.Value) string {
	pairs := func(v testserver.Value) testserver.Value {
		out := testserver.Value{Type: v.Type}
		for i := 0; i+1 < len(v.Elems); i += 2 {
			out.Elems = append(out.Elems, testserver.Value{Type: '*', Elems: v.Elems[i : i+2]})
		}
		return out
	}
	return asSet(pairs(ours), pairs(oracle))
}

// deepSet is asSet at every level.
func deepSet(ours, oracle testserver.Value) string {
	return exact(sorted(ours, true), sorted(oracle, true))
}

func sorted(v testserver.Value, deep bool) testserver.Value {
	v.Elems = slices.Clone(v.Elems)
	if deep {
		for i, e := range v.Elems {
			v.Elems[i] = sorted(e, true)
		}
	}
	slices.SortFunc(v.Elems, func(a, b testserver.Value) int { return strings.Compare(a.String(), b.String()) })
	return v
}

// intWithin allows integers above zero to differ by the tolerance; -1, -2 and 0 have a meaning of their own.
func intWithin(tolerance int64) rule {
	return func(ours, oracle testserver.Value) string {
		a, errA := strconv.ParseInt(ours.Str, 10, 64)
		b, errB := strconv.ParseInt(oracle.Str, 10, 64)
		if ours.Type != ':' || oracle.Type != ':' || errA != nil || errB != nil || a <= 0 || b <= 0 {
			return exact(ours, oracle)
		}
		if d := a - b; d > tolerance || d < -tolerance {
			return fmt.Sprintf("integers differ by %d, more than %d", d, tolerance)
		}
		return ""
	}
}

// helloMap compares the fields of HELLO's reply that do not name the server.
func helloMap(ours, oracle testserver.Value) string {
	if ours.Type != oracle.Type {
		return "reply types differ"
	}
	a, b := fields(ours), fields(oracle)
	for _, name := range []string{"proto", "mode", "role"} {
		if a[name].String() != b[name].String() {
			return fmt.Sprintf("field %s differs", name)
		}
	}
	for _, name := range []string{"server", "version", "id", "modules"} {
		if a[name].Type == 0 || a[name].Type != b[name].Type {
			return fmt.Sprintf("field %s has another type", name)
		}
	}
	return ""
}

// fields reads a map, or an array of names and values as RESP2 sends it.
func fields(v testserver.Value) map[string]testserver.Value {
	m := make(map[string]testserver.Value)
	for i := 0; i+1 < len(v.Elems); i += 2 {
		m[v.Elems[i].Str] = v.Elems[i+1]
	}
	return m
}
