package config

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// others are values that are not the default, of directives whose kind does not
// say one.
var others = map[string]string{
	"bind":                              "127.0.0.1 -::1",
	"bind-source-addr":                  "::1",
	"client-output-buffer-limit":        "normal 1 2 3 slave 4 5 6 pubsub 7 8 9",
	"dir":                               "/",
	"latency-tracking-info-percentiles": "1 2.5",
	"metrics-bind":                      "127.0.0.1",
	"notify-keyspace-events":            "g$lshzxetdKEm",
	"oom-score-adj-values":              "1 2 3",
	"proc-title-template":               "{title} 'x' {port}",
	"replicaof":                         "host 1",
	"save":                              "60 1 30 2",
	"shutdown-on-sigint":                "save force",
	"shutdown-on-sigterm":               "nosave now",
	"unixsocketperm":                    "700",
}

// other is a value of the directive that is not its default.
func (d *Directive) other(t *testing.T) string {
	if v, ok := others[d.Name]; ok {
		return v
	}
	switch c := d.codec.(type) {
	case boolCodec:
		return boolCodec{}.format(Value{num: 1 - d.def.num})
	case intCodec:
		n := d.def.num + 1
		if !c.unsigned && n > c.max {
			n = d.def.num - 1
		}
		return c.format(Value{num: n})
	case enumCodec:
		return c.format(Value{num: (d.def.num + 1) % int64(len(c.names))})
	case textCodec:
		return "other"
	}
	require.Fail(t, "no other value", d.Name)
	return ""
}

// TestRewriteKeepsEverything gives every directive another value; CONFIG REWRITE
// writes a file from which the next start has all of them, and a second REWRITE
// changes nothing.
func TestRewriteKeepsEverything(t *testing.T) {
	c := New()
	for _, d := range Directives {
		words := []string{d.other(t)}
		if d.is(manyWords) {
			words = strings.Split(words[0], " ")
		}
		v, err := d.read(words, d.def)
		require.NoError(t, err, d.Name)
		require.False(t, v.equal(d.def), d.Name)
		c.put(d, v)
	}
	text := c.rewritten("")
	path := writeFile(t, "redis.conf", text)
	again := New()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	l := &loader{c: again}
	require.NoError(t, l.lines([]segment{{path, string(b)}}), "values alone: parts that are not built refuse theirs")
	require.Equal(t, c.Get("*"), again.Get("*"))
	for _, d := range Directives {
		require.True(t, c.value(d).equal(again.value(d)), d.Name)
	}
	require.Equal(t, text, again.rewritten(text))
}
