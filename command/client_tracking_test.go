package command

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// slowOverlap compares each with each, as Redis does.
func slowOverlap(have, more []string) string {
	for i, p := range more {
		for _, old := range have {
			if prefixed(p, old) {
				return fmt.Sprintf("ERR Prefix '%s' overlaps with an existing prefix '%s'. Prefixes for a single client must not overlap.", p, old)
			}
		}
		for _, q := range more[i+1:] {
			if prefixed(p, q) {
				return fmt.Sprintf("ERR Prefix '%s' overlaps with another provided prefix '%s'. Prefixes for a single client must not overlap.", p, q)
			}
		}
	}
	return ""
}

func TestOverlapAgainstTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	word := func() string {
		b := make([]byte, 1+r.IntN(4))
		for i := range b {
			b[i] = "abc"[r.IntN(3)]
		}
		return string(b)
	}
	for range 20_000 {
		var have, more []string
		for range r.IntN(6) {
			if p := word(); slowOverlap(have, []string{p}) == "" {
				have = append(have, p)
			}
		}
		if r.IntN(10) == 0 {
			have = append(have, "")
		}
		slices.Sort(have)
		for range r.IntN(5) {
			more = append(more, word())
		}
		require.Equal(t, slowOverlap(have, more), overlap(have, more), "%q %q", have, more)
	}
}

// A hundred thousand prefixes in one command are checked in no time.
func TestManyPrefixesAreChecked(t *testing.T) {
	args := [][]byte{[]byte("client"), []byte("tracking"), []byte("on"), []byte("bcast")}
	for i := range 100_000 {
		args = append(args, []byte("prefix"), fmt.Appendf(nil, "p:%06d:", i))
	}
	got, problem := ParseClientTracking(args, 0, nil, nil)
	require.Empty(t, problem)
	require.Len(t, got.Prefixes, 100_000)
	slices.Sort(got.Prefixes)
	_, problem = ParseClientTracking(args, TrackingOn|TrackingBcast, got.Prefixes, nil)
	require.Equal(t, "ERR Prefix 'p:000000:' overlaps with an existing prefix 'p:000000:'. Prefixes for a single client must not overlap.", problem)
	args[len(args)-1] = []byte("p:09999")
	_, problem = ParseClientTracking(args, 0, nil, nil)
	require.Equal(t, "ERR Prefix 'p:099990:' overlaps with another provided prefix 'p:09999'. Prefixes for a single client must not overlap.", problem)
}

func TestParseClientTracking(t *testing.T) {
	exists := func(id int64) bool { return id == 7 }
	for _, c := range []struct {
		args    string
		was     TrackingMode
		have    string
		want    ClientTracking
		problem string
	}{
		{args: "on", want: ClientTracking{Mode: TrackingOn}},
		{args: "OFF BCAST NOLOOP", want: ClientTracking{}},
		{args: "on redirect 7 optin noloop", want: ClientTracking{Mode: TrackingOn | TrackingOptIn | TrackingNoLoop, Redirect: 7}},
		{args: "on bcast prefix b prefix a", want: ClientTracking{Mode: TrackingOn | TrackingBcast, Prefixes: []string{"b", "a"}}},
		{args: "on redirect", problem: "ERR syntax error"},
		{args: "maybe", problem: "ERR syntax error"},
		{args: "maybe redirect 8", problem: "ERR The client ID you want redirect to does not exist"},
		{args: "on redirect 7 redirect 7", problem: "ERR A client can only redirect to a single other client"},
		{args: "on redirect x", problem: "ERR value is not an integer or out of range"},
		{args: "on redirect 0", problem: "ERR The client ID you want redirect to does not exist"},
		{args: "on prefix x", problem: "ERR PREFIX option requires BCAST mode to be enabled"},
		{args: "off prefix x", want: ClientTracking{}},
		{args: "on", was: TrackingOn | TrackingBcast, problem: "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode."},
		{args: "on bcast optin optout", problem: "ERR OPTIN and OPTOUT are not compatible with BCAST"},
		{args: "on optin optout", problem: "ERR You can't specify both OPTIN mode and OPTOUT mode"},
		{args: "on optin", was: TrackingOn | TrackingOptOut, problem: "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode."},
		{args: "on bcast prefix ab", was: TrackingOn | TrackingBcast, have: "a", problem: "ERR Prefix 'ab' overlaps with an existing prefix 'a'. Prefixes for a single client must not overlap."},
	} {
		var args [][]byte
		for _, a := range strings.Fields("client tracking " + c.args) {
			args = append(args, []byte(a))
		}
		got, problem := ParseClientTracking(args, c.was, strings.Fields(c.have), exists)
		require.Equal(t, c.problem, problem, c.args)
		if problem == "" {
			require.Equal(t, c.want, got, c.args)
		}
	}
}
