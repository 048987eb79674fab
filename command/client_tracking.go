package command

import (
	"math"
	"slices"
	"sort"
	"strings"

	"clusternode/resp"
)

// TrackingMode is how a connection tracks keys (CLIENT TRACKING).
type TrackingMode uint32

const (
	// TrackingOn: the connection tracks.
	TrackingOn TrackingMode = 1 << iota
	// TrackingBcast: it hears about prefixes, not about what it has read.
	TrackingBcast
	// TrackingOptIn, TrackingOptOut: CLIENT CACHING makes an exception.
	TrackingOptIn
	TrackingOptOut
	// TrackingNoLoop: it does not hear about its own changes.
	TrackingNoLoop
	// TrackingBroken: the connection that messages go to has gone.
	TrackingBroken
)

// ClientTracking is a parsed CLIENT TRACKING.
type ClientTracking struct {
	// Mode has TrackingOn unless tracking ends.
	Mode     TrackingMode
	Redirect int64 // id of the connection that gets the messages, 0: itself
	Prefixes []string
}

// ParseClientTracking reads the arguments of CLIENT TRACKING, both names
// included, for a connection in mode was that has the given prefixes,
// ascending. exists reports whether there is a connection of that id. problem
// is the error's text, "" if there is none. Source for the order of checks:
// clientCommand of Redis 7.2.
func ParseClientTracking(args [][]byte, was TrackingMode, prefixes []string, exists func(id int64) bool) (t ClientTracking, problem string) {
	if problem = t.parseOptions(args, exists); problem != "" {
		return t, problem
	}
	switch {
	case equalFold(args[2], "off"):
		return ClientTracking{}, ""
	case !equalFold(args[2], "on"):
		return t, resp.ErrSyntax
	}
	t.Mode |= TrackingOn
	if problem = t.conflict(was); problem != "" {
		return t, problem
	}
	if t.Mode&TrackingBcast == 0 {
		return t, ""
	}
	return t, overlap(prefixes, t.Prefixes)
}

func (t *ClientTracking) parseOptions(args [][]byte, exists func(id int64) bool) (problem string) {
	for i := 3; i < len(args); i++ {
		more := i+1 < len(args)
		switch opt := args[i]; {
		case equalFold(opt, "redirect") && more:
			i++
			if t.Redirect != 0 {
				return "ERR A client can only redirect to a single other client"
			}
			if t.Redirect, problem = parseBetween(args[i], math.MinInt64, math.MaxInt64, ""); problem != "" {
				return problem
			}
			if !exists(t.Redirect) {
				return "ERR The client ID you want redirect to does not exist"
			}
		case equalFold(opt, "bcast"):
			t.Mode |= TrackingBcast
		case equalFold(opt, "optin"):
			t.Mode |= TrackingOptIn
		case equalFold(opt, "optout"):
			t.Mode |= TrackingOptOut
		case equalFold(opt, "noloop"):
			t.Mode |= TrackingNoLoop
		case equalFold(opt, "prefix") && more:
			i++
			t.Prefixes = append(t.Prefixes, string(args[i]))
		default:
			return resp.ErrSyntax
		}
	}
	return ""
}

// conflict says what speaks against the options, among each other and for a
// connection in mode was.
func (t *ClientTracking) conflict(was TrackingMode) (problem string) {
	const opts = TrackingOptIn | TrackingOptOut
	now := t.Mode
	switch {
	case now&TrackingBcast == 0 && len(t.Prefixes) > 0:
		return "ERR PREFIX option requires BCAST mode to be enabled"
	case was&TrackingOn != 0 && (was^now)&TrackingBcast != 0:
		return "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode."
	case now&TrackingBcast != 0 && now&opts != 0:
		return "ERR OPTIN and OPTOUT are not compatible with BCAST"
	case now&opts == opts:
		return "ERR You can't specify both OPTIN mode and OPTOUT mode"
	case now&TrackingOptIn != 0 && was&TrackingOptOut != 0, now&TrackingOptOut != 0 && was&TrackingOptIn != 0:
		return "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode."
	}
	return ""
}

// overlap returns the error for prefixes of which one begins another, of those
// that the connection has or among the new ones. Redis compares each with
// each; sorted, those that overlap are neighbours, so that a hundred thousand
// do not take long.
func overlap(have, more []string) (problem string) {
	first := firstOverlap(more)
	for i, p := range more {
		if old, ok := overlapping(have, p); ok {
			return "ERR Prefix '" + quoted(p) + "' overlaps with an existing prefix '" + quoted(old) + "'. Prefixes for a single client must not overlap."
		}
		if i != first {
			continue
		}
		for _, q := range more[i+1:] {
			if prefixed(p, q) {
				return "ERR Prefix '" + quoted(p) + "' overlaps with another provided prefix '" + quoted(q) + "'. Prefixes for a single client must not overlap."
			}
		}
	}
	return ""
}

func quoted(s string) string { return resp.Quoted([]byte(s)) }

// prefixed reports whether one begins the other.
func prefixed(p, q string) bool { return strings.HasPrefix(p, q) || strings.HasPrefix(q, p) }

// firstOverlap is the index of the first of the prefixes that overlaps with
// another, -1 if none does.
func firstOverlap(prefixes []string) int {
	order := make([]int, len(prefixes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return strings.Compare(prefixes[i], prefixes[j]) })
	first := -1
	see := func(i int) {
		if first < 0 || i < first {
			first = i
		}
	}
	// stem begins all those since it was met; whatever it does not begin, it
	// does not overlap with.
	stem := -1
	for _, i := range order {
		if stem >= 0 && strings.HasPrefix(prefixes[i], prefixes[stem]) {
			see(stem)
			see(i)
			continue
		}
		stem = i
	}
	return first
}

// overlapping returns the first of the prefixes that a connection has, which
// are ascending and do not overlap but for "", that overlaps with p.
func overlapping(have []string, p string) (string, bool) {
	if len(have) > 0 && have[0] == "" {
		return "", true
	}
	i := sort.SearchStrings(have, p)
	if i > 0 && strings.HasPrefix(p, have[i-1]) {
		return have[i-1], true
	}
	if i < len(have) && strings.HasPrefix(have[i], p) {
		return have[i], true
	}
	return "", false
}

// ParseClientCaching reads the arguments of CLIENT CACHING, both names
// included, for a connection in that mode; problem is the error's text, "" if
// the exception for the next command is granted.
func ParseClientCaching(args [][]byte, mode TrackingMode) (problem string) {
	switch {
	case mode&TrackingOn == 0:
		return "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled"
	case equalFold(args[2], "yes"):
		if mode&TrackingOptIn == 0 {
			return "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode."
		}
	case equalFold(args[2], "no"):
		if mode&TrackingOptOut == 0 {
			return "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode."
		}
	default:
		return resp.ErrSyntax
	}
	return ""
}

// TrackingFlags are the flags of CLIENT TRACKINGINFO; caching: CLIENT CACHING
// holds for the next command.
func TrackingFlags(mode TrackingMode, caching bool) []string {
	if mode&TrackingOn == 0 {
		return []string{"off"}
	}
	flags := []string{"on"}
	for _, f := range []struct {
		on   bool
		name string
	}{
		{mode&TrackingBcast != 0, "bcast"},
		{mode&TrackingOptIn != 0, "optin"},
		{mode&TrackingOptIn != 0 && caching, "caching-yes"},
		{mode&TrackingOptOut != 0, "optout"},
		{mode&TrackingOptOut != 0 && caching, "caching-no"},
		{mode&TrackingNoLoop != 0, "noloop"},
		{mode&TrackingBroken != 0, "broken_redirect"},
	} {
		if f.on {
			flags = append(flags, f.name)
		}
	}
	return flags
}
