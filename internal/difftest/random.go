package difftest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"clusternode/internal/testserver"
)

// Commands that answer by chance are compared as properties: each server's own reply must be one that the key, which is
// equal on both, allows. What SPOP took away is then made equal on both.

// randoms holds how the whole of a random command's key is read, and by what option pairs are asked for.
var randoms = map[string]struct {
	read, end []string
	pairs     string
}{
	"srandmember": {read: []string{"SMEMBERS"}},
	"hrandfield":  {read: []string{"HGETALL"}, pairs: "withvalues"},
	"zrandmember": {read: []string{"ZRANGE"}, end: []string{"0", "-1", "WITHSCORES"}, pairs: "withscores"},
}

// checkRandom compares the replies to a random command with what the oracle has in the key.
func (r *run) checkRandom(st Step, ours, oracle testserver.Value) (string, error) {
	if len(st.Args) < 2 || r.oracle.multi[st.Conn] || ours.IsError() || oracle.IsError() || ours.Type == '+' || oracle.Type == 'X' || ours.Type == 'X' {
		return "", nil
	}
	name := strings.ToLower(st.Args[0])
	if name == "spop" {
		return "", r.evenOut(st, ours, oracle)
	}
	how, ok := randoms[name]
	if !ok {
		return "", nil
	}
	whole, err := r.oracle.conns[st.Conn].Do(slices.Concat(how.read, st.Args[1:2], how.end)...)
	if err != nil {
		return "", err
	}
	held := map[string]string{}
	all := flatten(whole)
	width := 2
	if name == "srandmember" {
		width = 1
	}
	for i := 0; i+width <= len(all); i += width {
		held[all[i]] = all[i+width-1]
	}
	pairs := len(st.Args) == 4 && strings.EqualFold(st.Args[3], how.pairs)
	return checkPicks(flatten(ours), held, pairs, len(st.Args) > 2 && !strings.HasPrefix(st.Args[2], "-")), nil
}

// checkPicks says what is wrong with members picked, or members and values, from those held.
func checkPicks(picks []string, held map[string]string, pairs, distinct bool) string {
	seen := map[string]bool{}
	width := 1
	if pairs {
		width = 2
	}
	if len(picks)%width != 0 {
		return "half a pair"
	}
	for i := 0; i < len(picks); i += width {
		value, ok := held[picks[i]]
		switch {
		case !ok:
			return fmt.Sprintf("%q is not in the key", picks[i])
		case pairs && !sameNumber(value, picks[i+1]):
			return fmt.Sprintf("%q has %q, not %q", picks[i], value, picks[i+1])
		case distinct && seen[picks[i]]:
			return fmt.Sprintf("%q came twice", picks[i])
		}
		seen[picks[i]] = true
	}
	return ""
}

func sameNumber(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return a == b || errX == nil && errY == nil && x == y
}

// flatten lists the texts in a reply at any depth.
func flatten(v testserver.Value) []string {
	switch {
	case v.Null:
		return nil
	case v.Type == '*' || v.Type == '%' || v.Type == '~':
		var out []string
		for _, e := range v.Elems {
			out = append(out, flatten(e)...)
		}
		return out
	}
	return []string{v.Str}
}

// evenOut gives ours back what only it popped, and takes what only the oracle popped.
func (r *run) evenOut(st Step, ours, oracle testserver.Value) error {
	mine, theirs := flatten(ours), flatten(oracle)
	if len(mine) != len(theirs) {
		return nil
	}
	lost := slices.DeleteFunc(slices.Clone(mine), func(m string) bool { return slices.Contains(theirs, m) })
	extra := slices.DeleteFunc(slices.Clone(theirs), func(m string) bool { return slices.Contains(mine, m) })
	if len(lost) == 0 && len(extra) == 0 {
		return nil
	}
	conn := r.ours.conns[st.Conn]
	limits, err := conn.Do("CONFIG", "GET", "set-max-*")
	if err != nil {
		return err
	}
	// What comes back must not find limits that were lowered since it came first.
	const plenty = "1000000"
	if _, err := conn.Do("CONFIG", "SET", "set-max-intset-entries", plenty, "set-max-listpack-entries", plenty, "set-max-listpack-value", plenty); err != nil {
		return err
	}
	defer func() { _, _ = conn.Do(append([]string{"CONFIG", "SET"}, flatten(limits)...)...) }() // what fails shows in the next replies
	for _, do := range [][]string{append([]string{"SADD", st.Args[1]}, lost...), append([]string{"SREM", st.Args[1]}, extra...)} {
		v, err := conn.Do(do...)
		if err != nil {
			return err
		}
		if v.Str != strconv.Itoa(len(do)-2) {
			return fmt.Errorf("%s popped members that the key did not hold, or left others: %q answers %s", r.ours.addr, do, v)
		}
	}
	return nil
}
