//go:build oracle

package command

import (
	"testing"

	"github.com/stretchr/testify/require"

	"clusternode/internal/testserver"
	"clusternode/resp"
)

// Where the oracles' metadata is not that of 7.2, by version and full name.
// Each must still differ, so that the list stays true.
var infoDifferences = map[string]string{
	"7 client|setname":          "tips came with 7.2",
	"7 client|setinfo":          "new in 7.2",
	"7 client|no-touch":         "new in 7.2",
	"7 cluster|myshardid":       "new in 7.2",
	"7 command|getkeys":         "arity -4 was wrong",
	"7 command|getkeysandflags": "arity -4 was wrong",
	"7 msetnx":                  "no policy tips later: it is no command to split",
	"7 config|rewrite":          "tips came later",
	"7 config|resetstat":        "tips came later",
	"7 cluster|shards":          "allowed while loading later",
	"7 cluster|slots":           "allowed while loading later",
	"7 randomkey":               "response policy came with 7.2",
	"7 scan":                    "response policy came with 7.2",
	"7 sinterstore":             "its target was marked RW",
	"8 xread":                   "its key spec is called incomplete later",
	"8 xreadgroup":              "its key spec is called incomplete later",
	"8 georadius":               "its STORE keys are marked incomplete later",
	"8 georadiusbymember":       "its STORE keys are marked incomplete later",
	"7 zrank":                   "WITHSCORE came with 7.2",
	"7 zrevrank":                "WITHSCORE came with 7.2",
	"7 blpop":                   "scripts may call it later",
	"7 brpop":                   "scripts may call it later",
	"7 blmove":                  "scripts may call it later",
	"7 brpoplpush":              "scripts may call it later",
	"7 bzpopmin":                "scripts may call it later",
	"7 bzpopmax":                "scripts may call it later",
	"7 latency|reset":           "its reply is a number to add up",
	"7 hexpire":                 "new in 7.4 or 8.0",
	"7 hpexpire":                "new in 7.4 or 8.0",
	"7 hexpireat":               "new in 7.4 or 8.0",
	"7 hpexpireat":              "new in 7.4 or 8.0",
	"7 httl":                    "new in 7.4 or 8.0",
	"7 hpttl":                   "new in 7.4 or 8.0",
	"7 hexpiretime":             "new in 7.4 or 8.0",
	"7 hpexpiretime":            "new in 7.4 or 8.0",
	"7 hpersist":                "new in 7.4 or 8.0",
	"7 hgetex":                  "new in 7.4 or 8.0",
	"7 hsetex":                  "new in 7.4 or 8.0",
	"7 hgetdel":                 "new in 7.4 or 8.0",
	"7 cluster|slot-stats":      "new in 8.2, and in Valkey 8.0",
	"8 cluster|slot-stats":      "new in 8.2, and in Valkey 8.0",
}

var docDifferences = map[string]string{
	"8 xread":       "its complexity got lost",
	"8 client|kill": "MAXAGE came with 7.4",
	"8 client|list": "history of 7.4 and 8.0",
}

func (n *node) ask(t *testing.T, conn *testserver.Conn, args ...string) (ours, theirs resp.Value) {
	v, err := conn.Do(args...)
	require.NoError(t, err)
	return n.do(args...), fromWire(v)
}

// field is the value under a key of a RESP2 map.
func field(v resp.Value, key string) string {
	for i := 0; i+1 < len(v.Elems); i += 2 {
		if v.Elems[i].Str == key {
			return v.Elems[i+1].String()
		}
	}
	return ""
}

func TestMetadataAgainstOracles(t *testing.T) {
	n := newNode(t, Families()...)
	for mark, server := range oracles(t) {
		conn, err := testserver.Dial(server.Addr)
		require.NoError(t, err)
		defer conn.Close()
		for _, s := range n.c.Env.Table.Specs() {
			name := s.FullName()
			ours, theirs := n.ask(t, conn, "COMMAND", "INFO", name)
			same := theirs.Elems[0].Null
			if !same {
				for i := range 9 { // the tenth are the subcommands
					same = ours.Elems[0].Elems[i].String() == theirs.Elems[0].Elems[i].String()
					if !same && infoDifferences[mark+" "+name] == "" {
						t.Errorf("%s of %s.0, element %d\nours   %s\ntheirs %s", name, mark, i, ours.Elems[0].Elems[i], theirs.Elems[0].Elems[i])
					}
					if !same {
						break
					}
				}
			} else {
				same = false
				if infoDifferences[mark+" "+name] == "" {
					t.Errorf("%s is not a command of %s.0", name, mark)
				}
			}
			if same && infoDifferences[mark+" "+name] != "" {
				t.Errorf("%s does not differ from %s.0", name, mark)
			}
		}
	}
}

func TestDocsAgainstOracle(t *testing.T) {
	n := newNode(t, Families()...)
	bin, err := testserver.Oracle("redis8")
	require.NoError(t, err)
	conn, err := testserver.Dial(testserver.Start(t, bin, testserver.Options{}).Addr)
	require.NoError(t, err)
	defer conn.Close()
	for _, s := range n.c.Env.Table.Specs() {
		name := s.FullName()
		ours, theirs := n.ask(t, conn, "COMMAND", "DOCS", name)
		if len(theirs.Elems) == 0 { // TestMetadataAgainstOracles says why
			continue
		}
		if !docsEqual(t, name, ours.Elems[1], theirs.Elems[1], docDifferences["8 "+name] == "") == (docDifferences["8 "+name] == "") {
			t.Errorf("%s: docDifferences is not true", name)
		}
	}
}

func docsEqual(t *testing.T, name string, ours, theirs resp.Value, report bool) bool {
	equal := true
	compare := func(what, a, b string) {
		if a != b {
			equal = false
			if report {
				t.Errorf("%s %s\nours   %s\ntheirs %s", name, what, a, b)
			}
		}
	}
	for _, key := range []string{"since", "group", "doc_flags", "deprecated_since", "arguments"} {
		compare(key, field(ours, key), field(theirs, key))
	}
	for _, key := range []string{"summary", "complexity"} {
		compare("has "+key, yesNo(field(ours, key) != ""), yesNo(field(theirs, key) != ""))
	}
	compare("history", versions(ours), versions(theirs))
	return equal
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// versions lists the versions of a history.
func versions(v resp.Value) (out string) {
	for i := 0; i+1 < len(v.Elems); i += 2 {
		if v.Elems[i].Str == "history" {
			for _, h := range v.Elems[i+1].Elems {
				out += h.Elems[0].Str + " "
			}
		}
	}
	return out
}
