package difftest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"clusternode/internal/testserver"
)

// collectionRules are those of the collections' commands. What is random is compared in random.go as well, unless it is
// part of a transaction.
var collectionRules = map[string]rule{
	"hgetall":         pairsAsSet,
	"hkeys":           asSet,
	"hvals":           asSet,
	"hrandfield":      sameCount,
	"httl":            intsWithin(secondsOff),
	"hexpiretime":     intsWithin(secondsOff),
	"hpttl":           intsWithin(millisOff),
	"hpexpiretime":    intsWithin(millisOff),
	"hscan":           scanPart,
	"sscan":           scanPart,
	"zscan":           scanPart,
	"zrandmember":     sameCount,
	"xinfo stream":    streamTimes,
	"xinfo groups":    streamTimes,
	"xinfo consumers": streamTimes,
	"xpending":        idleTimes,
	"debug htstats":   sameShape,
	"debug listpack":  sameShape,
	"debug quicklist": sameShape,
}

func init() {
	for name, r := range collectionRules {
		rules[name] = r
	}
}

// ruleOn is ruleFor with what that oracle prints in another form: 7.0 has 17 digits where 7.2 has the fewest that make the
// same number.
func ruleOn(oracle string, args []string) rule {
	r := ruleFor(args)
	if len(args) == 0 {
		return r
	}
	name := strings.ToLower(args[0])
	switch {
	case name == "object" && len(args) > 1 && strings.EqualFold(args[1], "encoding"):
		return encodingOn(oracle)
	case name == "xinfo" && oracle != "redis" && r != nil:
		return withoutLag(r)
	case oracle == "redis" && (strings.HasPrefix(name, "z") || strings.HasPrefix(name, "geo") || name == "sort" || name == "sort_ro"):
		return asNumbers(r)
	case strings.HasPrefix(name, "geo") && !slices.ContainsFunc(args, isSorting):
		return asSet
	}
	return r
}

// isSorting tells the options that give the results of GEOSEARCH an order.
func isSorting(a string) bool {
	return strings.EqualFold(a, "asc") || strings.EqualFold(a, "desc") || strings.EqualFold(a, "count")
}

// encodings that an oracle has in place of ours: oracle, ours, the oracle's.
var encodings = map[[3]string]bool{
	{"redis", "listpack", "quicklist"}:   true, // lists
	{"redis", "listpack", "hashtable"}:   true, // sets
	{"redis", "skiplist", "listpack"}:    true, // since 7.2 the number of arguments converts
	{"redis", "hashtable", "listpack"}:   true, // the same
	{"redis8", "listpack", "listpackex"}: true, // HEXPIRE converts even if no field has got a time to live
	{"valkey", "raw", "embstr"}:          true, // the key counts as well
	{"valkey", "embstr", "raw"}:          true,
}

// encodingOn allows the pairs of encodings.
func encodingOn(oracle string) rule {
	return func(ours, theirs testserver.Value) string {
		if encodings[[3]string{oracle, ours.Str, theirs.Str}] {
			return ""
		}
		return exact(ours, theirs)
	}
}

// asNumbers compares numbers by value, whatever their digits.
func asNumbers(r rule) rule {
	if r == nil {
		r = exact
	}
	return func(ours, oracle testserver.Value) string { return r(canonical(ours), canonical(oracle)) }
}

func canonical(v testserver.Value) testserver.Value {
	if v.Type == '$' || v.Type == ',' {
		if f, err := strconv.ParseFloat(v.Str, 64); err == nil && v.Str != "" {
			v.Str = strconv.FormatFloat(f, 'g', -1, 64)
		}
	}
	v.Elems = slices.Clone(v.Elems)
	for i, e := range v.Elems {
		v.Elems[i] = canonical(e)
	}
	return v
}

// intsWithin is intWithin for each element.
func intsWithin(tolerance int64) rule {
	one := intWithin(tolerance)
	return func(ours, oracle testserver.Value) string {
		if ours.Type != oracle.Type || len(ours.Elems) != len(oracle.Elems) {
			return "types or counts differ"
		}
		for i := range ours.Elems {
			if why := one(ours.Elems[i], oracle.Elems[i]); why != "" {
				return fmt.Sprintf("element %d: %s", i, why)
			}
		}
		return ""
	}
}

// scanPart compares the elements of a scan if both servers have returned all of them.
func scanPart(ours, oracle testserver.Value) string {
	if ours.Type != oracle.Type || len(ours.Elems) != 2 || len(oracle.Elems) != 2 {
		return exact(ours, oracle)
	}
	if ours.Elems[0].Str != "0" || oracle.Elems[0].Str != "0" {
		return sameShape(ours.Elems[1], oracle.Elems[1])
	}
	if why := asSet(ours.Elems[1], oracle.Elems[1]); why != "" {
		return fmt.Sprintf("a whole scan: %s", why)
	}
	return ""
}

// timesOf names the fields of XINFO that a clock or the implementation decides: a radix tree is only in Redis'.
var timesOf = []string{"idle", "inactive", "seen-time", "active-time", "radix-tree-keys", "radix-tree-nodes"}

// laterFields are in XINFO since 7.2, and since 8.0 or in Valkey.
var laterFields = []string{"active-time", "inactive"}

// streamTimes compares XINFO's fields by name but for times.
func streamTimes(ours, oracle testserver.Value) string { return exact(noTimes(ours), noTimes(oracle)) }

// recently tells points in time in milliseconds from other numbers: later than 2001.
const recently = 1_000_000_000_000

func noTimes(v testserver.Value) testserver.Value {
	if v.Type == ':' {
		if n, err := strconv.ParseInt(v.Str, 10, 64); err == nil && n > recently && n < 4*recently {
			v.Str = "a time"
		}
	}
	old := v.Elems
	v.Elems = nil
	for i := 0; i < len(old); i++ {
		if old[i].Type == '$' && i+1 < len(old) && old[i+1].Type == ':' && slices.Contains(timesOf, old[i].Str) {
			if !slices.Contains(laterFields, old[i].Str) {
				v.Elems = append(v.Elems, old[i])
			}
			i++
			continue
		}
		v.Elems = append(v.Elems, noTimes(old[i]))
	}
	return v
}

// idleTimes compares XPENDING's reply: in the long form the third of each entry's four parts is a time.
func idleTimes(ours, oracle testserver.Value) string { return exact(noIdle(ours), noIdle(oracle)) }

func noIdle(v testserver.Value) testserver.Value {
	v.Elems = slices.Clone(v.Elems)
	for i, e := range v.Elems {
		if e.Type == '*' && len(e.Elems) == 4 && e.Elems[2].Type == ':' {
			e.Elems = slices.Clone(e.Elems)
			e.Elems[2].Str = "a time"
			v.Elems[i] = e
		}
	}
	return v
}
